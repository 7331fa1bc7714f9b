"""A hub over the simulated servers, as it is measured, and the appointments and contacts that people have."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import count
from typing import Final

from bench.calsync.apart import Apart
from bench.calsync.books import books, user_of
from bench.calsync.ground import Asked, Reached, calendar_of, ground
from bench.calsync.ways import Clock, Counts, Faster, Way, google, graph, outlook, people
from calsync.engine.engine import Engine
from calsync.hubs import Hub
from calsync.items import Content
from calsync.ledger.ledger import Ledger
from calsync.rules import Gets, Gives, HubRules, Kind, Reminders, SpokeRules, Treat
from calsync.spoke import Spoke
from calsync.spokes.google_calendar import GoogleCalendar
from calsync.spokes.google_contacts import GoogleContacts
from calsync.spokes.graph_calendar import GraphCalendar
from calsync.spokes.graph_calendar_asking import Calendar
from calsync.spokes.graph_contacts import GraphContacts
from calsync.spokes.patience import Patience
from protocols.google.patience import Pace
from protocols.graph.calendar_requests import Place as CalendarPlace
from protocols.model.card import Address, Card, Phone, Place
from protocols.model.event import Event, Span
from protocols.model.recurrence import Frequency, Recurrence, Weekday
from service.wire import Wire
from tests.calsync.spokes.graph_calendar_world import ANNA

NAME: Final = "merger"
NOW: Final = datetime(2026, 11, 2, 8, tzinfo=UTC)
"""When a measurement begins, by the clocks of all servers."""
_EVERYTHING: Final = Gives(private=Treat.COPY, declined=Treat.COPY, cancelled=Treat.COPY)
_ALL: Final = Gets(create=True, change=True, delete=True, reminders=Reminders.KEEP)
_BODY: Final = "Agenda: what was done, what is to be done, and who does it. Please bring the figures. " * 4
_MINUTES: Final = (30, 60, 45, 90)
_GIVEN: Final = ("Ann", "Bob", "Carla", "Dinesh", "Eva", "Farid", "Greta")


def appointment(number: int, *, words: str = "", series: bool = False) -> Event:
    """One of many, between today and ten months ahead: a subject, a place and a text of some lines; with ``series``
    ten weeks of it."""
    start = NOW.replace(hour=7) + timedelta(days=number % 300, minutes=30 * (number % 20))
    rule = Recurrence(frequency=Frequency.WEEKLY, days=((0, list(Weekday)[start.weekday()]),), count=10)
    return Event(
        when=Span(start, start + timedelta(minutes=_MINUTES[number % len(_MINUTES)]), "Europe/Berlin"),
        rule=rule if series else None,
        subject=f"Appointment {number}{words}",
        location=f"Room {number % 50}",
        body=_BODY.strip(),
    )


def contact(number: int, *, words: str = "") -> Card:
    """One of many, with what people write of somebody: names, a company, two telephones, an address and some lines."""
    given, surname = _GIVEN[number % len(_GIVEN)], f"Example-{number}"
    return Card(
        display_name=f"{given} {surname}",
        given_name=given,
        surname=surname,
        company=f"Company {number}{words}",
        department=f"Department {number % 30}",
        title="Engineer",
        emails=(f"{given.lower()}.{number}@contoso.example", f"private{number}@fabrikam.example"),
        phones={Phone.BUSINESS: f"+49 30 {number:06}", Phone.MOBILE: f"+49 170 {number:06}"},
        places={Place.BUSINESS: Address(street=f"Street {number % 200}", city="Köln", postal_code="50667")},
        notes=_BODY.strip(),
    )


def rules(
    names: tuple[str, ...], *, gets: Mapping[str, Gets] | None = None, kind: Kind = Kind.CALENDAR
) -> HubRules:  # fmt: skip
    """All spokes give everything, and may be written but where ``gets`` says less."""
    spokes = (SpokeRules(name=name, gives=_EVERYTHING, gets=(gets or {}).get(name, _ALL)) for name in names)
    return HubRules(name=NAME, kind=kind, spokes=tuple(spokes))


def engine(hub: HubRules, spokes: Mapping[str, Spoke], ledger: Ledger, clock: Clock) -> Engine:
    """What carries the hub out; the lease outlives a clock that goes fast."""
    made = Hub(rules=hub, spokes=spokes, fingerprint="1", lease=timedelta(hours=2))
    return Engine(made, ledger, clock=clock.clock, sleep=clock.sleep, holder="bench")


def google_spoke(name: str, wire: Wire, reached: Reached, clock: Faster, counts: Counts) -> GoogleCalendar:
    """One of the calendars of Google's."""
    way = Way(wire=wire, authorization=f"Bearer {reached.google_token}", named=google, counts=counts)
    numbers = count(1)
    return GoogleCalendar(
        name,
        way.send,
        calendar=calendar_of(name),
        pace=Pace(clock.clock, clock.sleep, lambda: 0.5),
        new_id=lambda: f"{name}-channel-{next(numbers)}",
        api_url=reached.google_url,
    )


