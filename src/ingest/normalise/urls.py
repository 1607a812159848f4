"""One spelling per address, and who it belongs to. Works offline: the public suffix list ships with courlan's `tld`."""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import urlsplit, urlunsplit

from courlan import extract_domain
from w3lib.url import canonicalize_url

from ingest.addresses import plain
from ingest.normalise.standing_in import is_its_own, unwrapped

# Parameters that name the reader's way to the page and never the page. Exact names or a known prefix only: courlan's
# own cleaner also drops anything with `id`-like parts (uid, eid, cid, source), which at some outlets is the article.
_TRACKING = re.compile(
    r"(?:utm|mtm|pk|piwik|matomo|hsa|vero|oly)_\w+|(?:fb|g|dc|gb|w?bra|y|ys|tw|ms|igsh|ttc|mc_|ml_|s_)?clid|fbclid|gclsrc|"
    r"igshid|igsh|msclkid|gbraid|wbraid|mc_[ce]id|mkt_tok|_hsenc|_hsmi|_ga|_gl|__twitter_impression|"
    r"at_(?:medium|campaign|custom\d|link\w*|bbc\w*|ptr\w*|format|type)|ns_(?:campaign|mchannel|source|linkname|fee)|"
    r"cmpid|ocid|ito|xtor|smid|smtyp|partner_id|ref_src|ref_url|feature_source|guccounter|guce_\w+|soc_src|soc_trk|"
    r"taid|wt_?mc\w*|wt_?zmc|spm|share_?token|_branch_match_id",
    re.IGNORECASE,
)
_DEFAULT_PORT = {"http": 80, "https": 443}


@lru_cache(maxsize=1024)  # asked for three times an entry of a feed: its link, its key, its page
def canonical(url: str | None) -> str | None:
    """One spelling: lower-case scheme and host, sorted parameters; no tracking, fragment, user, session, default port;
    the page's own address for an AMP copy or a redirect that carries it.

    None for what is no http(s) address. `http` and `https` stay two: a server decides whether they are one page.
    """
    if not url:
        return None
    if _is_clean(url):
        return url
    try:
        parts = urlsplit(url.strip())
        if parts.scheme in _DEFAULT_PORT and parts.hostname:
            parts = unwrapped(parts)
        scheme, host, port = parts.scheme, parts.hostname, parts.port
        if scheme not in _DEFAULT_PORT or not host or not _HOST.fullmatch(host):
            return None
        netloc = f"[{host}]" if ":" in host else host.rstrip(".")
        if port is not None and port != _DEFAULT_PORT[scheme]:
            netloc += f":{port}"
        query = "&".join(
            part for part in parts.query.split("&") if part and not _TRACKING.fullmatch(part.partition("=")[0])
        )
        clean = canonicalize_url(urlunsplit((scheme, netloc, parts.path or "/", query, "")))
        return clean if isinstance(clean, str) else None
    except ValueError:  # urlsplit: a bad port or bracketed host
        return None


def _is_clean(url: str) -> bool:
    """Whether it is canonical as it is, seen at a glance: it holds nothing that any step of `canonical` looks for."""
    found = plain(url)
    return found is not None and not found.query and is_its_own(found.host, found.path)


_HOST = re.compile(r"[\w.-]{1,253}|[0-9a-fA-F:.]{2,45}")


def registered_domain(url: str | None) -> str | None:
    """`bbc.co.uk` of `https://www.bbc.co.uk/news`; None for bare addresses and unknown suffixes."""
    if not url:
        return None
    domain = extract_domain(url)
    return domain.casefold() if domain else None
