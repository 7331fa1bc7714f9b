"""Whoever else takes part makes a meeting, which nothing is written to."""

import pytest

from protocols.caldav.item_people import MAILS, WITHIN
from protocols.caldav.item_reading import NAMED, OTHERS
from protocols.model.event import Occurrence, Response
from protocols.model.intervals import BusyStatus
from protocols.recurrence.differing import usual
from tests.protocols.caldav.ics import event
from tests.protocols.caldav.item_samples import OWNER, START, WEEKLY, at, found

ME = f"ATTENDEE;PARTSTAT={{}};CN=Ann:mailto:{OWNER.upper()}"
BOB = 'ATTENDEE;CN="Bob, B.";PARTSTAT=DECLINED:MAILTO:Bob@elsewhere.example'
BY_BOB = "ORGANIZER;CN=bob@elsewhere.example:mailto:bob@elsewhere.example"


@pytest.mark.parametrize(
    ("lines", "meeting", "guarded"),
    [
        ((), False, ""),
        ((f"ORGANIZER:mailto:{OWNER}",), False, NAMED),
        ((f"ORGANIZER:mailto:{OWNER}", ME.format("ACCEPTED")), False, NAMED),
        ((BOB,), True, OTHERS),
        ((BY_BOB,), True, OTHERS),
        (("ATTENDEE:urn:uuid:1",), True, OTHERS),
        ((f"ATTENDEE;EMAIL={OWNER}:urn:uuid:1",), False, NAMED),
    ],
)
def test_who_makes_a_meeting(lines: tuple[str, ...], meeting: bool, guarded: str) -> None:
    told = found(*event(START, *lines))
    assert (told.event.meeting, told.guarded) == (meeting, guarded)


def test_somebody_in_one_occurrence_is_enough() -> None:
    told = found(*event(*WEEKLY), *event("RECURRENCE-ID:20261116T090000Z", "DTSTART:20261116T090000Z", BOB))
    assert told.guarded == OTHERS


def test_without_an_owner_everybody_is_somebody_else() -> None:
    assert found(*event(START, f"ORGANIZER:mailto:{OWNER}"), owners=()).guarded == OTHERS


def test_people_are_told_as_lines() -> None:
    told = found(*event(START, BY_BOB, ME.format("ACCEPTED"), BOB)).event
    assert told.people == ("Organiser: Bob, B. <bob@elsewhere.example>", f"Ann <{OWNER}>")


@pytest.mark.parametrize(
    ("said", "response"),
    [
        ("ACCEPTED", Response.ACCEPTED),
        ("TENTATIVE", Response.TENTATIVE),
        ("DECLINED", Response.DECLINED),
        ("NEEDS-ACTION", Response.UNANSWERED),
        ("X-ODD", Response.UNANSWERED),
    ],
)
def test_what_the_owner_answered(said: str, response: Response) -> None:
    assert found(*event(START, BY_BOB, ME.format(said))).event.response is response
    own = found(*event(START, f"ORGANIZER:mailto:{OWNER}", ME.format(said), BOB)).event
    assert own.response is Response.NONE


SECOND = ("RECURRENCE-ID:20261116T090000Z", "DTSTART;TZID=Europe/Berlin:20261116T100000", "DURATION:PT1H")


@pytest.mark.parametrize(
    ("said", "response"),
    [
        ("DECLINED", Response.DECLINED),
        ("TENTATIVE", Response.TENTATIVE),
        ("NEEDS-ACTION", Response.UNANSWERED),
        ("ACCEPTED", None),
    ],
)
def test_one_occurrence_may_be_answered_otherwise(said: str, response: Response | None) -> None:
    weekly = event(*WEEKLY, BY_BOB, ME.format("ACCEPTED"))
    told = found(*weekly, *event(*SECOND, BY_BOB, ME.format(said))).event
    undecided = BusyStatus.TENTATIVE if response in {Response.TENTATIVE, Response.UNANSWERED} else None
    start = at(2026, 11, 16, 9)
    one = Occurrence(when=usual(told.when, start), shows=undecided, response=response)
    assert told.response is Response.ACCEPTED
    assert told.exceptions == ({start: one} if response else {})


def test_an_occurrence_that_does_not_name_its_owner_is_answered_as_the_series() -> None:
    for named in ((), (BY_BOB,), (BY_BOB, BOB)):
        told = found(*event(*WEEKLY, BY_BOB, ME.format("TENTATIVE")), *event(*SECOND, *named)).event
        assert (told.response, told.shows, told.exceptions) == (Response.TENTATIVE, BusyStatus.TENTATIVE, {})


def test_who_organises_it_or_is_not_known_has_not_declined_it() -> None:
    mine = f"ORGANIZER:mailto:{OWNER}"
    lines = (*event(*WEEKLY, mine, BOB), *event(*SECOND, mine, ME.format("DECLINED"), BOB))
    assert found(*lines).event.exceptions == {}
    others = (*event(*WEEKLY, BY_BOB), *event(*SECOND, BY_BOB, BOB))
    assert found(*others, owners=()).event.exceptions == {}


