"""Licensed sources: what their servers, and no others, are shown. The settings name files; the secrets stand in those.

A file is read when it is needed, so that a new password needs no restart. What is read is held for one request, and no
message, name or `repr` has it.
"""

from __future__ import annotations

import base64
import os
import ssl
import stat
from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

import msgspec

from ingest.errors import Refused
from ingest.settings import AccessSettings

_MAX_BYTES = 16_384
"""Of a secrets file: servers refuse headers half as long."""
_OTHERS = stat.S_IROTH | stat.S_IWOTH


class _Unfit(Exception):
    """Why a secrets file is of no use, in words that do not quote it."""


class Certificate(msgspec.Struct, frozen=True):
    """A client's certificate and its key, by the names of their files (PEM); `changed` tells a new one, in ns."""

    certificate: str
    key: str
    changed: tuple[int, ...]

    def load(self, context: ssl.SSLContext) -> None:
        """Raises Refused, where it is none."""
        try:
            context.load_cert_chain(self.certificate, self.key or None, password=_nobody_to_ask)
        except (OSError, ValueError):  # ssl.SSLError is an OSError
            raise Refused("fetch-failed", "", "its client certificate and key cannot be used") from None


class Credentials(msgspec.Struct, frozen=True):
    """What a server is shown."""

    headers: Mapping[str, str]
    certificate: Certificate | None = None

    def __repr__(self) -> str:
        return "Credentials(...)"


class Access:
    """Who is shown what: `tables` are the settings, by name."""

    def __init__(self, tables: Mapping[str, AccessSettings]) -> None:
        self._tables = tables

    def of(self, host: str, port: int, named: str = "", *, must: bool = False) -> Credentials | None:
        """What is shown to `host`: of the access of that name, else of the one whose hosts match best; None where it is
        nothing. `must`: it is an error if the one named is not for this host.

        Raises Refused, which names the setting and never a value.
        """
        if named and named not in self._tables:
            raise Refused("fetch-failed", "", f"there is no [access.{named}] in the settings")
        fits = {name: fit for name, table in self._tables.items() if (fit := _fit(table.hosts, host, port))}
        if named and must and named not in fits:
            raise Refused("fetch-failed", "", f"access {named} is not for this host")
        name = named if named in fits else "" if named else max(fits, key=lambda name: fits[name], default="")
        if not name:
            return None
        try:
            return _read(self._tables[name])
        except _Unfit as unfit:
            raise Refused("fetch-failed", "", f"access {name}: {unfit}") from None

    def wrong_with(self, url: str, named: str) -> str:
        """Why a feed at `url` gets nothing from the access that it names, in words; else empty."""
        if not named:
            return ""
        try:
            parts = urlsplit(url)
            host, port, secure = parts.hostname or "", parts.port, parts.scheme == "https"
        except ValueError:
            return "its address is none"
        if named not in self._tables:
            return f"there is no [access.{named}] in the settings"
        if not _fit(self._tables[named].hosts, host, port or (443 if secure else 80)):
            return f"access {named} is not for this host" + ("" if secure else " over http")
        return ""

    def findings(self) -> Iterator[str]:
        """What is wrong with the settings or with the files they name, in words."""
        for name, table in self._tables.items():
            for field, path in _files(table):
                try:
                    if os.stat(path).st_mode & _OTHERS:
                        yield f"access {name}: the file of {field} is open to every user of this machine: chmod o-rwx"
                except OSError:
                    continue  # told below
            try:
                shows = _read(table)
                if shows.certificate:
                    shows.certificate.load(ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT))
                if not shows.certificate and not shows.headers:
                    yield f"access {name}: it shows nothing: no header, password, cookie or certificate"
            except _Unfit as unfit:
                yield f"access {name}: {unfit}"
            except Refused as refused:
                yield f"access {name}: {refused.detail}"
        yield from self._twice()

    def _twice(self) -> Iterator[str]:
        first: dict[str, str] = {}
        for name, table in self._tables.items():
            for host in table.hosts:
                if first.setdefault(host, name) != name:
                    yield f"access {name}: {host} is {first[host]}'s already: feeds must name the access they mean"


NOBODY = Access({})


def _fit(hosts: tuple[str, ...], host: str, port: int) -> int:
    """How well a host fits the best of these, 0 where it fits none. `*.example.org` is all below it, not itself; no
    port is the one of https."""
    return max((_fits(entry, host.casefold(), port) for entry in hosts), default=0)


def _fits(entry: str, host: str, port: int) -> int:
    name, _, wanted = entry.partition(":")
    if port != int(wanted or 443):
        return 0
    if name.startswith("*."):
        return len(name) if host.endswith(name[1:]) and len(host) >= len(name) else 0
    return len(name) + 1_000 if host == name else 0  # beats every pattern


def _files(table: AccessSettings) -> Iterator[tuple[str, str]]:
    """The secrets files of a table: the setting, and the path."""
    yield from ((f"headers.{header}", path) for header, path in table.headers.items())
    named = {"password_file": table.password_file, "cookie_file": table.cookie_file, "key_file": table.key_file}
    if not table.key_file:
        named["certificate_file"] = table.certificate_file  # the key stands in it
    yield from ((field, path) for field, path in named.items() if path)


def _read(table: AccessSettings) -> Credentials:
    headers = {header: _value(f"headers.{header}", path) for header, path in table.headers.items()}
    if table.cookie_file:
        headers["Cookie"] = _value("cookie_file", table.cookie_file)
    if table.password_file:
        pair = f"{table.user}:{_secret('password_file', table.password_file)}"
        headers["Authorization"] = "Basic " + base64.b64encode(pair.encode()).decode("ascii")
    return Credentials(headers, _certificate(table) if table.certificate_file else None)


def _value(field: str, path: str) -> str:
    """A header's value."""
    secret = _secret(field, path)
    if not secret.isascii():
        raise _Unfit(f"the file of {field} holds what no header may: other than ASCII")
    return secret


def _secret(field: str, path: str) -> str:
    """One line, without its end."""
    try:
        with open(path, "rb") as file:
            raw = file.read(_MAX_BYTES + 1)
        secret = raw.decode("utf-8").rstrip("\r\n")
    except OSError as error:
        raise _Unfit(f"the file of {field} cannot be read: {os.strerror(error.errno or 0)}") from None
    except UnicodeDecodeError:
        raise _Unfit(f"the file of {field} is not UTF-8") from None
    if not secret or len(raw) > _MAX_BYTES or not secret.isprintable():
        raise _Unfit(f"the file of {field} must hold one line")
    return secret


def _certificate(table: AccessSettings) -> Certificate:
    changed = []
    for field, path in (("certificate_file", table.certificate_file), ("key_file", table.key_file)):
        try:
            changed += [os.stat(path).st_mtime_ns] if path else []
        except OSError as error:
            raise _Unfit(f"the file of {field} cannot be read: {os.strerror(error.errno or 0)}") from None
    return Certificate(table.certificate_file, table.key_file, tuple(changed))


def _nobody_to_ask() -> str:
    """OpenSSL would ask the terminal for the password of a locked key."""
    return ""
