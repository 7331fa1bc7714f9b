"""Lists a person's calendars that count for free/busy, their zones, and where working hours are told."""

import re
from dataclasses import dataclass
from datetime import datetime, tzinfo

from protocols.caldav.dav import APPLE, CALDAV, DAV, propfind
from protocols.caldav.errors import check
from protocols.caldav.multistatus import Resource, decode
from protocols.caldav.people import Person
from protocols.caldav.places import same_place
from protocols.errors import PeerError
from protocols.http import Send
from protocols.model.freebusy import Reason
from protocols.zones.names import zone_named

_TYPE = f"{DAV}resourcetype"
_COMPONENTS = f"{CALDAV}supported-calendar-component-set"
_TRANSPARENCY = f"{CALDAV}schedule-calendar-transp"
_ZONE = f"{CALDAV}calendar-timezone"
_ZONE_ID = f"{CALDAV}calendar-timezone-id"
_HOURS = (f"{CALDAV}calendar-availability", f"{APPLE}calendar-availability")
_PRIVILEGES = f"{DAV}current-user-privilege-set"
_PROPERTIES = (_TYPE, _COMPONENTS, _TRANSPARENCY, _ZONE, _ZONE_ID, _PRIVILEGES, *_HOURS)
_READING = (f"{DAV}read", f"{DAV}all")
_TZID = re.compile(r"^TZID(?:;[^:\r\n]*)?:(.*)$", re.MULTILINE | re.IGNORECASE)
_FOLD = re.compile(r"\r?\n[ \t]")
_MOST_CALENDARS = 100


@dataclass(frozen=True, slots=True)
class Calendar:
    """A calendar that counts. ``readable`` is False where the server says that we may not see its events."""

    url: str
    zone: tzinfo | None = None
    readable: bool = True


@dataclass(frozen=True, slots=True)
class Listing:
    """The calendars of a person; ``doubt`` says why one of them may be missing here, ``hours`` is a VAVAILABILITY."""

    calendars: tuple[Calendar, ...]
    doubt: str = ""
    hours: bytes = b""


async def list_calendars(send: Send, person: Person, as_of: datetime) -> Listing:
    """All calendars of events in the person's homes but those marked as transparent (RFC 6638 9.1).

    Raises PeerError, NO_CALENDAR where there is no calendar at all: perhaps it is only hidden from us.
    """
    found: list[Resource] = []
    for home in person.homes:
        response = await send(propfind(home, *_PROPERTIES, depth=1))
        check(response, as_of, 207, what="a list of calendars")
        found += decode(response, home)
    calendars = [each for each in found if _is_calendar(each)]
    doubt = next((_doubt(each) for each in found if _doubt(each)), "")
    if not calendars and not doubt:
        raise PeerError(Reason.NO_CALENDAR, "the server shows no calendar of this person")
    if len(calendars) > _MOST_CALENDARS:
        raise PeerError(Reason.INCOMPLETE, f"more than {_MOST_CALENDARS} calendars")
    counting = tuple(_calendar(each) for each in calendars if not _is_transparent(each))
    return Listing(counting, doubt, await _hours(send, person, found, as_of))


def _is_calendar(resource: Resource) -> bool:
    kind = resource.properties.get(_TYPE)
    if resource.status >= 400 or kind is None or kind.find(f"{CALDAV}calendar") is None:
        return False
    components = resource.properties.get(_COMPONENTS)
    names = [each.get("name", "").upper() for each in components] if components is not None else []
    return not names or "VEVENT" in names  # RFC 4791 5.2.3: without the property, all are supported


def _is_transparent(resource: Resource) -> bool:
    found = resource.properties.get(_TRANSPARENCY)
    return found is not None and found.find(f"{CALDAV}transparent") is not None


def _doubt(resource: Resource) -> str:
    """Why a calendar may be hidden in ``resource``; "" where none is."""
    if resource.status >= 400 and not resource.is_absent:
        return f"something in the list of calendars: HTTP {resource.status}"
    if resource.is_withheld(_TYPE):
        return "the server does not tell what something in the list of calendars is"
    return ""


def _calendar(resource: Resource) -> Calendar:
    held = resource.properties.get(_PRIVILEGES)
    readable = held is None or any(held.find(f".//{name}") is not None for name in _READING)
    return Calendar(resource.url, zone_of(resource), readable)


def zone_of(resource: Resource) -> tzinfo | None:
    """The zone of all-day and floating times (RFC 4791 5.2.2, RFC 7809 5.2), where its name is a known one."""
    names = [resource.text(_ZONE_ID), *_TZID.findall(_FOLD.sub("", resource.text(_ZONE)))]
    return next((zone for name in names if name.strip() and (zone := zone_named(name)) is not None), None)


async def _hours(send: Send, person: Person, found: list[Resource], as_of: datetime) -> bytes:
    """The availability of the scheduling inbox (RFC 7953 7.2.4); working hours that do not come are no failure."""
    listed = [each for each in found if person.inbox is None or same_place(each.url, person.inbox)]
    return _written(listed) if listed or person.inbox is None else await availability(send, person.inbox)


async def availability(send: Send, inbox: str) -> bytes:
    """The VAVAILABILITY of a scheduling inbox; nothing where it is not told. Raises PeerError where nothing comes."""
    response = await send(propfind(inbox, *_HOURS))
    return _written(decode(response, inbox)) if response.status == 207 else b""


def _written(listed: list[Resource]) -> bytes:
    texts = (each.text(name).strip() for name in _HOURS for each in listed)
    return next((text for text in texts if text), "").encode()
