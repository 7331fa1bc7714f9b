"""Instants are read strictly, and compared with clocks that may be off by so much and no more."""

from datetime import UTC, datetime, timedelta

import pytest

from protocols.ews.wssecurity.refusal import SecurityRefused
from protocols.ews.wssecurity.times import check_span, instant
from tests.protocols.ews.wssecurity.world import NOW, reason

MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("text", "microsecond"),
    [
        ("2026-11-20T12:00:00Z", 0),
        (" 2026-11-20T12:00:00.5Z\n", 500_000),
        ("2026-11-20T12:00:00.1234567Z", 123_456),
        ("2026-11-20T12:00:00.007Z", 7_000),
    ],
)
def test_an_instant(text: str, microsecond: int) -> None:
    assert instant(text) == datetime(2026, 11, 20, 12, 0, 0, microsecond, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [None, "", "now", "2026-11-20", "2026-11-20T12:00:00", "2026-11-20T12:00:00+01:00", "2026-02-30T12:00:00Z"],
)
def test_no_instant(text: str | None) -> None:
    with pytest.raises(SecurityRefused, match="no-instant"):
        instant(text)


@pytest.mark.parametrize(
    ("begins", "ends", "verdict"),
    [
        (NOW + 2 * MINUTE, NOW + 9 * MINUTE, "x-not-valid-yet"),
        (NOW - 9 * MINUTE, NOW - MINUTE, "x-expired"),
        (NOW, NOW, "x-ends-before-it-begins"),
    ],
)
def test_out_of_its_span(begins: datetime, ends: datetime, verdict: str) -> None:
    assert reason(lambda: check_span(begins, ends, now=NOW, skew=MINUTE, what="x")) == verdict


def test_the_skew_is_granted_on_both_sides() -> None:
    check_span(NOW + MINUTE, NOW + 2 * MINUTE, now=NOW, skew=MINUTE, what="x")
    check_span(NOW - 2 * MINUTE, NOW - MINUTE + timedelta(microseconds=1), now=NOW, skew=MINUTE, what="x")
