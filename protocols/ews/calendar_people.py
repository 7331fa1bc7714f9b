"""Who takes part in an appointment, read from EWS for people to read: nothing here can be written back."""

from collections.abc import Collection
from typing import Final

from lxml import etree

from protocols.ews.calendar_shape import RESPONSES
from protocols.ews.children import Parts, children, text_of
from protocols.model.event import Response
from protocols.model.participants import Named, People, people_lines

_LISTS: Final = ("RequiredAttendees", "OptionalAttendees", "Resources")
_IS_MEETING: Final = 1
"""asfMeeting of AppointmentState ([MS-OXOCAL] 2.2.1.10)."""
_YES: Final = frozenset({"true", "1"})


def people_of(parts: Parts, owners: Collection[str]) -> People:
    """Of an item's parts. Whoever enters an appointment is told as its organiser: that alone makes no meeting."""
    told = [_person(each) for name in _LISTS if name in parts for each in parts[name]]
    state = text_of(parts.get("AppointmentState"))
    others = (
        text_of(parts.get("IsMeeting")) in _YES
        or any(address not in owners for _, address in told)
        or (state.isdigit() and bool(int(state[:9]) & _IS_MEETING))
    )
    if not others:
        return People(others=False)
    response = RESPONSES.get(text_of(parts.get("MyResponseType")), Response.NONE)
    organisers = [_person(parts["Organizer"])] if "Organizer" in parts else []
    return People(others=True, lines=people_lines(organisers, told), response=response)


def _person(element: etree._Element) -> Named:
    """Name and address; an address of another kind than SMTP is told to nobody."""
    mailbox = children(element).get("Mailbox")
    inside = children(mailbox) if mailbox is not None else {}
    smtp = text_of(inside.get("RoutingType")).upper() in ("", "SMTP")
    address = text_of(inside.get("EmailAddress")).lower() if smtp else ""
    return text_of(inside.get("Name")), address
