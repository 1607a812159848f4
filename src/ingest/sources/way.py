"""The way to a server: straight or through the operator's proxy, and secure where the address says https."""

from __future__ import annotations

import ssl
from urllib.parse import urlsplit

import certifi

from ingest.settings import FetchSettings

from .access import Certificate
from .connection import Connection, Secured, Stream
from .dial import Guard, Resolve
from .exchange import Exchange
from .target import Target, bracketed


class Way:
    """`head` is how many bytes a server may send until its headers have come."""

    def __init__(self, settings: FetchSettings, resolve: Resolve, head: int) -> None:
        self._guard = Guard(resolve, allowed=settings.allow_private, most=head)
        proxy = urlsplit(settings.proxy)
        self._proxy = (proxy.hostname, proxy.port) if proxy.hostname and proxy.port else None
        self._to_proxy = Guard(resolve, allowed=[proxy.netloc], most=head)
        self._contexts: dict[Certificate | None, ssl.SSLContext] = {}

    def ours(self, target: Target) -> bool:
        """Whether the operator vouches for it."""
        return self._guard.allows(target.host, target.port)

    def spoken_of(self, target: Target) -> str:
        """What follows the method in a request."""
        return f"http://{target.authority}{target.path}" if self._proxy and not target.secure else target.path

    async def connection(self, target: Target) -> Connection:
        """A connection that leads towards it; whoever asked closes it. Raises Refused, OSError."""
        if self._proxy is None:
            return await self._guard.dial(target.host, target.port)
        await self._guard.judged(target.host, target.port)  # the proxy resolves it anew: what can be judged here is
        return await self._to_proxy.dial(*self._proxy)

    async def stream(self, connection: Connection, target: Target, certificate: Certificate | None) -> Stream:
        """What the request goes over. `certificate` is what the server is shown, if it asks. Raises Refused, OSError,
        h11.RemoteProtocolError."""
        if not target.secure:
            return connection
        beyond = await _tunnel(connection, target) if self._proxy else b""
        name = target.host.removesuffix(".")  # the root of all names, which no certificate and no SNI has
        secured = Secured(connection, self._context(certificate), name, beyond)
        await secured.handshake()
        return secured

    def _context(self, certificate: Certificate | None) -> ssl.SSLContext:
        """Whom we trust, which is the same everywhere: certifi's authorities and none of the machine's."""
        if certificate not in self._contexts:
            context = ssl.create_default_context(cafile=certifi.where())
            context.set_alpn_protocols(["http/1.1"])
            if certificate:
                certificate.load(context)
                for former in [c for c in self._contexts if c and c.certificate == certificate.certificate]:
                    del self._contexts[former]  # renewed since, and a megabyte each
            self._contexts[certificate] = context
        return self._contexts[certificate]


async def _tunnel(connection: Connection, target: Target) -> bytes:
    """Have the proxy lead on to the server; what came of that one already. Raises OSError, h11.RemoteProtocolError."""
    place = f"{bracketed(target.host)}:{target.port}"
    exchange = Exchange("CONNECT", place, [(b"Host", place.encode("ascii")), (b"Accept", b"*/*")])
    head = await exchange.head(connection)
    if not 200 <= head.status_code < 300:
        raise OSError(f"the proxy: {head.status_code} {head.reason.decode('latin-1')}")
    return exchange.beyond
