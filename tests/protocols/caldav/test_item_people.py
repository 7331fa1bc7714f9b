"""Whoever else takes part makes a meeting, which nothing is written to."""

import pytest

from protocols.caldav.item_reading import NAMED, OTHERS
from protocols.model.event import Response
from tests.protocols.caldav.ics import event
from tests.protocols.caldav.item_samples import OWNER, START, WEEKLY, found

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
