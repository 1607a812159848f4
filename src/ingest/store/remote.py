"""A store behind a URL: a server that somebody else looks after.

redis://[USER:PASSWORD@]HOST[:PORT][/DB], rediss:// for the same over TLS, unix:///PATH[?db=DB],
sentinel://[USER:PASSWORD@]HOST[:PORT][,HOST[:PORT]...]/NAME[/DB][?sentinel_password=...]
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

import redis
import redis.asyncio
from redis.asyncio.sentinel import Sentinel as AsyncSentinel
from redis.sentinel import Sentinel

from ingest.errors import StoreError
from ingest.store.base import Store
from ingest.store.checks import Finding, check, exposure

SCHEMES = ("redis", "rediss", "unix", "sentinel")
SENTINEL_PORT = 26379
OPENING_SECONDS = 5.0  # for INFO and CONFIG GET, of a person who waits; both take less than a millisecond there


class UrlStore(Store):
    def __init__(self, url: str, *, private_network: bool) -> None:
        super().__init__()
        parts = _split(url)
        self.url = url
        self.name = _without_password(parts)
        self._sentinel = parts.scheme == "sentinel"
        if not private_network:
            self._refuse(_exposures(parts))
        try:
            with self.client(timeout=OPENING_SECONDS) as client:
                found = check(client, embedded=False)
        except redis.RedisError as e:
            self.close()
            # `from None`: the chain below holds the client's arguments, the password among them.
            raise StoreError(f"{self.name} cannot be used: {_reason(e)}") from None
        self._refuse(found)
        self.findings = tuple(found)

    def _refuse(self, found: list[Finding]) -> None:
        refused = [finding.message for finding in found if finding.severity == "refuse"]
        if refused:
            self.close()
            raise StoreError(f"{self.name} cannot be used. " + " ".join(refused))

    def _connect(self, options: dict[str, Any]) -> redis.Redis:
        try:
            return self._primary(options) if self._sentinel else redis.Redis.from_url(self.url, **options)
        except ValueError:
            raise self._wrong_option() from None

    @asynccontextmanager
    async def _connect_async(self, options: dict[str, Any]) -> AsyncIterator[redis.asyncio.Redis]:
        async with AsyncExitStack() as held:
            try:
                if self._sentinel:
                    client = self._async_primary(options, held)
                else:
                    client = redis.asyncio.Redis.from_url(self.url, **options)
            except ValueError:
                raise self._wrong_option() from None
            held.push_async_callback(client.aclose)
            yield client

    def _wrong_option(self) -> StoreError:
        return StoreError(f"{self.name}: an option behind the `?` of the URL has no usable value")

    def _primary(self, options: dict[str, Any]) -> redis.Redis:
        parts = _split(self.url)
        sentinel = Sentinel(_hosts(parts), sentinel_kwargs=options | _of_sentinel(parts), **options)  # type: ignore[no-untyped-call]  # redis-py's Sentinel has no types
        self._clients.update(sentinel.sentinels)
        client = sentinel.master_for(**_of_primary(parts))  # type: ignore[no-untyped-call]  # redis-py's Sentinel has no types
        assert isinstance(client, redis.Redis)
        return client

    def _async_primary(self, options: dict[str, Any], held: AsyncExitStack) -> redis.asyncio.Redis:
        parts = _split(self.url)
        sentinel = AsyncSentinel(_hosts(parts), sentinel_kwargs=options | _of_sentinel(parts), **options)  # type: ignore[no-untyped-call]  # redis-py's Sentinel has no types
        for one in sentinel.sentinels:
            held.push_async_callback(one.aclose)
        client = sentinel.master_for(**_of_primary(parts))
        assert isinstance(client, redis.asyncio.Redis)
        return client

    def _leave(self) -> None:
        pass


def _split(url: str) -> SplitResult:
    """Raises StoreError that repeats nothing of a malformed URL but its scheme: the rest may be a password."""
    scheme = url.partition(":")[0].lower()
    if scheme not in SCHEMES:
        raise StoreError(f"{scheme}: is no kind of store: give a folder, or a URL with {', '.join(SCHEMES)}")
    wrong = StoreError(
        f"this {scheme}: URL cannot be read; an example is {EXAMPLES[scheme]}. "
        "Odd characters in a password are written as %XX"
    )
    try:
        parts = urlsplit(url)
        hosts = [] if scheme == "unix" else _hosts(parts)
        path = parts.path.strip("/")
        db = path.partition("/")[2] if scheme == "sentinel" else path
    except ValueError:
        raise wrong from None
    if parts.fragment or not url.lower().startswith(f"{scheme}://") or (scheme in ("unix", "sentinel") and not path):
        raise wrong
    unknown = parse_qs(parts.query).keys() - OPTIONS
    if unknown:
        raise StoreError(f"a store's URL has no option {', '.join(sorted(unknown))}; it has {', '.join(OPTIONS)}")
    if scheme != "unix" and (not all(host for host, _ in hosts) or (db and not db.isdecimal())):
        raise wrong
    return parts


# Not all that redis-py reads there: decode_responses, protocol or retries would change what our clients promise.
OPTIONS = (
    *("db", "username", "password", "client_name", "sentinel_username", "sentinel_password"),
    *("ssl_ca_certs", "ssl_ca_path", "ssl_certfile", "ssl_keyfile", "ssl_cert_reqs", "ssl_check_hostname"),
)

EXAMPLES = {
    "redis": "redis://localhost:6379/0",
    "rediss": "rediss://:PASSWORD@redis.example.org:6379/0",
    "unix": "unix:///run/redis/redis.sock",
    "sentinel": "sentinel://host1:26379,host2:26379/mymaster/0",
}


def _hosts(parts: SplitResult) -> list[tuple[str, int]]:
    default = SENTINEL_PORT if parts.scheme == "sentinel" else 6379
    found = []
    for one in parts.netloc.rpartition("@")[2].split(","):
        address = urlsplit(f"//{one}")
        found.append((address.hostname or "", address.port or default))
    return found


def _credentials(parts: SplitResult) -> tuple[str | None, str | None]:
    user, _, password = parts.netloc.rpartition("@")[0].partition(":")
    return unquote(user) or None, unquote(password) or None


def _of_primary(parts: SplitResult) -> dict[str, Any]:
    user, password = _credentials(parts)
    name, _, db = parts.path.strip("/").partition("/")
    return {"service_name": unquote(name), "username": user, "password": password, "db": int(db or 0)}


def _of_sentinel(parts: SplitResult) -> dict[str, Any]:
    query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    return {"username": query.get("sentinel_username"), "password": query.get("sentinel_password")}


def _without_password(parts: SplitResult) -> str:
    db = parse_qs(parts.query).get("db")
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}" + (f"?db={db[-1]}" if db else "")


def _exposures(parts: SplitResult) -> list[Finding]:
    if parts.scheme == "unix":
        return []
    password = bool(_credentials(parts)[1]) or "password" in parse_qs(parts.query)
    found = (exposure(host, password=password, tls=parts.scheme == "rediss") for host, _ in _hosts(parts))
    return [finding for finding in found if finding]


def _reason(error: redis.RedisError) -> str:
    if isinstance(error, redis.AuthenticationError):
        return f"the server does not take the password, or wants one ({error})"
    if isinstance(error, redis.TimeoutError):
        return "nothing answered in time; is the address right, and no firewall between?"
    if isinstance(error, redis.ConnectionError):
        said = str(error).rstrip(".")
        return f"{said}. Is a Redis running there? A folder instead of a URL brings its own server"
    return str(error)
