"""Whom the `Link` header of an answer names, in all the ways in which servers write it."""

from __future__ import annotations

import time

import pytest

from ingest.sources.link_header import linked

URL = "https://daily.example/news/feed"
HUB = "https://hub.example/"


@pytest.mark.parametrize(
    ("header", "hub"),
    [
        (f'<{HUB}>; rel="hub"', HUB),
        (f"<{HUB}>;rel=hub", HUB),
        (f"<{HUB}> ; REL = Hub", HUB),
        (f'<{HUB}>; rel="self  hub"', HUB),
        (f'</a>; rel="self", <{HUB}>; title="x"; rel="hub", <https://other.example/>; rel="hub"', HUB),
        (f'<https://x.example/a,b;c="d>; rel="next", <{HUB}>; rel="hub"', HUB),
        (f'<https://x.example/>; title="one, <https://no.example/>; rel=\\"hub\\""; rel=next, <{HUB}>; rel=hub', HUB),
        (f"<https://x.example/>; crossorigin; rel=next, <{HUB}>; crossorigin; rel=hub", HUB),
        ("</hub>; rel=hub", "https://daily.example/hub"),
        ("<//hub.example/>; rel=hub", HUB),
        ("<hub?a=1,2>; rel=hub", "https://daily.example/news/hub?a=1,2"),
        ("<https://hub.example/\u00c3\u00bc>; rel=hub", "https://hub.example/\u00fc"),  # UTF-8, read as Latin-1
        (f"<javascript:alert(1)>; rel=hub, <http://[::>; rel=hub, <{HUB}>; rel=hub", HUB),
        (f"<https://user:secret@x.example/>; rel=hub, <{HUB}>; rel=hub", HUB),
        (f"<{HUB}>; rel=github", ""),
        (f'<{HUB}>; rel=next; rel="hub"', ""),
        (f"<{HUB}>; rel=hub; anchor=https://other.example/", ""),
        (f"{HUB}; rel=hub", ""),
        (f'<{HUB}; rel="hub"', ""),
        (f'<{HUB}>; rel="hub', ""),
        ("", ""),
    ],
)
def test_the_hub_is_the_first_address_that_the_header_calls_so(header: str, hub: str) -> None:
    assert linked({"link": header}, URL, "hub") == hub
    assert linked({}, URL, "hub") == ""


@pytest.mark.parametrize("piece", ["<", "<>", '<>;x="', ';x="', "<>; ", "<>;=", " ", '\\"', '<>;x="\\'])
def test_a_hostile_header_costs_no_more_than_it_is_long(piece: str) -> None:
    began = time.process_time()
    linked({"link": (piece * 65_536)[:65_536]}, URL, "hub")
    assert time.process_time() - began < 5
