from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from local_web import Web
from said import Said

from ingest.inbox.redis import RedisInbox
from ingest.ledger.keys import Keys
from ingest.model import Envelope, ProgressUpdate
from ingest.sources.pages import PAGES, Page
from ingest.sources.pages import encode as encode_page
from ingest.sources.schedule import Rhythm
from ingest.sources.subscriptions import FEEDS, Feed, Subscription, Visit, encode
from ingest.sources.websub import Push
from ingest.store import open_store

URL = "https://www.example.org/feed.xml"
OTHER = "https://www.example.net/rss"

Feeds = Callable[..., Said]


@pytest.fixture
def feeds(ingest: Callable[..., Said], valkey: Any) -> Feeds:
    """`ingest feeds ...` on an empty store."""
    return lambda *words: ingest("feeds", *words, "--store", valkey.url)


def put(valkey: Any, url: str, feed: Feed) -> None:
    with valkey.client() as client:
        inbox = RedisInbox(client, Keys("main"))
        inbox.offer([], progress=[ProgressUpdate(FEEDS, {url: encode(feed)}, due={url: feed.rhythm.next_at})])


def test_feeds_are_added_listed_changed_and_removed(feeds: Feeds) -> None:
    assert feeds("add", URL, OTHER, "--folder", "World/Asia", "--shortest", "5").code == 0
    listed = feeds("list", "--json").json
    assert [(row["url"], row["state"], row["folder"]) for row in listed] == [
        (OTHER, "new", "World/Asia"), (URL, "new", "World/Asia"),
    ]  # fmt: skip
    assert listed[0]["shortest_seconds"] == 300
    assert feeds("change", URL, "--title", "Harbour", "--folder", "", "--pages", "always").code == 0
    shown = feeds("show", URL, "--json").json[0]
    assert (shown["title"], shown["folder"], shown["pages"]) == ("Harbour", None, "always")
    assert shown["shortest_seconds"] == 300
    assert [row["url"] for row in feeds("list", "--folder", "World", "--json").json] == [OTHER]
    assert feeds("remove", OTHER).code == 0
    assert [row["url"] for row in feeds("list", "--json").json] == [URL]


def test_what_cannot_be_added_is_named_with_what_to_do_and_the_others_are(feeds: Feeds) -> None:
    said = feeds("add", "nonsense", "http://10.0.0.1/", URL, URL + "#again")
    assert said.code == 1
    assert "nonsense: no web address" in said.err
    assert "http://10.0.0.1/: the address is not public; fetch.allow_private" in said.err
    assert f"{URL}#again: it is subscribed already, as {URL}; `ingest feeds change`" in said.err
    assert [row["url"] for row in feeds("list", "--json").json] == [URL]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("add", URL, "--pages", "sometimes"), "auto, always and never"),
        (("add", URL, "--shortest", "60", "--longest", "30"), "at least 60 minutes and at most 30"),
        (("add", URL, OTHER, "--title", "Both"), "one by one"),
        (("mute", URL, "--for", " "), "an empty reason"),
        (("add", URL, "--access", "paper"), "no [access.paper] (there is: none)"),
        (("import", "absent.opml"), "absent.opml: No such file"),
    ],
)
def test_what_makes_no_sense_is_refused_before_anything_is_written(
    feeds: Feeds, words: tuple[str, ...], said: str
) -> None:
    found = feeds(*words)
    assert found.code == 2
    assert said in found.err
    assert "no feed is subscribed" in feeds("list").out


@pytest.mark.parametrize("opened", [False, True], ids=["no store", "a store without a partition"])
def test_without_any_feed_every_command_says_how_to_add_one(
    ingest: Callable[..., Said], store_folder: Path, monkeypatch: pytest.MonkeyPatch, opened: bool
) -> None:
    monkeypatch.chdir(store_folder.parent)
    if opened:
        open_store(store_folder).close()
    for words, advice in (((), ""), (("--store", store_folder), f" --store {store_folder}")):
        end = f"no feed is subscribed; `ingest feeds add URL{advice}` adds one\n"
        begin = "" if opened else f"ingest: there is no store in {words[-1] if words else 'var'}: "
        said = ingest("feeds", "list", *words)
        assert (said.code, said.out + said.err) == (0 if opened else 2, begin + end)
        for command in ("show", "mute", "remove", "change"):
            said = ingest("feeds", command, URL, *words)
            assert (said.code, said.out, said.err) == (2, "", (begin or "ingest: ") + end)


def test_a_feed_that_nobody_subscribed_is_named(feeds: Feeds) -> None:
    feeds("add", URL)
    for command in ("show", "mute", "unmute", "change", "remove"):
        words = (OTHER,) if command == "show" else (OTHER, URL)  # the other one is done
        said = feeds(command, *words)
        assert (said.code, f"{OTHER}: no such feed is subscribed" in said.err) == (2, True)
    assert feeds("list").out.startswith("no feed is subscribed")


