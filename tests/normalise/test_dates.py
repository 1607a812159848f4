from __future__ import annotations

import pytest

from ingest.model import Stamp
from ingest.normalise.dates import in_line, in_url

DAY = 1718668800000  # 18 June 2024, UTC


@pytest.mark.parametrize(
    "line",
    [
        "June 18, 2024",
        "18 June 2024",
        "Tuesday, 18 June 2024",
        "Tue 18 Jun 2024, 14:05",
        "Published: 18/06/2024",
        "Updated at 9:15 pm EDT, June 18, 2024",
        "2024-06-18",
        "18.06.2024, 14:30 Uhr",
        "Stand: 18. Juni 2024",
        "Publié le 18 juin 2024 à 14h05",
        "18 de junio de 2024",
        "18 giugno 2024",
        "18 июня 2024 г.",
        "18 Haziran 2024",
        "2024年6月18日",
        "发布时间：2024年06月18日 14:05",
        "2024년 6월 18일",
    ],
)
def test_a_line_that_is_a_date_gives_its_day(line: str) -> None:
    assert in_line(line) == Stamp(DAY, exact=False)


@pytest.mark.parametrize(
    ("line", "hours"),
    [
        ("18 Jun 2024 14:00 GMT", 14),
        ("2024-06-18T12:00:00Z", 12),
        ("June 18, 2024 2:00 pm UTC", 14),
        ("2024-06-18 14:00 +02:00", 12),
    ],
)
def test_a_time_with_its_zone_is_exact(line: str, hours: int) -> None:
    assert in_line(line) == Stamp(DAY + hours * 3_600_000)


@pytest.mark.parametrize(
    "line",
    [
        "It was signed on June 18, 2024",
        "due June 18, 2024.",
        "June 31, 2024",
        "June 2024",
        "06/07/2024",  # July or June: it depends on the country
        "18 June 1899",
        "June 18",
        "1987 2024 18",
        "9" * 60,
    ],
)
def test_what_is_no_plain_date_gives_none(line: str) -> None:
    assert in_line(line) is None


@pytest.mark.parametrize(
    ("url", "day"),
    [
        ("https://example.com/2024/06/18/harbour", True),
        ("https://example.com/2024/6/18/harbour", True),
        ("https://example.com/news/2024-06-18-harbour", True),
        ("https://example.com/news/20240618/harbour", True),
        ("https://example.com/2024/13/18/harbour", False),
        ("https://example.com/12024/06/18", False),
        ("https://example.com/?d=/2024/06/18/", False),
        ("https://2024.example/06/18/", False),
        (None, False),
    ],
)
def test_the_day_in_an_address(url: str | None, day: bool) -> None:
    assert in_url(url) == (Stamp(DAY, exact=False) if day else None)
