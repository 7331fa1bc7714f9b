"""Rows of a spreadsheet as people of a source, and who of them has to be left out and why."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from galsync.entries import Stamp
from galsync.files.cells import addresses, kind, parted, truth
from galsync.files.columns import (
    ADDRESS,
    ALIASES,
    ALL_ADDRESSES,
    ANCHOR,
    DISABLED,
    FIELDS,
    GROUPS,
    HIDDEN,
    KIND,
    MEMBERS,
    SIP,
    STAMP,
    UNIT,
    X500,
    meanings,
)
from galsync.files.delimited import rows
from galsync.files.disk import UnreadableError
from galsync.files.formulas import bare
from galsync.side import Reading
from galsync.steps import Left
from protocols.model.mailbox import Mailbox
from protocols.model.person import Kind, Person

MOST_NAMED: Final = 100


_STAMPED: Final = frozenset({STAMP, *(f"extra_{number}" for number in range(1, 16))})
"""Where stamps are written: elsewhere anybody may have written what looks like one."""


class _LeftOutError(ValueError):
    """``anchor`` is whose line it is, "" where that cannot be told; of those alone who are there and unreadable."""

    def __init__(self, why: Left, what: str = "", anchor: str = "") -> None:
        super().__init__(what)
        self.why = why
        self.what = what
        self.anchor = anchor


def people(data: bytes, *, token: str | None = None, attributes: frozenset[str] = frozenset()) -> Reading:
    """Everybody in the file, as a whole reading.

    Who cannot be read is left out and named by the line, and is ``unsure`` by the anchor as far as the line tells it.
    An alias that cannot be read is left out alone. ``attributes`` are further columns to take over, by their names in
    the header. Raises UnreadableError where the file is broken, or two lines are the same person's.
    """
    lines = rows(data)
    header = next(lines, None)
    if header is None:
        raise UnreadableError("it is empty: not even a header is there")
    meant, names = meanings([bare(cell) for cell in header.cells]), [bare(cell).strip() for cell in header.cells]
    found: dict[str, Person] = {}
    begun: dict[str, int] = {}
    left = _Left()
    for row in lines:
        cells = [bare(cell).strip() for cell in row.cells]
        further = {name: cell for name, cell in zip(names, cells, strict=True) if cell and name in attributes}
        try:
            person = _person({name: cell for name, cell in zip(meant, cells, strict=True) if cell and name}, further)
        except _LeftOutError as out:
            left.note(row.line, out)
            continue
        if person.anchor in begun:
            words = f"lines {begun[person.anchor]} and {row.line} have the same anchor or address: leave one out"
            raise UnreadableError(words)
        found[person.anchor], begun[person.anchor] = person, row.line
    unsure = tuple(anchor for anchor in left.unsure if anchor not in found)
    return Reading(people=tuple(found.values()), token=token, left=left.counts, named=tuple(left.named), unsure=unsure)


@dataclass(slots=True)
class _Left:
    """Who was left out: how many of each reason, some by the line, and who of them is there all the same."""

    counts: Counter[Left] = field(default_factory=Counter)
    named: list[tuple[str, Left]] = field(default_factory=list)
    unsure: dict[str, None] = field(default_factory=dict)

    def note(self, line: int, out: _LeftOutError) -> None:
        self.counts[out.why] += 1
        if len(self.named) < MOST_NAMED:
            self.named.append((f"line {line}: {out.what}"[:200].removesuffix(": "), out.why))
        if out.anchor:
            self.unsure[out.anchor] = None


def _person(cells: Mapping[str, str], further: Mapping[str, str]) -> Person:
    if any(Stamp.read(cells.get(name)) for name in _STAMPED & cells.keys()):
        raise _LeftOutError(Left.OURS)
    try:
        what = kind(cells.get(KIND, ""))
        disabled, hidden = truth(cells.get(DISABLED, "")), truth(cells.get(HIDDEN, ""))
    except ValueError as error:
        raise _LeftOutError(Left.GARBLED, str(error), _anchor(cells)) from error
    if what is Kind.CONTACT:
        raise _LeftOutError(Left.CONTACT)
    primary, aliases, x500, sip = _addresses(cells)
    if not (anchor := cells.get(ANCHOR, primary.address if primary else "")):
        raise _LeftOutError(Left.NO_ADDRESS)
    return Person(
        anchor=anchor,
        kind=what,
        primary=primary,
        aliases=aliases,
        x500=x500,
        sip=sip,
        texts={FIELDS[name]: cell for name, cell in cells.items() if name in FIELDS},
        unit=cells.get(UNIT, ""),
        groups=_lower(cells.get(GROUPS, "")),
        members=_lower(cells.get(MEMBERS, "")),
        attributes=further,
        disabled=disabled,
        hidden=hidden,
    )


def _addresses(cells: Mapping[str, str]) -> tuple[Mailbox | None, tuple[str, ...], tuple[str, ...], str]:
    smtp, x500, sip, first = addresses((*parted(cells.get(ALIASES, "")), *parted(cells.get(ALL_ADDRESSES, ""))))
    written = cells.get(ADDRESS, "") or first
    try:
        primary = Mailbox.parse(written) if written else None
    except ValueError as error:
        raise _LeftOutError(Left.BAD_ADDRESS, str(error), cells.get(ANCHOR, "")) from error
    own = primary.address if primary else ""
    names = (*(name.removeprefix("X500:") for name in parted(cells.get(X500, ""))), *x500)
    aliases = dict.fromkeys(alias for alias in smtp if alias != own)
    return primary, tuple(aliases), tuple(dict.fromkeys(names)), cells.get(SIP, "".join(sip[:1])).removeprefix("sip:")


def _anchor(cells: Mapping[str, str]) -> str:
    """Whose line it is, although it cannot be read whole; "" where not even that is told."""
    try:
        primary, *_ = _addresses(cells)
    except _LeftOutError as out:
        return out.anchor
    return cells.get(ANCHOR, primary.address if primary else "")


def _lower(text: str) -> tuple[str, ...]:
    return tuple(value.lower() for value in parted(text))