def test_the_list_says_when_and_how_often_and_what_is_wrong(feeds: Feeds, valkey: Any) -> None:
    feeds("add", "https://www.example.com/new")
    about, day = Subscription(added_at=1, title="Harbour"), 86_400_000
    with valkey.client() as client:
        now = int(client.time()[0]) * 1000
    well = Rhythm(interval=1800, next_at=now + 20 * 60_000, polled_at=now, answered_at=now - 300_000, per_day=4.2)
    failing = Rhythm(next_at=now + 3 * day, answered_at=now - 9 * day, hard=2, soft=1, error="status 404, not found")
    quiet = Rhythm(next_at=now + day, answered_at=now - 1, new_at=now - 30 * day, gap=7200.0, quiet_at=now)
    put(valkey, "https://www.example.com/a", Feed(about=about, rhythm=well))
    put(valkey, "https://www.example.com/b", Feed(about=about, rhythm=failing))
    put(valkey, "https://www.example.com/c", Feed(about=about, rhythm=quiet))
    feeds("mute", "https://www.example.com/new", "--for", "sends tests")
    ok, bad, still, muted = feeds("list").lines
    assert ok.split()[0] == "ok"
    assert "5 min ago" in ok
    assert "in 19 min" in ok
    assert "30 min" in ok
    assert "4.2" in ok
    assert ok.endswith("https://www.example.com/a  Harbour")
    assert "in 2 d" in bad
    assert "9 d ago" in bad
    assert bad.endswith("status 404, not found, 3 times in a row")
    assert "against its habit of every 2 h" in still
    assert "never" in muted
    assert muted.startswith("muted ")
    assert muted.endswith("https://www.example.com/new: sends tests")
    assert "state       muted: sends tests" in feeds("show", "https://www.example.com/new").out
    for option, line in (("--failing", bad), ("--quiet", still), ("--muted", muted)):
        assert [found.split()[0] for found in feeds("list", option).lines] == [line.split()[0]]
    shown = feeds("show", "https://www.example.com/b").out
    assert "2 hard, 1 soft, 0 temporary: status 404, not found" in shown


def test_the_next_poll_is_shown_as_the_schedule_has_it(feeds: Feeds, valkey: Any) -> None:
    with valkey.client() as client:
        now = int(client.time()[0]) * 1000
    failing = Rhythm(next_at=now + 3 * 86_400_000, answered_at=1, hard=2, error="status 404, not found")
    feeds("add", URL)
    put(valkey, URL, Feed(about=Subscription(added_at=1), rhythm=failing))
    assert "in 2 d" in feeds("list").out
    assert feeds("unmute", URL).code == 0
    (listed,) = feeds("list").lines
    assert "in 2 d" not in listed
    assert " now " in listed
    assert feeds("list", "--json").json[0]["next_at"][:10] == feeds("show", URL, "--json").json[0]["next_at"][:10]
    assert "next poll   never" not in feeds("show", URL).out


def test_entries_that_wait_for_their_pages_are_shown_with_the_feed(feeds: Feeds, valkey: Any) -> None:
    feeds("add", URL, OTHER)
    with valkey.client() as client:
        now = int(client.time()[0]) * 1000
        inbox = RedisInbox(client, Keys("main"))
        entry = Envelope(key="k", source=URL, text="In short.", title="Ferry back")
        late = Page(entry=entry, named_at=now - 300_000, next_at=now + 60_000, failures=2, reason="fetch-failed")
        soon = Page(entry=entry, named_at=now - 1_000, next_at=now + 1_000)
        told = Page(entry=entry, named_at=now - 400_000, next_at=now + 1_000, offered="teaser")
        pages = {f"https://www.example.com/{n}": page for n, page in enumerate((soon, late, told))}
        rows, due = {n: encode_page(page) for n, page in pages.items()}, {n: page.next_at for n, page in pages.items()}
        inbox.offer([], progress=[ProgressUpdate(PAGES, rows, due=due)])
    shown = feeds("show", URL).out
    assert "2 for their pages, 1 h at most; https://www.example.com/1 since 5 min ago" in " ".join(shown.split())
    assert "asked for 2 times in vain (fetch-failed)" in " ".join(shown.split())
    waiting = feeds("show", URL, "--json").json[0]["waiting"]
    assert [page["page"] for page in waiting] == ["https://www.example.com/1", "https://www.example.com/0"]
    assert "waiting" not in feeds("show", OTHER).out


