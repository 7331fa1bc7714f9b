"""What the benchmarks ask is well-formed, as many as promised, and no two alike."""

from datetime import date, datetime, timedelta

from lxml import etree

from bench.questions import (
    DAYS,
    FRESH,
    MAILBOXES,
    MINUTES,
    WINDOWS,
    bodies_of_hundred,
    bodies_of_one,
    bodies_of_one_afresh,
    first_day,
)

TODAY = date(2026, 11, 21)
_T = "{http://schemas.microsoft.com/exchange/services/2006/types}"


def addresses(body: bytes) -> list[str]:
    return [str(element.text) for element in etree.fromstring(body).iter(f"{_T}Address")]


def test_a_thousand_different_bodies_of_one() -> None:
    bodies = bodies_of_one(TODAY)
    assert len(set(bodies)) == len(bodies) == MAILBOXES == 1000
    assert len({tuple(addresses(body)) for body in bodies}) == 1000


def test_a_thousand_different_bodies_of_a_hundred_different_mailboxes() -> None:
    bodies = bodies_of_hundred(TODAY)
    assert len(set(bodies)) == len(bodies) == 1000
    assert {len(set(addresses(body))) for body in bodies} == {100}


def test_windows_of_their_own_differ_and_lie_between_the_others() -> None:
    bodies = bodies_of_one_afresh(TODAY)
    assert len(set(bodies)) == len(bodies) == FRESH
    starts = [datetime.fromisoformat(str(start(each))) for each in bodies[:MINUTES]]
    assert len(set(starts)) == MINUTES == 5760
    assert min(starts).date() == first_day(0, TODAY)
    assert max(starts).date() < first_day(WINDOWS - 1, TODAY)


def start(body: bytes) -> str | None:
    return next(element.text for element in etree.fromstring(body).iter(f"{_T}StartTime"))


def test_every_window_lies_in_the_home_frame() -> None:
    days = {first_day(number, TODAY) - TODAY for number in range(MAILBOXES)}
    assert len(days) == WINDOWS
    assert min(days) >= timedelta(0)
    assert max(days) + timedelta(DAYS) <= timedelta(35)
