"""Tests of protocols/ews/calendar_people.py."""

import pytest

from protocols.ews.calendar_people import people_of
from protocols.ews.children import children
from protocols.model.event import Response
from protocols.model.participants import People
from tests.protocols.ews.calendar_samples import attendee, item

OWNER = "ann@b.example"
ORGANIZER = "<t:Organizer><t:Mailbox><t:Name>Bob</t:Name><t:EmailAddress>Bob@b.example</t:EmailAddress></t:Mailbox>"


def _people(inside: str) -> People:
    return people_of(children(item(inside)), {OWNER})


def test_whoever_entered_it_makes_no_meeting() -> None:
    assert _people(f"<t:IsMeeting>false</t:IsMeeting>{ORGANIZER}</t:Organizer>") == People(others=False)


@pytest.mark.parametrize(
    "inside",
    [
        "<t:IsMeeting>true</t:IsMeeting>",
        f"<t:RequiredAttendees>{attendee('guest@b.example')}</t:RequiredAttendees>",
        f"<t:OptionalAttendees>{attendee('guest@b.example')}</t:OptionalAttendees>",
        f"<t:Resources>{attendee('room@b.example')}</t:Resources>",
        f"<t:RequiredAttendees>{attendee('', 'Nobody')}</t:RequiredAttendees>",
        "<t:AppointmentState>3</t:AppointmentState>",
    ],
)
def test_whatever_speaks_of_others_makes_a_meeting(inside: str) -> None:
    assert _people(inside).others


def test_the_owner_alone_is_nobody_else() -> None:
    assert not _people(f"<t:RequiredAttendees>{attendee('Ann@B.example')}</t:RequiredAttendees>").others


def test_who_takes_part_is_told_in_lines() -> None:
    told = _people(
        f"<t:MyResponseType>Accept</t:MyResponseType>{ORGANIZER}</t:Organizer><t:RequiredAttendees>"
        f"{attendee('cy@b.example', 'Cy  Young')}{attendee('dee@b.example')}{attendee('cy@b.example', 'Cy Young')}"
        "</t:RequiredAttendees>"
    )
    assert told.lines == ("Organiser: Bob <bob@b.example>", "Cy Young <cy@b.example>", "dee@b.example")
    assert told.response is Response.ACCEPTED
