"""Asks each calendar of a person and joins what they tell; the lists of calendars are kept by the server's memory."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import TypeAlias

from protocols.caldav.discovery import Site, find_site
from protocols.caldav.errors import STANDING, TOO_LARGE, NotOfferedError
from protocols.caldav.icalendar import read
from protocols.caldav.listing import Calendar, Listing, list_calendars
from protocols.caldav.people import Person, find_person
from protocols.caldav.server import Server
from protocols.caldav.told import Told
from protocols.caldav.union import union
from protocols.errors import PeerError
from protocols.http import Send
from protocols.model.freebusy import Detail, Reason, WorkingHours
from protocols.model.intervals import EMPTY
from protocols.model.mailbox import Mailbox
from protocols.model.window import TimeWindow

AskOne: TypeAlias = Callable[[Calendar, Person], Awaitable[Told]]
"""Asks one calendar of a person. Raises PeerError."""


async def known_site(send: Send, server: Server, as_of: datetime) -> Site:
    """What the server tells of our account, asked for once an hour. Raises PeerError."""
    return server.site(as_of) or server.keep_site(await find_site(send, server.manner.url, as_of), as_of)


async def person_of(send: Send, server: Server, mailbox: Mailbox, as_of: datetime) -> Person:
    """Where the calendars of ``mailbox`` are, looked for once an hour. Raises PeerError."""
    manner, address = server.manner, mailbox.address
    person = server.people.get(address, as_of)
    if person is None:
        site = await known_site(send, server, as_of) if manner.home is None else Site(url=manner.url)
        person = await find_person(send, mailbox, site, principal=manner.principal, home=manner.home, as_of=as_of)
        server.people.put(address, person, as_of)
    return person


async def ask_calendars(
    send: Send, server: Server, mailbox: Mailbox, window: TimeWindow, ask_one: AskOne, *, whole: bool, as_of: datetime
) -> Told:
    """What all calendars of ``mailbox`` that count tell about ``window``, joined.

    A calendar that cannot be read leaves the window unknown; with ``whole`` its error is raised instead. Raises
    PeerError where nothing is told, NotOfferedError where some calendar cannot be asked so.
    """
    remembered = server.listings.get(mailbox.address, as_of) is not None
    try:
        found = await _asked(send, server, mailbox, ask_one, as_of)
    except PeerError as error:
        if error.reason is not Reason.NO_SUCH_MAILBOX or not remembered:
            raise
    else:
        if not (remembered and found.is_gone):
            return found.joined(window, server, whole=whole)
    server.forget(mailbox.address)  # something is not where it was
    return (await _asked(send, server, mailbox, ask_one, as_of)).joined(window, server, whole=whole)


@dataclass(frozen=True, slots=True)
class _Asked:
    listing: Listing
    told: list[Told]
    failures: list[PeerError]

    @property
    def is_gone(self) -> bool:
        return any(failure.reason is Reason.NO_SUCH_MAILBOX for failure in self.failures)

    def joined(self, window: TimeWindow, server: Server, *, whole: bool) -> Told:
        """What was told, with doubt where a calendar did not tell. Raises PeerError where nothing can be said."""
        for error in self.failures:
            if isinstance(error, NotOfferedError):
                raise NotOfferedError(error.detail, status=error.status, of_server=not self.told, plain=error.plain)
        if self.failures and (whole or not self.told):
            raise _of_a_calendar(self.failures[0])
        doubt = [Told(intervals=EMPTY, unknown=(window,))] if self.failures or self.listing.doubt else []
        return union(window, [*self.told, *doubt, Told(intervals=EMPTY, hours=_hours(self.listing, server, window))])


def _of_a_calendar(error: PeerError) -> PeerError:
    """A calendar that was listed and is not there says nothing of whether the person is."""
    if error.reason is not Reason.NO_SUCH_MAILBOX:
        return error
    return PeerError(Reason.INCOMPLETE, f"a calendar that was listed is not there: {error.detail}")


async def _asked(send: Send, server: Server, mailbox: Mailbox, ask_one: AskOne, as_of: datetime) -> _Asked:
    try:
        person, listing = await _listed(send, server, mailbox, as_of)
    except NotOfferedError as error:  # whoever cannot be found so says nothing of the server
        raise NotOfferedError(error.detail, status=error.status, of_server=False, plain=error.plain) from None
    found = _Asked(listing, [], [])
    for calendar in listing.calendars:
        try:
            found.told.append(await ask_one(_in_zone(calendar, server), person))
        except PeerError as error:
            if error.reason in STANDING | TOO_LARGE:
                raise
            found.failures.append(error)
    return found


async def _listed(send: Send, server: Server, mailbox: Mailbox, as_of: datetime) -> tuple[Person, Listing]:
    person = await person_of(send, server, mailbox, as_of)
    listing = server.listings.get(mailbox.address, as_of)
    if listing is None:
        listing = server.listings.put(mailbox.address, await list_calendars(send, person, as_of), as_of)
    return person, listing


def _in_zone(calendar: Calendar, server: Server) -> Calendar:
    return calendar if calendar.zone else Calendar(calendar.url, server.manner.zone, calendar.readable)


def _hours(listing: Listing, server: Server, window: TimeWindow) -> WorkingHours | None:
    zones = (calendar.zone for calendar in listing.calendars if calendar.zone)
    return working_hours(listing.hours, next(zones, server.manner.zone), window)


def working_hours(data: bytes, zone: tzinfo | None, window: TimeWindow) -> WorkingHours | None:
    """What a VAVAILABILITY tells; hours that cannot be read are not told: they say nothing of busy time."""
    try:
        return read(data, window, zone=zone, detail=Detail.BUSY).hours if data else None
    except PeerError:
        return None