def test_of_a_hub_everything_is_shown_but_the_secret(feeds: Feeds, valkey: Any) -> None:
    feeds("add", URL)
    push = Push(id="x1", secret="hidden", hub="https://hub.example.org/", until=4_000_000_000_000, heard_at=5)
    put(valkey, URL, Feed(about=Subscription(added_at=1), push=push))
    shown = feeds("show", URL).out
    assert "https://hub.example.org/, delivers" in shown
    told = feeds("show", URL, "--json")
    assert told.json[0]["hub"]["url"] == "https://hub.example.org/"
    assert "hidden" not in shown + told.out


def test_an_index_of_sitemaps_and_its_parts_say_what_they_are(feeds: Feeds, valkey: Any) -> None:
    feeds("add", URL)
    put(valkey, URL, Feed(about=Subscription(added_at=1), parts=(OTHER,)))
    put(valkey, OTHER, Feed(about=Subscription(added_at=1), part_of=URL))
    assert "index       of 1 news sitemap, a feed of its own" in feeds("show", URL).out
    assert f"part of     {URL}" in feeds("show", OTHER).out
    assert feeds("show", URL, "--json").json[0]["parts"] == [OTHER]
    assert feeds("show", OTHER, "--json").json[0]["part_of"] == URL


@pytest.mark.parametrize(
    ("heard_at", "missed_at", "said"),
    [(0, 0, "has not delivered yet: polled, its lease ends"), (5, 6, "has missed what a poll found: polled")],
)
def test_a_hub_that_is_not_relied_on_is_not_said_to_deliver(
    feeds: Feeds, valkey: Any, heard_at: int, missed_at: int, said: str
) -> None:
    feeds("add", URL)
    push = Push("x1", "s", "https://hub.example.org/", "", 1, 4_000_000_000_000, heard_at, missed_at)
    put(valkey, URL, Feed(about=Subscription(added_at=1), push=push))
    assert f"https://hub.example.org/, {said}" in feeds("show", URL).out


def test_doctor_counts_feeds_and_says_when_nobody_polls_them(
    feeds: Feeds, ingest: Callable[..., Said], valkey: Any
) -> None:
    feeds("add", URL, OTHER, "https://www.example.com/odd")
    feeds("mute", OTHER)
    found = ingest("doctor", "--store", valkey.url, "--json")
    assert found.json[0]["feeds"] == {"new": 2, "muted": 1, "overdue": 0}
    assert not [trouble for trouble in found.json[0]["troubles"] if "feed" in trouble]
    put(valkey, URL, Feed(about=Subscription(added_at=1), rhythm=Rhythm(polled_at=1, answered_at=1, next_at=5)))
    with valkey.client() as client:
        odd = {"https://www.example.com/odd": b"\xc1"}
        RedisInbox(client, Keys("main")).offer([], progress=[ProgressUpdate(FEEDS, odd)])
    found = ingest("doctor", "--store", valkey.url)
    assert found.code == 1
    assert "feeds      1 muted, 1 ok, 1 unreadable; 1 overdue" in found.lines
    assert "1 feed(s) are overdue" in found.out
    assert f"`ingest fetch --store {valkey.url}` polls them" in found.out
    assert "feed https://www.example.com/odd: what is stored of it cannot be read" in found.out


def test_what_a_feed_says_of_itself_reaches_no_terminal_as_a_command(feeds: Feeds, valkey: Any) -> None:
    feeds("add", URL)
    odd = Feed(about=Subscription(added_at=1), title="\x1b[2JDaily\u202e", visit=Visit(etag="\x1b]0;x\x07"))
    put(valkey, URL, odd)
    shown = feeds("list").out + feeds("show", URL).out + feeds("list", "--json").out + feeds("export").out
    assert "Daily" in shown
    assert not {"\x1b", "\x07", "\u202e"} & set(shown)


def test_a_row_that_cannot_be_read_is_shown_and_exported_by_its_name(feeds: Feeds, valkey: Any) -> None:
    feeds("add", URL)
    with valkey.client() as client:
        RedisInbox(client, Keys("main")).offer([], progress=[ProgressUpdate(FEEDS, {URL: b"\xc1"})])
    assert feeds("list", "--failing").lines[0].split()[0] == "unreadable"
    assert feeds("list", "--json").json[0]["state"] == "unreadable"
    exported = feeds("export")
    assert URL in exported.out
    assert f"{URL}: written without" in exported.err


