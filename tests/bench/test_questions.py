"""What the benchmarks ask is well-formed, as many as promised, and no two alike."""

from datetime import date, timedelta

from lxml import etree

from bench.questions import DAYS, MAILBOXES, WINDOWS, bodies_of_hundred, bodies_of_one, first_day

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


def test_every_window_lies_in_the_home_frame() -> None:
    days = {first_day(number, TODAY) - TODAY for number in range(MAILBOXES)}
    assert len(days) == WINDOWS
    assert min(days) >= timedelta(0)
    assert max(days) + timedelta(DAYS) <= timedelta(35)
