"""Addresses that stand in for a page's own: copies for phones, caches, redirects that carry their target, sessions.

Only what the address itself tells is undone, nothing is fetched. Where it does not tell for certain, the address stays:
two names for a page cost one repeat, one name for two pages would make each a version of the other.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable
from functools import lru_cache
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

import msgspec
from courlan import extract_domain


class UnwrapLimits(msgspec.Struct, frozen=True):
    depth: int = 4  # a mailing's redirect to a search engine's to an AMP cache is 3
    chars: int = 4_000  # of an address; longer ones are left as they are


LIMITS = UnwrapLimits()

# host, path, the parameters that may hold the target
_CARRIERS: tuple[tuple[re.Pattern[str], re.Pattern[str], tuple[str, ...]], ...] = tuple(
    (re.compile(host), re.compile(path), names)
    for host, path, names in (
        (r"(?:www\.)?google\.(?:com|[a-z]{2}|com?\.[a-z]{2})", r"/url", ("url", "q")),  # alerts, search
        (r"(?:www\.)?bing\.com", r"/news/apiclick\.aspx", ("url",)),
        (r"(?:lm?|www)\.facebook\.com", r"/l\.php", ("u",)),
        (r"l\.instagram\.com", r"/?", ("u",)),
        (r"out\.reddit\.com", r"/.*", ("url",)),
        (r"(?:www\.)?linkedin\.com", r"/redir/redirect", ("url",)),
        (r"(?:www\.)?youtube\.com", r"/redirect", ("q",)),
        (r"t\.umblr\.com", r"/redirect", ("z",)),
        (r"away\.vk\.com|vk\.com", r"/away\.php", ("to",)),
        (r"steamcommunity\.com", r"/linkfilter/?", ("u", "url")),
    )
)
_AMP_CACHE = re.compile(r"(?:[\w-]+\.)*(?:cdn\.ampproject\.org|bing-amp\.com)")
_AMP_CACHED = re.compile(r"/(?:amp|[acv]|wp)/(s/)?([^/].*)")
_AMP_VIEWER = re.compile(r"/amp/(s/)?([^/]+\.[^/]+(?:/.*)?)")
_GOOGLE_NEWS_HOST, _YAHOO_HOST = "news.google.com", "r.search.yahoo.com"
_GOOGLE = re.compile(r"(?:www\.)?google\.(?:com|[a-z]{2}|com?\.[a-z]{2})")
_GOOGLE_NEWS = re.compile(r"/(?:rss/|__i/rss/rd/)?articles/(CBM[\w-]+=*)")
_YAHOO = re.compile(r"/.*/RU=([^/]+)/RK=.*")

_AMP_PATH = re.compile(r"(?P<page>/(?:[^/]+/)*(?P<slug>[^/]+?))(?:/amp/?|\.amp(?P<html>\.html)?|/amp\.html)")
_NUMBER = re.compile(r"\d{4}")
_AMP_PARAMETER = re.compile(r"(?:amp|_amp|is_?amp)(?:=(?:1|true|yes|amp)?)?|(?:outputtype|view|mode)=amp|usqp=mq\w+"
                            r"|amp_(?:js_v|gsa|lite|kit|r|tf)(?:=.*)?", re.IGNORECASE)  # fmt: skip
_SESSION_PATH = re.compile(r";(?:jsessionid|phpsessid|sid)=[\w.!-]*|/\([ASF]\([a-zA-Z0-9]{20,}\)\)(?=/)", re.IGNORECASE)
_SESSION = re.compile(
    r"(?:phpsessid|jsessionid|aspsessionid\w*|session_?id|cfid|cftoken|zenid|oscsid)=.*|(?:sid|s|sess)=[0-9a-f]{32,}",
    re.IGNORECASE,
)
_WIKI = re.compile(r"([\w-]+)\.m\.(wikipedia|wikinews|wikimedia)\.org")
_MOBILE = {
    "mobile.nytimes.com": "www.nytimes.com",
    "mobile.reuters.com": "www.reuters.com",
    "mobile.twitter.com": "twitter.com",
    "mobile.abc.net.au": "www.abc.net.au",
    "mobile.lemonde.fr": "www.lemonde.fr",
    "m.bbc.co.uk": "www.bbc.co.uk",
    "m.bbc.com": "www.bbc.com",
    "m.dw.com": "www.dw.com",
    "m.facebook.com": "www.facebook.com",
    "m.faz.net": "www.faz.net",
    "m.jpost.com": "www.jpost.com",
    "m.lenta.ru": "lenta.ru",
    "m.spiegel.de": "www.spiegel.de",
    "m.youtube.com": "www.youtube.com",
}
"""Hosts for phones whose paths are those of the other host. Of the rest the page's own canonical link tells."""


