"""A hub over the simulated servers, as it is measured, and the appointments that people have."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Final

from bench.calsync.ground import Reached, calendar_of
from bench.calsync.ways import Clock, Counts, Faster, Way, google, graph
from calsync.engine.engine import Engine
from calsync.hubs import Hub
from calsync.ledger.ledger import Ledger
from calsync.rules import Gets, Gives, HubRules, Kind, Reminders, SpokeRules, Treat
from calsync.spoke import Spoke
from calsync.spokes.google_calendar import GoogleCalendar
from calsync.spokes.graph_calendar import GraphCalendar
from calsync.spokes.graph_calendar_asking import Calendar
from protocols.google.patience import Pace
from protocols.graph.calendar_requests import Place
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


def rules(names: tuple[str, ...], *, gets: Mapping[str, Gets] | None = None) -> HubRules:
    """All spokes give everything, and may be written but where ``gets`` says less."""
    spokes = (SpokeRules(name=name, gives=_EVERYTHING, gets=(gets or {}).get(name, _ALL)) for name in names)
    return HubRules(name=NAME, kind=Kind.CALENDAR, spokes=tuple(spokes))


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
    place = Place(user=ANNA, api_url=reached.graph_url)
    calendar = Calendar(send=way.send, place=place, clock=clock.clock, sleep=clock.sleep, chance=lambda: 0.5)
    return GraphCalendar("outlook", calendar)
