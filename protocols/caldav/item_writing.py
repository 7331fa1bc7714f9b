"""Writes an event as a resource of a calendar: a new one, or what is to become another in one that stands there.

There is no attendee, organiser or METHOD in anything that is made here.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from protocols.caldav.item_looks import Looks, dress, looks_in
from protocols.caldav.item_reading import STAMP, Found, zones_of
from protocols.caldav.item_text import escaped
from protocols.caldav.item_times import originals_of, written, written_when
from protocols.caldav.item_tree import Line, Node, line, node, tree
from protocols.caldav.item_zones import definition
from protocols.caldav.lines import Block
from protocols.caldav.zones import Zones
from protocols.model.event import Event, Occurrence, Original, Span, When
from protocols.recurrence.clock import first_wall
from protocols.recurrence.differing import alone
from protocols.recurrence.rules import written as written_rule

PRODUCT: Final = "-//Busyline//Calendar sync//EN"
_TIMES: Final = ("DTSTART", "DTEND", "DURATION")
_STAMPS: Final = ("DTSTAMP", "LAST-MODIFIED")


def new(event: Event, *, uid: str, stamp: str, at: datetime) -> bytes:
    """A resource for ``event``; ``stamp`` is the text of ours in it, ``at`` the time now (UTC).

    Raises ValueError for a zone that nobody knows.
    """
    calendar = node("VCALENDAR", ["VERSION:2.0", f"PRODID:{PRODUCT}", "CALSCALE:GREGORIAN"])
    master = node("VEVENT", [f"UID:{escaped(uid)}", *_stamps(at), *written_when(event.when), *_repeating(event)])
    master.parts.append(line(f"{STAMP}:{escaped(stamp)}"))
    dress(master, Looks(), looks_in(event))
    calendar.parts.append(master)
    for original, one in sorted(event.exceptions.items()):
        if one is None:
            master.replace([], [written("EXDATE", original, event.when)])
        else:
            calendar.parts.append(_standing(master, event, original, one, at))
    _define_zones(calendar, event)
    return calendar.written()


def edited(data: bytes, found: Found, wanted: Event, *, at: datetime) -> bytes:
    """``data``, which tells ``found``, so that it tells ``wanted``: whatever is equal in both stays as it is, and so
    does whatever an event does not hold (properties, components and alarms of other programs). ``at`` is now (UTC).

    Raises ValueError where it cannot be taken apart, and for a zone that nobody knows.
    """
    calendar = tree(data)
    parts = calendar.nodes("VEVENT")
    if len(parts) <= max(found.master, *found.overrides.values(), 0):
        raise ValueError("its parts cannot be told apart")
    standing = {original: parts[place] for original, place in found.overrides.items()}
    edit = _Edit(calendar, parts[found.master], standing, found.event, wanted, at)
    edit.series()
    edit.occurrences()
    _define_zones(calendar, wanted)
    return calendar.written()


@dataclass(frozen=True, slots=True)
class _Edit:
    calendar: Node
    master: Node
    standing: dict[Original, Node]
    old: Event
    new: Event
    at: datetime

    def series(self) -> None:
        """The series itself, or the one event that it is."""
        old, new, master = self.old, self.new, self.master
        if old.when != new.when:
            master.replace(_TIMES, written_when(new.when))
        if old.rule != new.rule or (old.when != new.when and new.rule):
            master.replace(["RRULE"], [f"RRULE:{written_rule(new.rule, new.when)}"] if new.rule else [])
        if old.extra != new.extra:
            master.replace(["RDATE"], [written("RDATE", each, new.when) for each in new.extra])
        dress(master, looks_in(old), looks_in(new))
        master.replace(_STAMPS, _stamps(self.at))

    def occurrences(self) -> None:
        """All that differ now, or differed."""
        for original in sorted({*self.old.exceptions, *self.standing} - set(self.new.exceptions), key=str):
            self._again(original)
        for original, one in sorted(self.new.exceptions.items()):
            if one is None:
                self._cancel(original)
            else:
                self._stand(original, one)

    def _again(self, original: Original) -> None:
        """One that does not differ. A part may stand for it all the same, with what other programs have in it."""
        part = self.standing.get(original)
        if part is None or original in self.old.exceptions or self.old.when != self.new.when:
            self._as_ever(original)
        else:
            dress(part, looks_in(self.old), looks_in(self.new))

    def _as_ever(self, original: Original) -> None:
        self._call_back(original)
        if (node := self.standing.get(original)) is not None:
            self.calendar.drop(node)

    def _cancel(self, original: Original) -> None:
        if self.old.exceptions.get(original, _SOMETHING) is None and original not in self.standing:
            return
        self._as_ever(original)
        self.master.parts.insert(self._behind_rule(), line(written("EXDATE", original, self.new.when)))

    def _stand(self, original: Original, one: Occurrence) -> None:
        before = self.old.exceptions.get(original)
        part = self.standing.get(original)
        if part is None or original not in self.old.exceptions or before is None:
            self._as_ever(original)
            place = self.calendar.parts.index(self.master) + 1
            self.calendar.parts.insert(place, _standing(self.master, self.new, original, one, self.at))
            return
        looks, wanted = looks_in(alone(self.old, before)), looks_in(alone(self.new, one))
        if before.when == one.when and looks == wanted:
            return
        if before.when != one.when:
            part.replace(_TIMES, written_when(one.when))
        dress(part, looks, wanted)
        part.replace(_STAMPS, _stamps(self.at))

    def _call_back(self, original: Original) -> None:
        """Without ``original`` in any EXDATE."""
        zones = _zones(self.calendar)
        for each in self.master.lines("EXDATE"):
            head, value = each.parted
            kept = [text for text in value.split(",") if not _means(each, text, original, self.old.when, zones)]
            if len(kept) < value.count(",") + 1:
                place = self.master.parts.index(each)
                self.master.parts[place : place + 1] = [line(f"{head}:{','.join(kept)}")] if kept else []

    def _behind_rule(self) -> int:
        places = [
            place
            for place, part in enumerate(self.master.parts)
            if isinstance(part, Line) and part.name in ("RRULE", "EXDATE", "RDATE", "DTSTART")
        ]
        return places[-1] + 1 if places else 0


_SOMETHING: Final = object()


def _repeating(event: Event) -> Iterator[str]:
    if event.rule is not None:
        yield f"RRULE:{written_rule(event.rule, event.when)}"
    yield from (written("RDATE", each, event.when) for each in event.extra)


def _standing(master: Node, event: Event, original: Original, one: Occurrence, at: datetime) -> Node:
    """A VEVENT for one occurrence that differs."""
    uid = [each.text for each in master.lines("UID")[:1]]
    made = node("VEVENT", [*uid, *_stamps(at), written("RECURRENCE-ID", original, event.when), *written_when(one.when)])
    dress(made, Looks(), looks_in(alone(event, one)))
    return made


def _stamps(at: datetime) -> list[str]:
    return [f"{name}:{at:%Y%m%dT%H%M%SZ}" for name in _STAMPS]


def _means(each: Line, text: str, original: Original, series: When, zones: Zones) -> bool:
    """Whether one value of an EXDATE names ``original``."""
    head, _ = each.parted
    try:
        [prop] = Block("", (), f"{head}:{text}\n".encode()).properties(frozenset({"EXDATE"})).every
        return list(originals_of(prop, series, zones)) == [original]
    except ValueError:
        return False


def _zones(calendar: Node) -> Zones:
    return zones_of(_block(calendar), None)


def _block(part: Node) -> Block:
    own = "\n".join(each.text for each in part.parts if isinstance(each, Line))
    inner = tuple(_block(each) for each in part.parts if isinstance(each, Node))
    return Block(part.name, inner, f"{own}\n".encode())


def _define_zones(calendar: Node, event: Event) -> None:
    """A VTIMEZONE for each zone that is named and has none."""
    whens = [event.when, *(each.when for each in event.exceptions.values() if each is not None)]
    named = {when.zone for when in whens if isinstance(when, Span)} - {"UTC"}
    there = {each.parted[1].strip() for zone in calendar.nodes("VTIMEZONE") for each in zone.lines("TZID")}
    used = {name for part in calendar.nodes("VEVENT") for name in named if _uses(part, name)}
    first = next(place for place, part in enumerate(calendar.parts) if isinstance(part, Node))
    for name in sorted(used - there):
        calendar.parts.insert(first, definition(name, first_wall(event.when).year))


def _uses(part: Node, zone: str) -> bool:
    return any(f"TZID={zone}" in each.parted[0].replace('"', "") for each in part.parts if isinstance(each, Line))
