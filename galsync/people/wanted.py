"""Goes from what the sources said to what shall stand in the target: selected, mapped, merged, and all counted."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from galsync.entries import Entry
from galsync.people.limits import SMALL
from galsync.people.mapping import Mapping as PeopleMapping
from galsync.people.merging import NAMED, NOBODY, Merged, Wanted, merge
from galsync.people.moved import Moved
from galsync.people.selection import Selection
from galsync.side import Reading
from galsync.steps import Left, Why
from protocols.model.person import Field, Person

Given: TypeAlias = tuple[PeopleMapping, Selection, Reading]


def changes_suffice(feeds: Sequence[tuple[PeopleMapping, Selection]]) -> bool:
    """Whether the changes of a source alone tell what is wanted: one source, everybody judged by themselves."""
    return len(feeds) == 1 and all(mapping.by_person and selection.by_person for mapping, selection in feeds)


def wanted(readings: Sequence[Given], *, agreed: Mapping[str, str] = NOBODY, spend: bool = False) -> Wanted:
    """What the readings, in the order of their priority, want in the target.

    ``agreed`` tells of an address the anchor that has it by the ledger, unless it is retired there. An anchor that a
    source tells twice is what was told last. Where ``spend`` says so, the lists of people are emptied on the way, so
    that a hundred thousand people and their entries are not kept at the same time. Raises ValueError where two sources
    have one name, or where one told only changes and :func:`changes_suffice` says that this is not enough.
    """
    if len({mapping.source for mapping, _, _ in readings}) < len(readings):
        raise ValueError("two sources of the same name: their people cannot be told apart")
    whole = all(reading.whole for _, _, reading in readings)
    if not whole and not changes_suffice([(mapping, selection) for mapping, selection, _ in readings]):
        raise ValueError("changes alone do not tell what is wanted here: read every source whole")
    tally = _Tally()
    gone: dict[str, Why] = {}
    sources = (_taken(given, tally, gone, spend=spend) for given in readings)
    merged = merge(sources, agreed=agreed, told=None if whole else tally.told)
    if whole:
        return _closed(merged, tally, None)
    there = {*merged.entries, *(entry.anchor for clash in merged.clashes for entry in clash)}
    return _closed(merged, tally, {anchor: why for anchor, why in gone.items() if anchor not in there})


def in_question(readings: Sequence[Given]) -> list[str]:
    """The addresses of which :func:`wanted` has to be told who has them by the ledger, in order: all of those who
    changed; of a whole reading those that two people have. They may be more than matter."""
    asked: set[str] = set()
    for mapping, _, reading in readings:
        seen: set[str] = set()
        for person in reading.people:
            if (external := mapping.external_of(person)) is None:
                continue
            if not reading.whole or external.address in seen:
                asked.add(external.address)
            seen.add(external.address)
    return sorted(asked)


@dataclass(slots=True)
class _Tally:
    """Who was left out, by reason and some by name; ``told`` are the anchors of a source that told changes."""

    left: Counter[Left] = field(default_factory=Counter)
    names: dict[Left, list[str]] = field(default_factory=dict)
    cut: Counter[str] = field(default_factory=Counter)
    large: list[str] = field(default_factory=list)
    read: Counter[str] = field(default_factory=Counter)
    told: set[str] = field(default_factory=set)
    movers: dict[str, str] = field(default_factory=dict)
    moved: set[str] = field(default_factory=set)
    unsure: set[str] = field(default_factory=set)

    def meet(self, anchor: str, person: Person, moved: Moved, verdict: Entry | Left) -> None:
        """Notes whoever is on the list of a move."""
        if listed := moved.listed_as(person):
            self.movers[anchor] = listed
        if verdict in (Left.MOVED, Left.NOT_MOVED):
            self.moved.add(anchor)

    def leave(self, name: str, why: Left) -> None:
        self.left[why] += 1
        self.name(name, why)

    def name(self, name: str, why: Left) -> None:
        names = self.names.setdefault(why, [])
        if len(names) < NAMED:
            names.append(name)


def _taken(given: Given, tally: _Tally, gone: dict[str, Why], *, spend: bool) -> Collection[Entry]:
    """The entries of one source; who is left out goes into ``tally``, and, of changes, into ``gone``."""
    mapping, selection, reading = given
    entries: dict[str, Entry] = {}
    out: dict[str, tuple[str, Left]] = {}
    externals: dict[str, str] = {}
    tally.read[mapping.source] += len(reading.people)
    tally.left.update(reading.left)
    for person in _one_by_one(reading.people, spend=spend):
        anchor = mapping.anchor_of(person.anchor)
        verdict = selection.select(person) or mapping.entry(person, cut=tally.cut)
        if mapping.follows and person.primary:
            externals[person.primary.address] = str(mapping.external_of(person) or person.primary)
        if selection.moved is not None:
            tally.meet(anchor, person, selection.moved, verdict)
        if isinstance(verdict, Left):
            out[anchor] = _name(person), verdict
            entries.pop(anchor, None)
        else:
            entries[anchor] = verdict
            out.pop(anchor, None)
            if len(person.photo) > SMALL and mapping.too_large(person) and len(tally.large) < NAMED:
                tally.large.append(_name(person))
    for name, why in reading.named:
        tally.name(name, why)
    for name, why in out.values():
        tally.leave(name, why)
    unsure = {*map(mapping.anchor_of, reading.unsure)} - entries.keys() - out.keys()
    tally.unsure |= unsure
    if not reading.whole:
        went = dict.fromkeys(map(mapping.anchor_of, reading.gone), Why.GONE) | dict.fromkeys(out, Why.NOT_SELECTED)
        gone |= {anchor: why for anchor, why in went.items() if anchor not in unsure}
        tally.told.update(entries, gone)
    if not externals:
        return entries.values()
    return [mapping.followed(entry, externals, cut=tally.cut) for entry in entries.values()]


def _one_by_one(people: Sequence[Person], *, spend: bool) -> Iterator[Person]:
    if not (spend and isinstance(people, list)):
        yield from people
        return
    people.reverse()
    while people:
        yield people.pop()


def _name(person: Person) -> str:
    return str(person.primary or "") or person.texts.get(Field.DISPLAY_NAME, "") or person.anchor


def _closed(merged: Merged, tally: _Tally, gone: dict[str, Why] | None) -> Wanted:
    for entry in merged.merged:
        tally.leave(entry.address.address, Left.MERGED)
    return Wanted(
        entries=merged.entries,
        clashes=merged.clashes,
        gone=gone,
        left=tally.left,
        named=tuple((name, why) for why in Left for name in tally.names.get(why, ())),
        cut=tally.cut,
        large=tuple(tally.large),
        read=tally.read,
        moved=frozenset(tally.moved),
        movers=tally.movers,
        doubled=merged.doubled[:NAMED],
        doubles=len(merged.doubled),
        unsure=frozenset(tally.unsure),
    )
