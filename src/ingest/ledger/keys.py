"""Every key name of a partition, made here and nowhere else; docs/redis-keys.md is checked against `FAMILIES`.

All keys of a partition carry its hash tag and so live in one slot of a Redis Cluster.
"""

from __future__ import annotations

import msgspec


class Family(msgspec.Struct, frozen=True):
    """One kind of key: its pattern, Redis type, lifetime and writer."""

    pattern: str
    type: str
    ttl: str
    writer: str
    holds: str


FAMILIES: tuple[Family, ...] = (
    Family("meta", "hash", "none", "first command, trim", "schema, normaliser, clock, epoch, events trimmed"),
    Family("in", "stream", "none", "sources; commit removes", "accepted articles not yet decided; group `workers`"),
    Family("head", "string", "none", "commit, operators", "128-bit token, new with every write"),
    Family("n", "hash", "none", "offer, commit", "counters: offered, refused, accepted, decided, seen, dead ..."),
    Family("turn", "stream", "MAXLEN 1", "commit", "who is next; waiting workers block on it"),
    Family("hb:<consumer>", "string", "5 s", "worker, subscriber", "heartbeat: the consumer lives"),
    Family("deaths", "hash", "none", "claim; commit removes", "inbox id -> times its worker died while holding it"),
    Family("attempts", "hash", "none", "worker; commit removes", "inbox id -> times handled alone in this server run"),
    Family("dead", "stream", "none", "commit; operators remove", "dead letters: payload and error"),
    Family("ev", "stream", "trimmed by age", "commit", "the events"),
    Family("progress:<source>", "hash", "none", "offer", "a source's progress: files, feeds, pages, hosts"),
    Family("due:<source>", "zset", "none", "offer, fetchers", "name in its progress -> when it is due"),
    Family("host:<name>", "hash", "1 min after use", "fetchers", "next request to a host, its pause, those under way"),
    Family("fetched", "hash", "none", "fetchers", "what they did: requests and refusals by kind, bytes, articles"),
    Family("state", "hash", "none", "commit", "next article number, partition clock, buckets in use, trail of commits"),
    Family("dec:<month>:<shard>", "hash", "400 d after sighting", "commit", "article key -> newest version, and older"),
    Family("key:<month>:<shard>", "hash", "400 d after sighting", "schema 2", "article key -> newest version"),
    Family("fp:<day>:<shard>", "hash", "window and a bucket", "commit", "shingle -> article numbers"),
    Family("short:<day>:<shard>", "hash", "window and a bucket", "commit", "title and body of a short item -> article"),
    Family("art:<day>:<shard>", "hash", "30 d", "commit", "article number -> row and text, packed"),
    Family("story:<number>", "hash", "30 d after its last article", "commit", "row, centroid, places of its articles"),
    Family("sid:<month>:<shard>", "hash", "400 d after its last article", "commit", "story id -> story number"),
    Family("merged:<shard>", "hash", "none: for ever", "commit", "id of a story that became part of another -> its id"),
    Family("term:<week>:<shard>", "hash", "14 d and a bucket", "commit", "term -> story numbers and weights"),
    Family("often:<week>:<shard>", "hash", "14 d and a bucket", "commit", "common term -> older story numbers"),
    Family("recur:<week>:<shard>", "hash", "7 d and a bucket", "commit", "title -> hours seen; short body -> subjects"),
    Family("stand:<month>:<shard>", "hash", "a month and a bucket", "commit", "outlet -> what its last texts said"),
    Family("df", "hash", "none, decayed", "commit", "term counts, in pages"),
)


class Keys:
    """Key names of one partition: `Keys("main").inbox` is `sw:{main}:in`."""

    GROUP = "workers"

    def __init__(self, partition: str) -> None:
        self.partition = partition
        self._prefix = f"sw:{{{partition}}}:"
        self.meta = self._prefix + "meta"
        self.inbox = self._prefix + "in"
        self.head = self._prefix + "head"
        self.counters = self._prefix + "n"
        self.turn = self._prefix + "turn"
        self.deaths = self._prefix + "deaths"
        self.attempts = self._prefix + "attempts"
        self.dead = self._prefix + "dead"
        self.events = self._prefix + "ev"
        self.fetched = self._prefix + "fetched"
        self.state = self._prefix + "state"
        self.term_counts = self._prefix + "df"
        # What no commit changes but those that say so: article rows never change, stories are on the trail.
        self.lasting = (self._prefix + "art:", self._prefix + "story:")

    def heartbeat(self, consumer: str) -> str:
        return f"{self._prefix}hb:{consumer}"

    def progress(self, source: str) -> str:
        return f"{self._prefix}progress:{source}"

    def due(self, source: str) -> str:
        return f"{self._prefix}due:{source}"

    def host(self, name: str) -> str:
        return f"{self._prefix}host:{name}"

    def decisions(self, month: int, shard: int) -> str:
        return f"{self._prefix}dec:{month}:{shard}"

    def older_newest(self, month: int, shard: int) -> str:
        """As schema 2 kept them: read on, and no longer written."""
        return f"{self._prefix}key:{month}:{shard}"

    def postings(self, day: int, shard: int) -> str:
        return f"{self._prefix}fp:{day}:{shard}"

    def short(self, day: int, shard: int) -> str:
        return f"{self._prefix}short:{day}:{shard}"

    def articles(self, day: int, shard: int) -> str:
        return f"{self._prefix}art:{day}:{shard}"

    def story(self, number: int) -> str:
        return f"{self._prefix}story:{number}"

    def story_ids(self, month: int, shard: int) -> str:
        return f"{self._prefix}sid:{month}:{shard}"

    def merged(self, shard: int) -> str:
        """By the first byte of `identity.key_field` of the id: 256 of them. As long as there is a partition: an id may
        stand in any subscriber's own books, and one merge in a hundred articles is some 60 bytes."""
        return f"{self._prefix}merged:{shard}"

    def terms(self, week: int, shard: int) -> str:
        return f"{self._prefix}term:{week}:{shard}"

    def recurring(self, week: int, shard: int) -> str:
        return f"{self._prefix}recur:{week}:{shard}"

    def standing(self, month: int, shard: int) -> str:
        return f"{self._prefix}stand:{month}:{shard}"

    def often(self, week: int, shard: int) -> str:
        return f"{self._prefix}often:{week}:{shard}"
