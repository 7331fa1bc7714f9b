"""Somebody who works in a calendar of a CalDAV server with python-caldav; what is entered is built by icalendar."""

from dataclasses import dataclass, field
from itertools import count
from typing import Any
from urllib.parse import urlsplit

import icalendar
from caldav.davclient import DAVClient

from protocols.model.event import Event
from tests.protocols.caldav.entered import calendar_of

STAMP = "X-BUSYLINE-STAMP"
OTHER = "X-OTHER-PROGRAM"
_BY_THE_HOUR = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//Somebody//Else//EN
BEGIN:VEVENT
UID:spoilt
DTSTAMP:20261101T000000Z
DTSTART:20261109T090000Z
DTEND:20261109T091000Z
RRULE:FREQ=HOURLY;COUNT=3
SUMMARY:Every hour
END:VEVENT
END:VCALENDAR
"""


@dataclass(slots=True)
class CaldavUser:
    """See :class:`tests.contracts.spoke_world.User`. ``address`` is the user's own."""

    client: DAVClient
    url: str
    address: str
    _numbers: "count[int]" = field(default_factory=lambda: count(1))

    async def create(self, content: Event) -> str:
        """Enter something new; its key."""
        return self._put(f"user-{next(self._numbers)}", content)

    async def change(self, key: str, content: Event) -> None:
        """Make what stands there equal to ``content``, in place."""
        event = self._event(key)
        old = icalendar.Calendar.from_ical(event.data)
        new = icalendar.Calendar.from_ical(calendar_of(content, _uid(old)).to_ical())
        if (stamp := old.walk("VEVENT")[0].get(STAMP)) is not None:
            new.walk("VEVENT")[0][STAMP] = stamp
        self._save(event, new)

    async def delete(self, key: str) -> None:
        """Throw it away."""
        self._event(key).delete()

    async def invite(self, key: str) -> None:
        """Ask somebody else to come."""
        event = self._event(key)
        calendar = icalendar.Calendar.from_ical(event.data)
        for part in calendar.walk("VEVENT"):
            part.add("ORGANIZER", f"mailto:{self.address}")
            part.add("ATTENDEE", "mailto:guest@elsewhere.example")
        self._save(event, calendar)

    async def scribble(self, key: str, text: str) -> None:
        """Set a property of another program, and one that the hub does not carry."""
        event = self._event(key)
        calendar = icalendar.Calendar.from_ical(event.data)
        for part in calendar.walk("VEVENT"):
            part.add(OTHER, text)
            part.add("URL", "https://elsewhere.example/")
        self._save(event, calendar)

    async def scribbled(self, key: str) -> str:
        """What is set there."""
        [part] = icalendar.Calendar.from_ical(self._event(key).data).walk("VEVENT")
        return str(part.get(OTHER, "")) if part.get("URL") == "https://elsewhere.example/" else ""

    async def spoil(self) -> str:
        """What comes again by the hour: nobody else can hold it."""
        return self.enter(_BY_THE_HOUR)

    def enter(self, text: str) -> str:
        """Put an event there as it is written; its key."""
        return _key(self._calendar().add_event(text).url)

    def _put(self, uid: str, content: Event) -> str:
        return _key(self._calendar().add_event(calendar_of(content, uid).to_ical().decode()).url)

    def _calendar(self) -> Any:
        return self.client.calendar(url=self.url)  # type: ignore[no-untyped-call]

    def _event(self, key: str) -> Any:
        event = self._calendar().event_by_url(f"{self.url}{key}")
        event.load()
        return event

    def _save(self, event: Any, calendar: icalendar.Calendar) -> None:
        event.data = calendar.to_ical().decode()
        event.save()


def _uid(calendar: icalendar.Calendar) -> str:
    return str(calendar.walk("VEVENT")[0]["UID"])


def _key(url: object) -> str:
    return urlsplit(str(url)).path.rpartition("/")[2]
