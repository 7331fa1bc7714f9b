"""Finds the working hours of people whose busy time an outbox has told (RFC 7953): kept, and no failure costs more."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial

from protocols.caldav.calendars import person_of, working_hours
from protocols.caldav.listing import availability
from protocols.caldav.server import Server
from protocols.caldav.told import Told
from protocols.errors import PeerError
from protocols.http import Send
from protocols.model.mailbox import Mailbox
from protocols.model.window import TimeWindow


async def find_hours(send: Send, server: Server, mailboxes: Sequence[Mailbox], as_of: datetime) -> None:
    """Sees to it that the memory of ``server`` holds the availability of ``mailboxes``, as far as it can be read."""
    missing = [mailbox for mailbox in mailboxes if server.hours.get(mailbox.address, as_of) is None]
    for mailbox in missing:
        server.hours.put(mailbox.address, b"", as_of)  # of whom nothing is found, nothing is looked for again and again
    if missing:
        await server.means.together([partial(_find, send, server, mailbox, as_of) for mailbox in missing])


def with_hours(told: Told, server: Server, mailbox: Mailbox, window: TimeWindow, as_of: datetime) -> Told:
    """``told`` with the working hours that are known."""
    data = server.hours.get(mailbox.address, as_of)
    return replace(told, hours=working_hours(data, server.manner.zone, window)) if data else told


async def _find(send: Send, server: Server, mailbox: Mailbox, as_of: datetime) -> None:
    try:
        person = await person_of(send, server, mailbox, as_of)
        if person.inbox is not None:
            server.hours.put(mailbox.address, await availability(send, person.inbox), as_of)
    except PeerError:
        return  # hours that do not come are no failure
