"""When a certificate is renewed, and how long a failure waits."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from certs.acme_schedule import due, pause
from tests.certs.authority import DAY, NOW

JITTER = st.floats(0, 1)


def test_two_thirds_of_the_life() -> None:
    assert due(NOW, NOW + 90 * DAY, jitter=0) == NOW + 60 * DAY
    assert due(NOW, NOW + 90 * DAY, jitter=1) == NOW + 63 * DAY
    assert due(NOW, NOW + 6 * DAY, jitter=0.5) == NOW + 4.1 * DAY


@given(days=st.integers(1, 4000), jitter=JITTER)
def test_it_is_never_too_late(days: int, jitter: float) -> None:
    when = due(NOW, NOW + days * DAY, jitter=jitter)
    assert NOW + days * DAY * 0.66 < when < NOW + days * DAY * 0.71


def test_pauses_grow() -> None:
    minutes = [pause(number, jitter=0) / timedelta(minutes=1) for number in range(1, 10)]
    assert minutes == [5, 10, 20, 40, 80, 160, 320, 360, 360]
    assert pause(1, jitter=1) == timedelta(minutes=6, seconds=15)


@given(jitter=JITTER)
def test_fewer_failed_validations_in_an_hour_than_lets_encrypt_allows(jitter: float) -> None:
    at, tries = timedelta(), 1
    while (at := at + pause(tries, jitter=jitter)) <= timedelta(hours=1):
        tries += 1
    assert tries < 5


def test_a_long_outage_overflows_nothing() -> None:
    assert pause(10_000, jitter=0) == timedelta(hours=6)