def test_a_list_goes_out_and_comes_in_again_as_it_was(
    feeds: Feeds, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    feeds("add", URL, "--folder", "World/Asia", "--title", "A & <B>", "--outlet", "Harbour", "--pages", "never")
    monkeypatch.setenv("INGEST_ACCESS__PAPER__HOSTS", '["www.example.org"]')
    feeds("change", URL, "--ignore-robots", "--access", "paper", "--shortest", "5", "--longest", "90")
    feeds("add", OTHER)
    feeds("mute", OTHER, "--for", "noise")
    before = {row["url"]: row for row in feeds("list", "--json").json}
    file = tmp_path / "list.opml"
    assert feeds("export", file).code == 0
    feeds("remove", URL, OTHER)
    assert feeds("import", file, "--mine").err.endswith("2 added\n")
    assert before[URL]["access"] == "paper"
    after = {row["url"]: row for row in feeds("list", "--json").json}
    for rows in (before, after):
        for row in rows.values():
            row.pop("added_at"), row.pop("next_at")
    assert after == before
    words = "what 1 say of robots.txt or credentials not taken over (--mine does)"
    assert feeds("import", file).err.endswith(f"0 added, 2 there already, {words}\n")


def test_a_list_has_the_index_and_not_the_sitemaps_that_are_read_on_its_account(
    feeds: Feeds, valkey: Any, tmp_path: Path
) -> None:
    file = tmp_path / "list.opml"
    index, part = "https://www.example.org/index.xml", "https://www.example.org/news-17.xml"
    feeds("add", index, OTHER)
    about = Subscription(added_at=1)
    put(valkey, index, Feed(about=about, parts=(part,)))
    put(valkey, part, Feed(about=about, part_of=index))
    assert len(feeds("list", "--json").json) == 3
    assert feeds("export", file).err.endswith(f"2 feed(s) written to {file}\n")
    assert feeds("import", file).err.endswith("0 added, 2 there already\n")
    feeds("remove", index, part, OTHER)
    assert feeds("import", file).err.endswith("2 added\n")
    assert {row["url"] for row in feeds("list", "--json").json} == {index, OTHER}


def test_a_strangers_list_opens_no_door(feeds: Feeds, tmp_path: Path) -> None:
    file = tmp_path / "list.opml"
    inside = f'own:robots="ignore" own:access="paper" own:pages="always" xmlUrl="{URL}" text="Daily"'
    file.write_text(f'<opml xmlns:own="urn:storywire:subscription"><body><outline {inside}/></body></opml>')
    feeds("import", file)
    shown = feeds("show", URL, "--json").json[0]
    assert (shown["ignore_robots"], shown["access"], shown["pages"]) == (False, None, "always")


def test_what_a_list_has_wrong_is_named_and_the_rest_is_taken(feeds: Feeds, tmp_path: Path) -> None:
    file = tmp_path / "list.opml"
    addresses = [URL, "http://192.168.0.1/feed", "gopher://www.example.org/", OTHER, OTHER]
    outlines = "".join(f'<outline type="rss" text="x" xmlUrl="{address}"/>' for address in addresses)
    file.write_text(f"<opml><body>{outlines}</body></opml>")
    said = feeds("import", file)
    assert said.code == 1
    assert said.err.endswith("2 added, 1 named twice, 2 left out\n")
    assert "192.168.0.1/feed: the address is not public" in said.err
    file.write_text("<html></html>")
    assert feeds("import", file).code == 2


def test_the_feeds_of_a_site_are_found(feeds: Feeds, monkeypatch: pytest.MonkeyPatch) -> None:
    web = Web()
    monkeypatch.setenv("INGEST_FETCH__ALLOW_PRIVATE", f'["127.0.0.1:{web.port}"]')
    monkeypatch.setenv("INGEST_FETCH__HOST_SECONDS", "0.01")
    link = '<link rel="alternate" type="application/rss+xml" href="/news">'
    web.routes["/"] = (200, {"Content-Type": "text/html"}, f"<html><head>{link}</head></html>".encode())
    item = "<item><guid>1</guid><title>The ferry runs again</title></item>"
    feed = f'<rss version="2.0"><channel><title>Harbour</title>{item}</channel></rss>'
    web.routes["/news"] = (200, {}, feed.encode())
    said = feeds("discover", web.url("/"))
    assert said.code == 0
    assert said.lines[0].startswith(web.url("/news"))
    assert "declared, 1 entries" in said.lines[0]
    assert "" not in said.out
    assert feeds("discover", web.url("/"), "--json").json[0]["url"] == web.url("/news")
    web.routes["/"] = (404, {}, b"")
    nothing = feeds("discover", web.url("/"))
    assert (nothing.code, web.url("/") in nothing.err) == (1, True)
    web.close()


def test_the_example_list_can_be_imported(feeds: Feeds) -> None:
    example = Path(__file__).parents[2] / "config" / "feeds.opml"
    assert feeds("import", example).code == 0
    assert len(feeds("list", "--json").json) >= 10
