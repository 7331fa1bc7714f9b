"""People who work in the calendars or folders of a hub, and the book of what they typed, which nobody may lose."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from calsync.contents import fields
from calsync.items import Content, Fields
from calsync.rules import Kind
from protocols.model.card import Card
from protocols.model.event import Event
from tests.calsync.world import appointments, contacts
from tests.calsync.world.server import Server, Standing

WAYS: Final[Mapping[Kind, list[str]]] = {
    Kind.CALENDAR: sorted(appointments.EDITS),
    Kind.CONTACTS: sorted(contacts.EDITS),
}
"""By kind of content, the names of what people make of an item."""


@dataclass(frozen=True, slots=True, order=True)
class Value:
    """A text that somebody typed into a field of an item."""

    item: str
    name: str
    text: str = field(repr=False)


@dataclass(slots=True)
class People:
    """``kind`` is what they enter. ``typed`` is what nobody has typed over, who saw it; ``free`` are items of which no
    book is kept any more, as others take part in them. ``blank`` are items out of which somebody took something,
    ``twice`` those that two people entered by themselves, ``received`` those to which two were invited, and ``apart``
    those of which nothing tells any more that two of them are one."""

    kind: Kind = Kind.CALENDAR
    typed: set[Value] = field(default_factory=set)
    free: set[str] = field(default_factory=set)
    blank: set[str] = field(default_factory=set)
    twice: set[str] = field(default_factory=set)
    received: set[str] = field(default_factory=set)
    apart: set[str] = field(default_factory=set)
    items: set[str] = field(default_factory=set)
    count: int = 0

    def number(self) -> int:
        """Another one each time."""
        self.count += 1
        return self.count

    def event(self, *, series: bool) -> Event:
        """An appointment that is new, whose place is the name of the item."""
        return appointments.new(self.number(), series=series)

    def something(self, *, other: bool) -> Content:
        """Something new of their kind; ``other``: a series, or a company."""
        if self.kind is Kind.CALENDAR:
            return self.event(series=other)
        return contacts.new(self.number(), company=other)

    def create(self, server: Server, content: Content, *, uid: str = "") -> str:
        """Entered at one calendar or folder."""
        key = server.create(content, uid=uid)
        item = labelled(content)
        self._wrote(item, {}, fields(server.standing[key].content))
        self.items.add(item)
        return key

    def edit(self, server: Server, key: str, how: str) -> None:
        """Changed there, in one of the WAYS; nothing where it is gone or that cannot be."""
        if (one := server.standing.get(key)) is None:
            return
        changed = _edited(one.content, how, self.number())
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

    def book(self, item: str, fields: Fields) -> set[Value]:
        """What the fields of an item say that somebody typed."""
        told = contacts.book(fields) if self.kind is Kind.CONTACTS else appointments.book(fields)
        return {Value(item, name, text) for name, text in told}

    def _wrote(self, item: str, before: Fields, after: Fields) -> None:
        item = item.lower()
        was, now = self.book(item, before), self.book(item, after)
        self.typed -= was - now
        self.typed |= now - was
        if after and Counter(each.name for each in was) - Counter(each.name for each in now):
            self.blank.add(item)


def named(one: Standing) -> str:
    """Which item it is, whatever the letter case in which its server has that."""
    return labelled(one.content).lower()


def labelled(content: Content) -> str:
    """The name of the item: the place of an appointment, the company of a contact."""
    return content.location if isinstance(content, Event) else content.company


def _edited(content: Content, how: str, number: int) -> Content | None:
    if isinstance(content, Card):
        return contacts.EDITS[how](content, number)
    return appointments.EDITS[how](content, number)
