from __future__ import annotations

import pytest

from ingest.stories.publishers import Publishers, count

ACME = Publishers({"Acme": ("acme.com", "The  Daily"), "Roe": ("roe.co.uk",)})


@pytest.mark.parametrize(
    ("outlet", "url", "publisher"),
    [
        ("acme.com", None, "Acme"),
        ("the daily", "https://daily.example/1", "Acme"),
        ("news.acme.com", None, "Acme"),
        ("an evening paper", "https://www.evening.acme.com/2024/a", "Acme"),
        ("roe.co.uk", "https://roe.co.uk/1", "Roe"),
        ("notacme.com", "https://notacme.com/acme.com", None),
        ("acme", "https://acme.com.example/", None),
        ("somebody", "http://[::1", None),
        ("somebody", None, None),
    ],
)
def test_an_outlet_is_known_by_its_name_or_by_where_it_publishes(
    outlet: str, url: str | None, publisher: str | None
) -> None:
    assert ACME.of(outlet, url) == publisher


def test_without_settings_nobody_has_a_publisher() -> None:
    assert Publishers({}).of("acme.com", "https://acme.com/1") is None


def test_outlets_of_one_publisher_count_once_and_each_other_for_itself() -> None:
    assert count(["a", "b", "c"], {}) == 3
    assert count(["a", "b", "c"], {"a": "X", "b": "X"}) == 2
    assert count([], {"a": "X"}) == 0
