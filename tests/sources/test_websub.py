"""What a WebSub subscriber sends and believes, against the Recommendation; pure."""

from __future__ import annotations

import hashlib
import hmac

import msgspec
import pytest

from ingest.sources.websub import LEASES, Push, confirmed, delivers, renewal, request, signed_well, to_ask

NOW = 1_718_700_000_000
HUB, TOPIC = "https://hub.example/", "https://news.example/feed"
DAY = 86_400_000
ASKED = Push("id", "secret", HUB, TOPIC, asked_at=NOW)
CHALLENGE = {"hub.mode": "subscribe", "hub.topic": TOPIC, "hub.challenge": "c", "hub.lease_seconds": "864000"}


def test_a_feed_without_a_hub_is_never_asked_for() -> None:
    assert not to_ask(Push(), "", TOPIC, NOW)


def test_a_hub_is_asked_once_and_again_where_it_never_came_back() -> None:
    assert to_ask(Push(), HUB, TOPIC, NOW)
    assert not to_ask(ASKED, HUB, TOPIC, NOW + 60_000)
    assert to_ask(ASKED, HUB, TOPIC, NOW + round(1000 * LEASES.patience))


def test_a_feed_that_names_another_hub_or_topic_is_asked_for_there() -> None:
    held = confirmed(ASKED, CHALLENGE, NOW)
    assert held is not None
    assert to_ask(held, "https://other.example/", TOPIC, NOW + 1)
    assert to_ask(held, HUB, TOPIC + "?all", NOW + 1)


def test_a_lease_is_renewed_before_it_ends() -> None:
    held = confirmed(ASKED, CHALLENGE, NOW)
    assert held is not None
    assert held.until == NOW + 10 * DAY
    assert renewal(held) == NOW + round(7.5 * DAY)
    assert not to_ask(held, HUB, TOPIC, NOW + 7 * DAY)
    assert to_ask(held, HUB, TOPIC, NOW + 8 * DAY)
    asked = msgspec.structs.replace(held, asked_at=NOW + 8 * DAY)
    assert not to_ask(asked, HUB, TOPIC, NOW + 8 * DAY + 60_000)
    assert to_ask(asked, HUB, TOPIC, NOW + round(9.6 * DAY))  # the hub did not come back: before the old lease ends


@pytest.mark.parametrize(
    ("stated", "seconds"), [("864000", 864_000), ("1", 300), ("99999999", 30 * 86_400), ("", 864_000), ("-5", 864_000),
                            ("1e9", 864_000), ("٣٠٠٠", 864_000)],
)  # fmt: skip
def test_a_lease_is_what_the_hub_grants_within_bounds(stated: str, seconds: int) -> None:
    held = confirmed(ASKED, {**CHALLENGE, "hub.lease_seconds": stated}, NOW)
    assert held is not None
    assert held.until == NOW + 1000 * seconds


@pytest.mark.parametrize(
    "wrong",
    [{"hub.mode": "unsubscribe"}, {"hub.mode": "denied"}, {"hub.topic": TOPIC + "/other"}, {"hub.challenge": ""},
     {"hub.mode": ""}],
)  # fmt: skip
def test_what_we_did_not_ask_for_is_not_confirmed(wrong: dict[str, str]) -> None:
    assert confirmed(ASKED, {**CHALLENGE, **wrong}, NOW) is None


def test_a_hub_is_relied_on_while_it_delivers_all() -> None:
    held = confirmed(ASKED, CHALLENGE, NOW)
    assert held is not None
    assert not delivers(held, NOW + 1)  # it has not delivered anything yet
    heard = msgspec.structs.replace(held, heard_at=NOW + DAY)
    assert delivers(heard, NOW + 2 * DAY)
    assert not delivers(heard, NOW + 11 * DAY)
    missed = msgspec.structs.replace(heard, missed_at=NOW + 2 * DAY)
    assert not delivers(missed, NOW + 2 * DAY)
    assert delivers(msgspec.structs.replace(missed, heard_at=NOW + 3 * DAY), NOW + 3 * DAY)


def test_a_hub_that_comes_back_after_its_lease_is_relied_on_when_it_delivers_again() -> None:
    held = confirmed(ASKED, CHALLENGE, NOW)
    assert held is not None
    heard = msgspec.structs.replace(held, heard_at=NOW + DAY)
    renewed = confirmed(heard, CHALLENGE, NOW + 9 * DAY)
    late = confirmed(heard, CHALLENGE, NOW + 11 * DAY)
    assert renewed is not None
    assert late is not None
    assert (delivers(renewed, NOW + 12 * DAY), delivers(late, NOW + 12 * DAY)) == (True, False)


def test_the_request_is_that_of_the_recommendation() -> None:
    assert request(ASKED, "subscribe", "https://us.example/websub/id") == {
        "hub.callback": "https://us.example/websub/id",
        "hub.mode": "subscribe",
        "hub.topic": TOPIC,
        "hub.secret": "secret",
        "hub.lease_seconds": "864000",
    }
    assert "hub.secret" not in request(ASKED, "unsubscribe", "https://us.example/websub/id")


@pytest.mark.parametrize("method", ["sha1", "sha256", "sha384", "sha512"])
def test_a_delivery_is_believed_by_its_signature(method: str) -> None:
    made = hmac.new(b"secret", b"<feed/>", getattr(hashlib, method)).hexdigest()
    assert signed_well(ASKED, f"{method}={made}", b"<feed/>")
    assert signed_well(ASKED, f"{method}={made.upper()}", b"<feed/>")
    assert not signed_well(ASKED, f"{method}={made}", b"<feed />")
    assert not signed_well(msgspec.structs.replace(ASKED, secret="other"), f"{method}={made}", b"<feed/>")
    assert not signed_well(ASKED, f"{method}={made[:-1]}", b"<feed/>")


@pytest.mark.parametrize(
    "header", ["", "sha256", "sha256=", "md5=" + "0" * 32, "sha3_256=" + "0" * 64, "sha1=" + "g" * 40]
)
def test_no_signature_or_another_kind_is_none(header: str) -> None:
    assert not signed_well(ASKED, header, b"")


def test_without_a_secret_nothing_is_signed_well() -> None:
    made = hmac.new(b"", b"x", hashlib.sha256).hexdigest()
    assert not signed_well(Push(), f"sha256={made}", b"x")
