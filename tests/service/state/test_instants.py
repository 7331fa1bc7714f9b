"""Tests of service/state/instants.py: an instant is the same when it comes back, to the microsecond."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.state.instants import from_number, to_number

ZONES = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
INSTANTS = st.datetimes(datetime(2, 1, 1), datetime(9998, 12, 31), timezones=ZONES)  # noqa: DTZ001 - ZONES give theirs


@given(INSTANTS)
def test_an_instant_comes_back(instant: datetime) -> None:
    assert from_number(to_number(instant)) == instant
    assert from_number(to_number(instant)).tzinfo is UTC


@given(INSTANTS, INSTANTS)
def test_their_order_is_kept(one: datetime, other: datetime) -> None:
    assert (to_number(one) < to_number(other)) == (one < other)


def test_a_known_instant() -> None:
    assert to_number(datetime(2026, 11, 22, 12, 0, 0, 1, tzinfo=UTC)) == 1_795_348_800_000_001


def test_an_instant_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="without a zone"):
        to_number(datetime(2026, 1, 1))  # noqa: DTZ001 - what is refused