ALIAS = "ann.smith@fabrikam.example"
ALSO_ME = f"ATTENDEE;PARTSTAT={{}}:mailto:{ALIAS}"


@pytest.mark.parametrize(
    ("first", "second", "response"),
    [
        ("ACCEPTED", "DECLINED", Response.ACCEPTED),
        ("DECLINED", "ACCEPTED", Response.ACCEPTED),
        ("DECLINED", "TENTATIVE", Response.TENTATIVE),
        ("TENTATIVE", "NEEDS-ACTION", Response.TENTATIVE),
        ("DECLINED", "NEEDS-ACTION", Response.UNANSWERED),
        ("DECLINED", "DECLINED", Response.DECLINED),
    ],
)
def test_of_several_addresses_of_the_owners_the_foremost_answer_counts(
    first: str, second: str, response: Response
) -> None:
    both = (BY_BOB, ME.format(first), ALSO_ME.format(second))
    assert found(*event(START, *both), owners=(OWNER, ALIAS)).event.response is response
    weekly = event(*WEEKLY, BY_BOB, ME.format("ACCEPTED"), ALSO_ME.format("ACCEPTED"))
    told = found(*weekly, *event(*SECOND, *both), owners=(OWNER, ALIAS)).event
    one = told.exceptions.get(at(2026, 11, 16, 9))
    assert (one and one.response) == (None if response is Response.ACCEPTED else response)


@pytest.mark.parametrize("answer", ["ACCEPTED", "TENTATIVE"])
def test_an_owner_whom_an_occurrence_does_not_name_answered_it_as_the_series(answer: str) -> None:
    """Else the other one, who declined it, would free the time of both."""
    weekly = event(*WEEKLY, BY_BOB, ME.format(answer), ALSO_ME.format("DECLINED"))
    told = found(*weekly, *event(*SECOND, BY_BOB, ALSO_ME.format("DECLINED")), owners=(OWNER, ALIAS)).event
    assert (told.response.name, told.exceptions) == (answer, {})


@pytest.mark.parametrize("said", ["DECLINED", "NEEDS-ACTION", "TENTATIVE"])
def test_an_occurrence_without_its_organiser_is_not_declined_by_who_organises_the_series(said: str) -> None:
    lines = (*event(*WEEKLY, f"ORGANIZER:mailto:{OWNER}", BOB), *event(*SECOND, ME.format(said), BOB))
    assert found(*lines).event.exceptions == {}


BOSS = "ATTENDEE:mailto:boss@elsewhere.example"


def within(*lines: str) -> str:
    """Why an event with these components in it is guarded."""
    return found(*event(START, *lines)).guarded


def component(name: str, *lines: str) -> tuple[str, ...]:
    return (f"BEGIN:{name}", *lines, f"END:{name}")


@pytest.mark.parametrize(
    ("lines", "guarded"),
    [
        (component("VALARM", "ACTION:DISPLAY", "TRIGGER:-PT5M", "DESCRIPTION:r"), ""),
        (component("VALARM", "ACTION:AUDIO", "TRIGGER:-PT5M"), ""),
        (component("VALARM", "ACTION:EMAIL", "TRIGGER:-PT5M", BOSS), MAILS),
        (component("VALARM", "action:email", "TRIGGER:-PT5M"), MAILS),
        (component("VALARM", "ACTION:DISPLAY", BOSS), MAILS),
        (component("VALARM", f"ACTION:EMAIL;X=1\r\nATTENDEE:mailto:{OWNER}"), MAILS),
        (component("X-VALARM", "ACTION:EMAIL", BOSS), WITHIN),
        (component("X-OUTER", *component("X-INNER", BOSS)), WITHIN),
        (component("X-OUTER", *component("VALARM", "ACTION:EMAIL")), MAILS),
        (component("PARTICIPANT", "CALENDAR-ADDRESS:mailto:boss@elsewhere.example"), WITHIN),
        (component("X-PLAIN", "X-ATTENDEES:3"), ""),
    ],
)
def test_what_names_somebody_in_a_part_of_it_is_never_written(lines: tuple[str, ...], guarded: str) -> None:
    assert within(*lines) == guarded


def test_an_alarm_by_mail_of_one_occurrence_or_beside_the_event_is_enough() -> None:
    alarm = component("VALARM", "ACTION:EMAIL", "TRIGGER:-PT5M", BOSS)
    one = event("RECURRENCE-ID:20261116T090000Z", "DTSTART:20261116T090000Z", *alarm)
    assert found(*event(*WEEKLY), *one).guarded == MAILS
    assert found(*event(START), *component("VTODO", "UID:1@x", BOSS)).guarded == WITHIN


def test_who_takes_part_is_told_first() -> None:
    alarm = component("VALARM", "ACTION:EMAIL", "TRIGGER:-PT5M", BOSS)
    assert found(*event(START, BOB, *alarm)).guarded == OTHERS
