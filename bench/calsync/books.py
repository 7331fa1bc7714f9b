"""The simulated Google and Microsoft 365 whose contacts a hub is measured with, and the people who work in them."""

import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from multiprocessing.connection import Connection
from typing import Any, Final

from bench.calsync.apart import Apart, answering, apart
from bench.calsync.ground import Asked, Ground, Reached, Seen, Worker
from protocols.google import card_person
from protocols.google.contact_person import put_stamp
from protocols.google.personal_contacts import MY_CONTACTS, SCOPE
from protocols.graph import card_fields
from protocols.graph.contact_fields import EXTENDED, STAMP
from protocols.model.card import Card
from simulation.estate import Estate
from simulation.google import GoogleServer
from simulation.google.personal_contacts import PersonalContacts
from simulation.graph import GraphServer
from simulation.graph.contacts import OWN, ContactsDesk
from simulation.graph.mailbox_limits import MailboxLimits

_WRITER: Final = ("Contacts.ReadWrite",)


@dataclass(frozen=True, slots=True)
class GoogleContactsUser:
    """Works in Google Contacts."""

    personal: PersonalContacts
    address: str

    async def create(self, content: Card, /) -> str:
        """Enter somebody new; the key."""
        return str(self.personal.put(self.address, _google(content))["resourceName"])

    async def change(self, key: str, content: Card, /) -> None:
        """Make what stands there equal to ``content``; what we keep there stays."""
        there = self.personal.people[self.address][key]
        self.personal.put(self.address, {**there, **card_person.changed(there, content, card_person.FIELDS)[0]}, key)


@dataclass(frozen=True, slots=True)
class OutlookUser:
    """Works in the contacts of a mailbox; ``numbers`` are those of new ones."""

    desk: ContactsDesk
    address: str
    numbers: "count[int]"

    async def create(self, content: Card, /) -> str:
        """Enter somebody new; the key."""
        key = f"theirs-{next(self.numbers)}="
        self.desk.plant(self.address, key, _outlook(content))
        return key

    async def change(self, key: str, content: Card, /) -> None:
        """Make what stands there equal to ``content``."""
        self.desk.alter(self.address, key, _outlook(content))


class Books(Ground):
    """Spokes are named "google-0" and on, and "outlook-0" and on: each the contacts of another user."""

    def __init__(self, google: GoogleServer, desk: ContactsDesk) -> None:
        self._google, self._desk = google, desk
        self._numbers = count(1)

    async def seen(self) -> Seen:
        """What the servers saw; ``copies`` are those of the first mailbox. Nobody can be mailed of a contact."""
        limits = self._desk.limits
        first = next(iter(self._desk.mailboxes.values()), None)
        return Seen(
            copies=len(first.folders[OWN].contacts) if first is not None else 0,
            requests=limits.answered.total(),
            refused=limits.answered[429],
            most_at_once=max(limits.most.values(), default=0),
            google_refused=sum(call.status in (403, 429) for call in self._google.calls),
            mails=0,
            busy=time.process_time(),
        )

    def worker(self, spoke: str) -> Worker:
        """Somebody who works there."""
        if spoke.startswith("outlook"):
            return OutlookUser(self._desk, user_of(spoke), self._numbers)
        return GoogleContactsUser(self._google.personal, user_of(spoke))

    def said(self) -> Iterator[Collection[object]]:
        """The companies of each folder."""
        for people in self._google.personal.people.values():
            yield {one["organizations"][0].get("name") for one in people.values() if one.get("organizations")}
        for mailbox in self._desk.mailboxes.values():
            yield {each.properties.get("companyName") for each in mailbox.folders[OWN].contacts.values()}


def user_of(spoke: str) -> str:
    """Whose contacts a spoke is."""
    return f"{spoke}@{'contoso' if spoke.startswith('outlook') else 'northwind'}.example"


@contextmanager
def books(asked: Asked) -> Iterator[Apart]:
    """Both servers, in a process of their own; ``told`` is a :class:`Reached`."""
    with apart(_serve, asked) as found:
        yield found


async def _serve(pipe: Connection, asked: Asked) -> None:
    clock = asked.clock
    limits = MailboxLimits(clock=lambda: clock.clock().timestamp(), latency=asked.latency / clock.speed)
    desk = ContactsDesk([user_of(f"outlook-{number}") for number in range(asked.mailboxes)], limits=limits)
    desk.clock = clock.clock
    estate = Estate(clock.begun.date())
    async with GoogleServer(estate) as google, GraphServer(estate, contacts=desk) as graph:
        google.personal.clock = clock.clock
        names = [f"google-{number}" for number in range(asked.calendars)]
        for name in names:
            google.personal.people[user_of(name)] = {}
        reached = Reached(
            google_url=google.url,
            google_token="",
            graph_url=graph.url,
            graph_token=graph.tokens.issue(roles=_WRITER),
            tokens={name: google.tokens.issued(user_of(name), frozenset((SCOPE,))) for name in names},
        )
        await answering(pipe, Books(google, desk), reached)


def _google(content: Card) -> dict[str, Any]:
    person = card_person.fresh(content, stamp="", groups=[MY_CONTACTS])
    put_stamp(person, "")
    return person


def _outlook(content: Card) -> dict[str, Any]:
    """The body without a stamp: a person has none."""
    body = card_fields.fresh(content, stamp="")
    return {**body, EXTENDED: [each for each in body[EXTENDED] if each["id"] != STAMP]}
