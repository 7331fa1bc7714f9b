"""People who work in the calendars of a hub, and the book of what they typed, which nobody may lose."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from calsync.contents import fields
from protocols.model.event import Event, Occurrence, Span
from protocols.model.recurrence import Frequency, Recurrence, Weekday
from tests.calsync.world.server import Server, Standing
from tests.contracts.spoke_events import span

_KEPT: Final = ("subject", "body", "when", "at ")
"""Of which fields the book is kept, by the beginning of their names."""


@dataclass(frozen=True, slots=True, order=True)
class Value:
    """A text that somebody typed into a field of an item."""

    item: str
    name: str
    text: str = field(repr=False)


@dataclass(slots=True)
class People:
    """``typed`` is what nobody has typed over, who saw it; ``free`` are items of which no book is kept any more, as
    others take part in them. ``blank`` are items out of which somebody took something, ``twice`` those that two people
    entered by themselves, and ``apart`` those of which nothing tells any more that two of them are one."""

    typed: set[Value] = field(default_factory=set)
    free: set[str] = field(default_factory=set)
    blank: set[str] = field(default_factory=set)
    twice: set[str] = field(default_factory=set)
    apart: set[str] = field(default_factory=set)
    items: set[str] = field(default_factory=set)
    count: int = 0

    def number(self) -> int:
        """Another one each time."""
        self.count += 1
        return self.count

    def event(self, *, series: bool) -> Event:
        """Something new, whose place is the name of the item."""
        number = self.number()
        event = Event(
            when=span(9 + number % 14, 8, 30 + number), subject=f"s{number}", location=f"i{number}", body=f"b{number}"
        )
        if series:
            rule = Recurrence(frequency=Frequency.WEEKLY, days=((0, _weekday(event)),), count=4)
            event = replace(event, rule=rule)
        return event

    def create(self, server: Server, event: Event, *, uid: str = "") -> str:
        """Entered at one calendar."""
        key = server.create(event, uid=uid)
        self._wrote(event.location, {}, fields(server.standing[key].content))
        self.items.add(event.location)
        return key

    def edit(self, server: Server, key: str, how: str) -> None:
        """Changed there, in one of the ways of EDITS; nothing where it is gone or that cannot be."""
        one = server.standing.get(key)
        if one is None or not isinstance(one.content, Event):
            return
        changed = EDITS[how](one.content, self.number())
        if changed is None or changed == one.content:
            return
        before = fields(one.content)
        server.change(key, changed)
        self._wrote(named(one), before, fields(server.standing[key].content))

    def delete(self, server: Server, key: str) -> None:
        """Thrown away there."""
        one = server.standing.get(key)
        if one is not None:
            server.delete(key)
            self._wrote(named(one), fields(one.content), {})

    def invite(self, server: Server, key: str) -> None:
        """Others are asked to come."""
        if (one := server.standing.get(key)) is not None:
            self.free.add(named(one))
            server.invite(key)

    def _wrote(self, item: str, before: Mapping[str, str], after: Mapping[str, str]) -> None:
        item = item.lower()
        for name in (name for name in {*before, *after} if name.startswith(_KEPT)):
            if before.get(name) == after.get(name):
                continue
            if name in before:
                self.typed.discard(Value(item, name, before[name]))
            if name in after:
                self.typed.add(Value(item, name, after[name]))
            elif after:
                self.blank.add(item)


def named(one: Standing) -> str:
    """Which item it is: its place, whatever its letter case."""
    assert isinstance(one.content, Event)
    return one.content.location.lower()


def _weekday(event: Event) -> Weekday:
    assert isinstance(event.when, Span)
    return Weekday(event.when.start.weekday())


def _moved(event: Event, number: int) -> Event:
    assert isinstance(event.when, Span)
    when = replace(event.when, end=event.when.start + timedelta(minutes=number))
    return replace(event, when=when)


def _cancelled(event: Event, number: int) -> Event | None:
    if (original := _second(event, number)) is None:
        return None
    return replace(event, exceptions={**event.exceptions, original: None})


def _elsewhen(event: Event, number: int) -> Event | None:
    if (original := _second(event, number)) is None:
        return None
    when = Span(original, original + timedelta(minutes=number))
    return replace(event, exceptions={**event.exceptions, original: Occurrence(when=when, subject=f"s{number}")})


def _second(event: Event, number: int) -> datetime | None:
    assert isinstance(event.when, Span)
    return event.when.start + timedelta(days=7 * (1 + number % 3)) if event.rule else None


EDITS: Final[Mapping[str, Callable[[Event, int], Event | None]]] = {
    "subject": lambda event, number: replace(event, subject=f"s{number}"),
    "body": lambda event, number: replace(event, body=f"b{number}"),
    "no body": lambda event, _: replace(event, body=""),
    "length": _moved,
    "cancel one": _cancelled,
    "move one": _elsewhen,
    "no series": lambda event, _: replace(event, rule=None, exceptions={}),
}
