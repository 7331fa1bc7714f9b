"""Makes one list of entries out of the lists of several sources, so that no address is wanted twice."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Final

from galsync.entries import Entry
from galsync.steps import Left, Why

NOBODY: Final[Mapping[str, str]] = MappingProxyType({})
NAMED: Final = 50  # of each reason; the report counts the rest


@dataclass(frozen=True, slots=True)
class Doubled:
    """An alias that ``anchor`` does without, because ``keeper`` has it as the address or as an alias."""

    alias: str
    anchor: str
    keeper: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """What became of the entries of all sources.

    ``entries`` by anchor: no two share an address or an alias. ``clashes`` are those of one source who want the same
    address, by anchor, a group each; at most one of a group is in ``entries`` too: whom the ledger knew there before.
    Of the others nothing is wanted and nothing is to be taken away until somebody has decided. ``merged`` have their
    address from a source of higher priority, ``doubled`` are the aliases that were dropped.
    """

    entries: dict[str, Entry]
    clashes: tuple[tuple[Entry, ...], ...]
    merged: tuple[Entry, ...]
    doubled: tuple[Doubled, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What shall stand in a target, and who of the sources is not in it and why.

    ``entries``, ``clashes``: as in :class:`Merged`. ``gone`` is None where the sources were read whole, so that whoever
    is in neither is to go; otherwise who is to go and why, everybody else staying as they are. ``left`` counts those
    without an entry, with the ones that the sources left out themselves; ``named`` are some of them, by address or
    name. ``cut`` counts by field the texts that were longer than the target's form takes, ``large`` names some whose
    photo was, ``read`` counts the people by source. ``moved`` are the anchors of those who are out because of a move,
    ``movers`` the address on its list by the anchor of whoever stands there. ``doubled`` are some of the aliases that
    two people had, ``doubles`` is how many there were. ``unsure`` are the anchors of those who are there and could not
    be read now: nothing is wanted of them, and nothing is to be taken away.
    """

    entries: dict[str, Entry]
    clashes: tuple[tuple[Entry, ...], ...] = ()
    gone: dict[str, Why] | None = None
    left: Counter[Left] = field(default_factory=Counter)
    named: tuple[tuple[str, Left], ...] = ()
    cut: Counter[str] = field(default_factory=Counter)
    large: tuple[str, ...] = ()
    read: Counter[str] = field(default_factory=Counter)
    moved: frozenset[str] = frozenset()
    movers: dict[str, str] = field(default_factory=dict)
    doubled: tuple[Doubled, ...] = ()
    doubles: int = 0
    unsure: frozenset[str] = frozenset()


def merge(
    sources: Iterable[Collection[Entry]],
    *,
    agreed: Mapping[str, str] = NOBODY,
    told: Collection[str] | None = None,
) -> Merged:
    """The entries of ``sources``, which come in the order of their priority; the order within one does not matter.

    ``agreed`` tells of an address who has it by the ledger. ``told`` are the anchors that were read or are gone, where
    that is not everybody: an address that the ledger gives to somebody else is theirs still. None: everybody was read.
    No anchor may come twice.
    """
    entries: dict[str, Entry] = {}
    owners: dict[str, str] = {}  # whose an address is, in all sources
    clashes: list[tuple[Entry, ...]] = []
    merged: list[Entry] = []
    for source in sources:
        free = [entry for entry in source if entry.address.address not in owners]
        if len(free) < len(source):
            merged += (entry for entry in source if entry.address.address in owners)
        for group in _grouped(free):
            keeper = _keeper(group, agreed, told)
            owners[group[0].address.address] = (keeper or min(group, key=_anchor)).anchor
            if keeper:
                entries[keeper.anchor] = keeper
            if len(group) > 1 or not keeper:
                clashes.append(tuple(sorted(group, key=_anchor)))
    return Merged(
        entries=entries,
        clashes=tuple(sorted(clashes, key=lambda group: group[0].address.address)),
        merged=tuple(merged),
        doubled=tuple(_undouble(entries, owners)),
    )


def _anchor(entry: Entry) -> str:
    return entry.anchor


def _grouped(entries: Iterable[Entry]) -> Iterable[Sequence[Entry]]:
    """Those of one source who want the same address."""
    alone: dict[str, Entry] = {}
    crowds: dict[str, list[Entry]] = {}
    for entry in entries:
        first = alone.setdefault(entry.address.address, entry)
        if first is not entry:
            crowds.setdefault(entry.address.address, [first]).append(entry)
    for address, entry in alone.items():
        yield crowds.get(address) or (entry,)


def _keeper(group: Sequence[Entry], agreed: Mapping[str, str], told: Collection[str] | None) -> Entry | None:
    """Who of those that want one address has it: the only one, unless the ledger gives it to somebody else."""
    holder = agreed.get(group[0].address.address)
    for entry in group:
        if entry.anchor == holder:
            return entry
    taken = told is not None and holder is not None and holder not in told
    return group[0] if len(group) == 1 and not taken else None


def _undouble(entries: dict[str, Entry], owners: Mapping[str, str]) -> Iterable[Doubled]:
    """Take from ``entries`` the aliases that are somebody's address, or that another has already.

    A source of higher priority comes first, and within one the smaller anchor.
    """
    taken: dict[str, str] = {}
    ranks: dict[str, int] = {}
    for anchor in entries:
        ranks.setdefault(anchor.partition(":")[0], len(ranks))
    carrying = [anchor for anchor, entry in entries.items() if entry.aliases]
    for anchor in sorted(carrying, key=lambda anchor: (ranks[anchor.partition(":")[0]], anchor)):
        entry, kept = entries[anchor], []
        for alias in entry.aliases:
            low = alias.lower()
            keeper = owners.get(low) or taken.setdefault(low, anchor)
            if keeper == anchor:
                kept.append(alias)
            else:
                yield Doubled(alias, anchor, keeper)
        if len(kept) < len(entry.aliases):
            entries[anchor] = replace(entry, aliases=tuple(kept))