def mailbox_spoke(wire: Wire, reached: Reached, clock: Faster, counts: Counts) -> GraphCalendar:
    """The mailbox in Microsoft 365, "outlook"."""
    way = Way(wire=wire, authorization=f"Bearer {reached.graph_token}", named=graph, counts=counts)
    place = CalendarPlace(user=ANNA, api_url=reached.graph_url)
    calendar = Calendar(send=way.send, place=place, clock=clock.clock, sleep=clock.sleep, chance=lambda: 0.5)
    return GraphCalendar("outlook", calendar)


def graph_contacts(name: str, wire: Wire, reached: Reached, clock: Faster, counts: Counts) -> GraphContacts:
    """The contacts of a mailbox in Microsoft 365."""
    way = Way(wire=wire, authorization=f"Bearer {reached.graph_token}", named=outlook, counts=counts)
    patience = Patience(clock=clock.clock, sleep=clock.sleep, chance=lambda: 0.5)
    return GraphContacts(name, way.send, user=user_of(name), api_url=reached.graph_url, patience=patience)


def google_contacts(name: str, wire: Wire, reached: Reached, clock: Faster, counts: Counts) -> GoogleContacts:
    """The contacts of a user at Google."""
    way = Way(wire=wire, authorization=f"Bearer {reached.tokens[name]}", named=people, counts=counts)
    return GoogleContacts(
        name, way.send, pace=Pace(clock.clock, clock.sleep, lambda: 0.5), api_url=reached.google_url
    )  # fmt: skip


def contacts_spoke(name: str, wire: Wire, reached: Reached, clock: Faster, counts: Counts) -> Spoke:
    """The contacts of one user at Google, or in Microsoft 365."""
    make = graph_contacts if name.startswith("outlook") else google_contacts
    return make(name, wire, reached, clock, counts)


def calendar_spoke(name: str, wire: Wire, reached: Reached, clock: Faster, counts: Counts) -> Spoke:
    """A calendar of Google's, or the mailbox in Microsoft 365."""
    make = mailbox_spoke if name == "outlook" else partial(google_spoke, name)
    return make(wire, reached, clock, counts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What a measurement of one kind of hub is made with: the servers, what people have (by its number), and a spoke by
    its name. ``title`` is the field that tells one item from another."""

    kind: Kind
    ground: Callable[[Asked], AbstractContextManager[Apart]]
    entry: Callable[..., Content]
    spoke: Callable[[str, Wire, Reached, Faster, Counts], Spoke]
    title: str


CALENDARS: Final = Setting(kind=Kind.CALENDAR, ground=ground, entry=appointment, spoke=calendar_spoke, title="subject")
CONTACTS: Final = Setting(kind=Kind.CONTACTS, ground=books, entry=contact, spoke=contacts_spoke, title="display_name")
SETTINGS: Final = {each.kind.value: each for each in (CALENDARS, CONTACTS)}
"""By the word of a command's ``--kind``."""
