"""Who takes part in an event, for people to read: nothing here can be written back."""

from collections.abc import Collection, Iterable, Sequence
from typing import Final

from protocols.caldav.lines import Block, Properties, Property
from protocols.model.event import Response
from protocols.model.mailbox import canonical
from protocols.model.participants import Named, People, people_lines

NAMES: Final = frozenset({"ORGANIZER", "ATTENDEE"})
MAILS: Final = "its alarm mails somebody"
WITHIN: Final = "a part of it names somebody"
_ANYWHERE: Final = NAMES | {"ACTION", "CALENDAR-ADDRESS"}
_RESPONSES: Final = {
    "ACCEPTED": Response.ACCEPTED,
    "DELEGATED": Response.ACCEPTED,
    "TENTATIVE": Response.TENTATIVE,
    "DECLINED": Response.DECLINED,
}
_FOREMOST: Final = (Response.ACCEPTED, Response.TENTATIVE, Response.UNANSWERED, Response.DECLINED)
"""Who is invited at several addresses, or two owners of one calendar: the time is taken if any of them takes it."""


def people_of(parts: Sequence[Properties], owners: Collection[str]) -> tuple[People, bool]:
    """Of all VEVENTs of an event, the series itself first; ``owners`` are the canonical addresses of the calendar's
    owner. Without these everybody counts as somebody else. And whether anybody is named at all, so that a server may
    mail somebody when it is written."""
    organisers, attendees = ([prop for own in parts for prop in own.all(name)] for name in ("ORGANIZER", "ATTENDEE"))
    everybody = [*organisers, *attendees]
    if not any(_address(prop) not in owners for prop in everybody):
        return People(), bool(everybody)
    lines = people_lines(map(_named, organisers), map(_named, attendees))
    return People(others=True, lines=lines, response=_response(parts[0], owners)), True


def answer_in(part: Properties, series: Properties, owners: Collection[str], response: Response) -> Response:
    """What the owner answered of the occurrence that ``part`` tells; ``response``, of its ``series``, where they are
    not named there, or organise that: many an exception is without its organiser. An address that ``part`` does not
    name answered as in the series."""
    if any(_address(prop) in owners for prop in series.all("ORGANIZER")):
        return response
    named = any(_address(prop) in owners for name in sorted(NAMES) for prop in part.all(name))
    return _response(part, owners, beside=series) if named else response


def named_within(parts: Iterable[Block]) -> str:
    """Why what has these components (without their own lines) is never written, where one in them, whatever it is
    called, names somebody: an alarm by mail (RFC 5545 3.6.6), which a server sends at the new time; a participant
    (RFC 9073 7.1). "" where none does: an alarm that is seen or heard is nobody's business but the owner's."""
    return next((why for part in parts for each in part.inner if (why := named_in(each))), "")


def named_in(part: Block) -> str:
    """The same of one component, its own lines included."""
    own = part.properties(_ANYWHERE, _ANYWHERE)
    by_mail = part.name == "VALARM" and (own.word("ACTION") == "EMAIL" or any(own.all("ATTENDEE")))
    if by_mail:
        return MAILS
    return WITHIN if any(each.name != "ACTION" for each in own.every) else named_within([part])


def _response(own: Properties, owners: Collection[str], *, beside: Properties | None = None) -> Response:
    """``beside`` counts for those that ``own`` does not name."""
    if any(_address(prop) in owners for prop in own.all("ORGANIZER")):
        return Response.NONE
    said = [prop for prop in own.all("ATTENDEE") if _address(prop) in owners]
    if beside is not None:
        met = set(map(_address, said))
        said += [prop for prop in beside.all("ATTENDEE") if _address(prop) in owners and _address(prop) not in met]
    if not said:
        return Response.NONE
    told = {_RESPONSES.get(each.parameters.get("PARTSTAT", "").upper(), Response.UNANSWERED) for each in said}
    return next(each for each in _FOREMOST if each in told)


def _named(prop: Property) -> Named:
    return prop.parameters.get("CN", ""), _address(prop)


def _address(prop: Property) -> str:
    for text in (prop.value.strip(), prop.parameters.get("EMAIL", "").strip()):
        try:
            return canonical(text[7:] if text[:7].lower() == "mailto:" else text)
        except ValueError:
            continue
    return ""
