"""Licensed sources: shown to their own hosts, and to be found nowhere else."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import certifi
import pytest
from certificates import Authority
from local_web import Web
from pydantic import ValidationError
from wire_double import PUBLIC, Wire

from ingest.errors import Refused
from ingest.settings import AccessSettings, FetchSettings
from ingest.sources import dial
from ingest.sources.access import Access
from ingest.sources.http import Http, Response
from ingest.sources.names import shown

SECRET = "s3cr3t-Wort"


@pytest.fixture
def web() -> Iterator[Web]:
    server = Web()
    server.routes["/"] = (200, {}, b"ok")
    yield server
    server.close()


@pytest.fixture
def secret(tmp_path: Path) -> str:
    path = tmp_path / "secret"
    path.write_text(SECRET + "\n")
    path.chmod(0o600)
    return str(path)


def get(url: str, access: dict[str, AccessSettings], *allowed: str, named: str = "") -> Response:
    """`allowed` are ports of ours."""

    async def resolve(host: str, port: int) -> list[str]:
        return ["127.0.0.1"]

    async def ask() -> Response:
        settings = FetchSettings(allow_private=allowed, deadline_seconds=5)
        async with Http(settings, resolve=resolve, access=Access(access)) as http:
            return await http.get(url, access=named)

    return asyncio.run(ask())


def test_headers_password_and_cookie_are_shown_to_their_own_host(web: Web, secret: str) -> None:
    own = f"wire.example:{web.port}"
    table = AccessSettings(
        hosts=(own,), headers={"X-Api-Key": secret}, user="ä", password_file=secret, cookie_file=secret
    )
    get(f"http://{own}/", {"wire": table}, own)
    _, headers = web.asked[0]
    assert headers["x-api-key"] == headers["cookie"] == SECRET
    assert base64.b64decode(headers["authorization"].removeprefix("Basic ")).decode() == f"ä:{SECRET}"


def test_nothing_is_shown_to_another_host_nor_after_a_redirect_to_one(web: Web, secret: str) -> None:
    own, other = f"wire.example:{web.port}", f"other.example:{web.port}"
    access = {"wire": AccessSettings(hosts=(own,), headers={"X-Api-Key": secret})}
    web.routes["/away"] = (302, {"Location": f"http://{other}/"}, b"")
    web.routes["/back"] = (302, {"Location": f"http://{own}/"}, b"")
    get(f"http://{own}/away", access, own, other)
    get(f"http://{other}/back", access, own, other)
    shown = [(headers["host"], "x-api-key" in headers) for _, headers in web.asked]
    assert shown == [(own, True), (other, False), (other, False), (own, True)]


def test_nothing_is_shown_in_the_clear_but_to_a_host_of_our_own(
    web: Web, secret: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    access = {"wire": AccessSettings(hosts=("wire.example:80",), headers={"X-Api-Key": secret})}
    Wire.dialled, Wire.front = [], web.port
    monkeypatch.setattr(dial, "connect", Wire.connect)

    async def ask() -> None:
        async with Http(FetchSettings(deadline_seconds=5), resolve=public, access=Access(access)) as http:
            await http.get("http://wire.example/")

    asyncio.run(ask())
    assert "x-api-key" not in web.asked[0][1]


async def public(host: str, port: int) -> list[str]:
    return [PUBLIC]


def test_a_form_is_shown_nothing(web: Web, secret: str) -> None:
    own = f"127.0.0.1:{web.port}"
    access = Access({"wire": AccessSettings(hosts=(own,), headers={"X-Api-Key": secret})})

    async def ask() -> None:
        async with Http(FetchSettings(allow_private=(own,)), access=access) as http:
            await http.post(web.url(), {"a": "b"})

    asyncio.run(ask())
    assert "x-api-key" not in web.asked[0][1]


@pytest.mark.parametrize(
    ("host", "port", "fits"),
    [("wire.example", 443, "wire"), ("WIRE.example", 443, "wire"), ("wire.example", 8443, None),
     ("a.wire.example", 443, "below"), ("a.b.wire.example", 443, "below"), ("api.wire.example", 443, "api"),
     ("xwire.example", 443, None), ("wire.example.org", 443, None), (".wire.example", 443, None),
     ("feeds.example", 8443, "api"), ("feeds.example", 443, None)],
)  # fmt: skip
def test_the_best_fit_is_shown(secret: str, host: str, port: int, fits: str | None) -> None:
    hosts = {"below": ("*.wire.example",), "wire": ("wire.example",), "api": ("api.wire.example", "feeds.example:8443")}
    access = Access({name: AccessSettings(hosts=own, headers={f"X-{name}": secret}) for name, own in hosts.items()})
    found = access.of(host, port)
    assert (found and [*found.headers]) == (fits and [f"X-{fits}"])


def test_a_feed_gets_the_access_it_names_and_no_other(secret: str) -> None:
    tables = {
        name: AccessSettings(hosts=("wire.example",), headers={f"X-{name}": secret}) for name in ("first", "second")
    }
    access = Access(tables)
    found = access.of("wire.example", 443, "second")
    assert found is not None
    assert [*found.headers] == ["X-second"]
    assert access.of("other.example", 443, "second") is None
    with pytest.raises(Refused, match="not for this host"):
        access.of("other.example", 443, "second", must=True)
    with pytest.raises(Refused, match=r"no \[access.third\]"):
        access.of("wire.example", 443, "third")
    assert ["second: wire.example is first's already" in line for line in access.findings()] == [True]


@pytest.mark.parametrize(
    "held", [b"", b"\n", b"a\nX-Evil: 1\n", b"a\0", b"\xff\xfe", "Wörter".encode(), b"a" * 20_000, None]
)
def test_a_file_that_holds_no_secret_is_said_and_never_quoted(tmp_path: Path, held: bytes | None, web: Web) -> None:
    path, own = tmp_path / "Geheimnis", f"127.0.0.1:{web.port}"
    if held is not None:
        path.write_bytes(held)
    tables = {"wire": AccessSettings(hosts=(own,), headers={"X-Api-Key": str(path)})}
    with pytest.raises(Refused) as refused:
        get(web.url(), tables, own)
    found = [*Access(tables).findings()]
    assert refused.value.detail in found
    assert "the file of headers.X-Api-Key" in refused.value.detail
    assert all(word not in refused.value.detail for word in ("Evil", "Wörter", "aaa", "Geheimnis"))
    assert web.asked == []


def test_a_new_secret_counts_at_once(web: Web, secret: str) -> None:
    own = f"127.0.0.1:{web.port}"
    access = {"wire": AccessSettings(hosts=(own,), cookie_file=secret)}
    get(web.url(), access, own)
    Path(secret).write_text("another")
    get(web.url(), access, own)
    assert [headers["cookie"] for _, headers in web.asked] == [SECRET, "another"]


def test_what_is_wrong_with_an_access_is_said_beforehand(tmp_path: Path, secret: str) -> None:
    Path(secret).chmod(0o644)
    (tmp_path / "no.pem").write_text("no certificate")
    (tmp_path / "no.pem").chmod(0o600)
    tables = {
        "open": AccessSettings(hosts=("a.example",), cookie_file=secret),
        "idle": AccessSettings(hosts=("b.example",)),
        "bad": AccessSettings(hosts=("c.example",), certificate_file=str(tmp_path / "no.pem")),
        "gone": AccessSettings(hosts=("d.example",), certificate_file=str(tmp_path / "none.pem")),
    }
    said = "\n".join(Access(tables).findings())
    assert "access open: the file of cookie_file is open to every user" in said
    assert "access idle: it shows nothing" in said
    assert "access bad: its client certificate and key cannot be used" in said
    assert "access gone: the file of certificate_file cannot be read" in said


@pytest.mark.parametrize(
    "table",
    [{"hosts": ()}, {"hosts": ("https://a.example/",)}, {"hosts": ("*.com",)}, {"hosts": ("*",)},
     {"password": SECRET}, {"user": "me"}, {"password_file": "x"}, {"headers": {"Host": "x"}},
     {"headers": {"Proxy-Authorization": "x"}}, {"headers": {"A: b\r\nC": "x"}}, {"key_file": "x"},
     {"cookie_file": "x", "headers": {"cookie": "y"}}, {"user": "a:b", "password_file": "x"}],
)  # fmt: skip
def test_settings_that_make_no_sense_are_refused(table: dict[str, Any]) -> None:
    with pytest.raises(ValidationError) as refused:
        AccessSettings(**{"hosts": ("a.example",), **table})
    assert SECRET not in str([error["msg"] for error in refused.value.errors()])


@pytest.mark.parametrize(
    ("url", "told"),
    [("https://a:b@c/", "https://***@c/"), ("HTTP://a:b@c@d/?e=@", "HTTP://***@d/?e=@"), ("//a:b@c", "//***@c"),
     ("http:/a:b@c", "http:/***@c"), ("https://a.example/@b?c@d", "https://a.example/@b?c@d"),
     (" http://a@b", " http://***@b"),
     ("http://a.example/x?api_key=S&page=2", "http://a.example/x?api_key=***&page=2"),
     ("http://a.example/x?page=2&X-Amz-Signature=S#7", "http://a.example/x?page=2&X-Amz-Signature=***#7"),
     ("http://a.example/x?accessToken=S&APIKey=T;u&sid=V", "http://a.example/x?accessToken=***&APIKey=***&sid=***"),
     ("/x?a=1;pwd=S=?T", "/x?a=1;pwd=***"), ("/x?api%5Fkey=S", "/x?api%5Fkey=***"), ("/x#token=S", "/x#token=***"),
     ("/x?url=http://b/?key=S", "/x?url=http://b/?key=***"), ("/x?password=", "/x?password=***"),
     ("/key=1?monkey=a&keyword=b&author=c&design=d&key", "/key=1?monkey=a&keyword=b&author=c&design=d&key")],
)  # fmt: skip
def test_an_address_is_told_without_what_it_gives_away(url: str, told: str) -> None:
    assert shown(url) == told


def test_no_repr_has_a_secret(secret: str) -> None:
    found = Access({"wire": AccessSettings(hosts=("a.example",), cookie_file=secret)}).of("a.example", 443)
    assert SECRET not in f"{found!r} {found}"


def test_a_client_certificate_is_shown_to_its_own_host_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority = Authority(tmp_path)
    monkeypatch.setattr(certifi, "where", lambda: str(authority.certificate))
    certificate, key = authority.issue("client")
    with authority.server("wire.example") as port:
        own, other = f"wire.example:{port}", f"other.example:{port}"
        table = AccessSettings(hosts=(own,), certificate_file=str(certificate), key_file=str(key))
        assert get(f"https://{own}/", {"wire": table}, own).body == b"client"
        assert get(f"https://{own}/", {}, own).body == b"nobody"
        assert get(f"https://{other}/", {"wire": table}, other).body == b"nobody"
