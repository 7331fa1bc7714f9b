"""What the benchmarks ask is well-formed, as many as promised, and no two alike."""

from datetime import date, datetime, timedelta

from lxml import etree

from bench.questions import (
    ATTENDEES,
    DAYS,
    FRESH,
    HUNDREDS,
    MAILBOXES,
    MINUTES,
    REPEATED,
    WINDOWS,
    address,
    bodies_of_hundred,
    bodies_of_hundred_repeated,
    bodies_of_one,
    bodies_of_one_afresh,
    bodies_of_one_repeated,
    body,
    first_day,
)
from protocols.ews.request import decode
from protocols.ews.soap import read_envelope

TODAY = date(2026, 11, 21)
_T = "{http://schemas.microsoft.com/exchange/services/2006/types}"


def addresses(body: bytes) -> list[str]:
    return [str(element.text) for element in etree.fromstring(body).iter(f"{_T}Address")]


def test_bodies_of_one_are_more_than_anybody_keeps_whole() -> None:
    bodies = bodies_of_one(TODAY)
    assert len(set(bodies)) == len(bodies) == MAILBOXES * WINDOWS * len(ATTENDEES) == 25_000
    assert {tuple(addresses(body)) for body in bodies[:MAILBOXES]} == {(address(n),) for n in range(MAILBOXES)}


def test_what_rotates_changes_nothing_but_the_bytes() -> None:
    questions = [decode(read_envelope(body([address(1)], TODAY, attendees=attendees))) for attendees in ATTENDEES]
    assert questions == [questions[0]] * len(ATTENDEES)


def test_different_bodies_of_a_hundred_different_mailboxes() -> None:
    bodies = bodies_of_hundred(TODAY)
    assert len(set(bodies)) == len(bodies) == HUNDREDS
    assert {len(set(addresses(body))) for body in bodies[::10]} == {100}


def test_few_bodies_repeat() -> None:
    one, hundred = bodies_of_one_repeated(TODAY), bodies_of_hundred_repeated(TODAY)
    assert len(set(one)) == len(set(hundred)) == REPEATED == 50
    assert {len(addresses(body)) for body in one} == {1}
    assert {len(addresses(body)) for body in hundred} == {100}


def test_a_view_and_a_length_are_asked() -> None:
    asked = decode(read_envelope(body([address(1)], TODAY, days=7, view="FreeBusy")))
    assert asked.question is not None
    assert asked.question.window.length == timedelta(days=7)
    assert asked.view.value == "FreeBusy"


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
