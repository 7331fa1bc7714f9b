"""Who takes part in an event of Graph, for people to read: nothing here can be written back."""

from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import Any, Final

from protocols.model.event import Response
from protocols.model.participants import Named, People, people_lines

_RESPONSES: Final = MappingProxyType(
    {
        "none": Response.NONE,
        "organizer": Response.NONE,
        "notresponded": Response.UNANSWERED,
        "tentativelyaccepted": Response.TENTATIVE,
        "accepted": Response.ACCEPTED,
        "declined": Response.DECLINED,
    }
)


def people_of(entry: Mapping[str, Any], owners: Collection[str]) -> People:
    """Of an event; ``owners`` are the addresses of the calendar's owner, in lower case. Whoever enters an appointment
    is told as its organiser: that alone makes no meeting. What is not told counts as somebody else."""
    told = entry.get("attendees")
    attendees = [_person(each) for each in told] if isinstance(told, list) else []
    organiser = _person(entry.get("organizer"))
    own = entry.get("isOrganizer")
    stranger = own is False or (own is None and organiser[1] not in ("", *owners))
    if not stranger and all(address in owners for _, address in attendees):
        return People(others=False)
    status = entry.get("responseStatus")
    response = str(status.get("response", "")).lower() if isinstance(status, dict) else ""
    lines = people_lines([organiser], attendees)
    return People(others=True, lines=lines, response=_RESPONSES.get(response, Response.NONE))


def _person(value: Any) -> Named:
    inside = value.get("emailAddress") if isinstance(value, dict) else None
    inside = inside if isinstance(inside, dict) else {}
    name, address = (str(inside.get(part) or "") for part in ("name", "address"))
    return name, address.strip().lower()