def unwrapped(parts: SplitResult) -> SplitResult:
    """The address that is meant, of a valid http(s) address; the same where it is its own."""
    for _ in range(LIMITS.depth):
        target = _target(parts)
        if target is None:
            break
        parts = target
    return _plain(parts)


def is_its_own(host: str, path: str) -> bool:
    """Whether `unwrapped` leaves an address as it is that has no more than these; it may do so to others as well."""
    return not _may_stand_in(host) and "amp" not in path and ";" not in path and "(" not in path


def _target(parts: SplitResult) -> SplitResult | None:
    host, path = parts.hostname or "", parts.path
    if not _may_stand_in(host) or len(parts.geturl()) > LIMITS.chars:
        return None
    if _AMP_CACHE.fullmatch(host):
        return _cached(_AMP_CACHED.fullmatch(path), parts.query)
    if _GOOGLE.fullmatch(host) and path.startswith("/amp/"):
        return _cached(_AMP_VIEWER.fullmatch(path), parts.query)
    if host == _GOOGLE_NEWS_HOST:
        token = _GOOGLE_NEWS.fullmatch(path)
        return _web(_in_token(token[1])) if token else None
    if host == _YAHOO_HOST:
        told = _YAHOO.fullmatch(path)
        return _web(unquote(told[1])) if told else None
    for hosts, paths, names in _CARRIERS:
        if hosts.fullmatch(host) and paths.fullmatch(path):
            given = dict(parse_qsl(parts.query, max_num_fields=100))
            return next((found for name in names if (found := _web(given.get(name, "")))), None)
    return None


_STAND_INS = re.compile(
    "|".join(
        [hosts.pattern for hosts, _, _ in _CARRIERS]
        + [_AMP_CACHE.pattern, _GOOGLE.pattern, re.escape(_GOOGLE_NEWS_HOST), re.escape(_YAHOO_HOST)]
    )
)


@lru_cache(maxsize=2048)  # a fetcher's feeds name as many hosts, over and over
def _may_stand_in(host: str) -> bool:
    """Whether addresses there may be another's, by any rule of this module that asks for the host."""
    return _STAND_INS.fullmatch(host) is not None or _for_phones(host)


def _for_phones(host: str) -> bool:
    return host.startswith(("amp.", "m.", "mobile.")) or ".m." in host


def _cached(found: re.Match[str] | None, query: str) -> SplitResult | None:
    if found is None:
        return None
    return _web(f"http{'s' if found[1] else ''}://{found[2]}" + (f"?{query}" if query else ""))


def _in_token(token: str) -> str:
    """The address inside an article's token of Google News: a protocol buffer, field 4. Tokens made since 2024 hold a
    number that only its server knows; they give nothing."""
    try:
        raw = base64.urlsafe_b64decode(token.rstrip("=") + "=" * (-len(token.rstrip("=")) % 4))
    except (binascii.Error, ValueError):
        return ""
    if raw[:3] != b"\x08\x13\x22" or len(raw) < 5:
        return ""
    size, start = raw[3], 4
    if size & 0x80:
        size, start = size & 0x7F | raw[4] << 7, 5
    return raw[start : start + size].decode("ascii", "ignore") if len(raw) >= start + size else ""


def _web(address: str) -> SplitResult | None:
    """A target that may take the place of the address: with a host that has a dot, no port, nobody's name in it."""
    if not address.startswith(("http://", "https://")) or not address.isprintable() or any(map(str.isspace, address)):
        return None
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
        return parts if "." in host.strip(".") and parts.port is None and "@" not in parts.netloc else None
    except ValueError:
        return None


def _plain(parts: SplitResult) -> SplitResult:
    """Without the marks of a copy for phones and of a session."""
    path = _SESSION_PATH.sub("", parts.path)
    found = _AMP_PATH.fullmatch(path)
    # The last part of an article's path has three words or a number; `/wiki/amp` and `/topics/amp` have neither.
    if found and (found["slug"].count("-") >= 2 or _NUMBER.search(found["slug"])):
        path = found["page"] + (found["html"] or "")
    query = "&".join(without(parts.query.split("&"), _AMP_PARAMETER, _SESSION))
    return parts._replace(netloc=_host(parts), path=path, query=query)


def without(parameters: Iterable[str], *unwanted: re.Pattern[str]) -> Iterable[str]:
    return (each for each in parameters if each and not any(kind.fullmatch(each) for kind in unwanted))


def _host(parts: SplitResult) -> str:
    host = (parts.hostname or "").rstrip(".")
    if parts.port is not None or not _for_phones(host):
        return parts.netloc
    if found := _WIKI.fullmatch(host):
        return f"{found[1]}.{found[2]}.org"
    if host.startswith("amp.") and extract_domain(f"https://{host}") == host[4:]:
        return f"www.{host[4:]}"  # it answers at nearly every outlet, also where the other name is the bare one
    return _MOBILE.get(host, parts.netloc)
