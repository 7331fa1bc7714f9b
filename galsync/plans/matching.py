"""Finds out, in one pass over a target, which object stands for whom and who else has an address that is wanted."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from galsync.engine.order import answers_to
from galsync.entries import Agreement, Entry, Held
from galsync.plans.fields import compare
from galsync.rules import Rules
from protocols.model.person import Field


@dataclass(slots=True, kw_only=True)
class Owners:
    """Whose each wanted address is. ``doubled`` are those whose address somebody else has: nobody knows who is meant.

    Of several who want one address, the one that the ledger knows there keeps it.
    """

    of: dict[str, str]
    doubled: dict[str, tuple[str, ...]]

    @classmethod
    def among(cls, wanted: Mapping[str, Entry], agreed: Mapping[str, Agreement]) -> "Owners":
        """The owners of all addresses and aliases of ``wanted``."""
        of: dict[str, str] = {}
        crowds: dict[str, set[str]] = {}
        for anchor, entry in wanted.items():
            for address in answers_to(entry) if entry.aliases else (entry.address.address,):
                first = of.setdefault(address, anchor)
                if first != anchor:
                    crowds.setdefault(address, {first}).add(anchor)
        doubled: dict[str, set[str]] = {}
        for address, crowd in crowds.items():
            known = sorted(anchor for anchor in crowd if anchor in agreed and agreed[anchor].address == address)
            of[address] = known[0] if known else min(crowd)
            for loser in crowd - set(known[:1]):
                doubled.setdefault(loser, set()).update(crowd - {loser})
        return cls(of=of, doubled={anchor: tuple(sorted(others)) for anchor, others in doubled.items()})


@dataclass(slots=True, kw_only=True)
class Matched:
    """What stands in the target.

    ``settled`` are the anchors whose object needs nothing, which is most of them: their objects are not kept in memory.
    Where somebody decided about the address, the object is kept all the same: it may have to go.
    ``ours`` are the other objects with our stamp, by anchor: more than one where it stands there twice. ``contested``
    are, for an address that somebody wants, the objects that have it and are not theirs. ``standing`` counts all of
    ours, ``ignored`` the fields of the settled that stay as somebody typed them.
    """

    settled: set[str] = field(default_factory=set)
    ours: dict[str, list[Held]] = field(default_factory=dict)
    contested: dict[str, list[Held]] = field(default_factory=dict)
    standing: int = 0
    ignored: Counter[Field] = field(default_factory=Counter)


def match(
    held: Iterable[Held],
    wanted: Mapping[str, Entry],
    agreed: Mapping[str, Agreement],
    rules: Rules,
    *,
    owners: Mapping[str, str],
    begun: Mapping[str, Agreement],
    late: Collection[str] = (),
) -> Matched:
    """Reads ``held`` once. Whom an object stands for is told by its stamp alone, whatever the ledger says of its key:
    what does not bear the stamp of this sync is not ours. The ``late`` are not compared yet."""
    found = Matched()
    for one in held:
        anchor = one.stamp.anchor if one.stamp and one.stamp.sync == rules.sync else None
        contest(found, one, anchor, owners)
        if anchor is None:
            continue
        found.standing += 1
        entry, known = wanted.get(anchor), agreed.get(anchor)
        at_rest = entry and known and known.key == one.key and entry.form is one.form and anchor not in found.settled
        if entry and at_rest and anchor not in late and not _decided(entry, rules):
            compared = compare(entry, one, known, rules, begun=begun.get(anchor))
            if not compared.changes and not compared.stale:
                found.settled.add(anchor)
                found.ignored.update(compared.ignored)
                continue
        found.ours.setdefault(anchor, []).append(one)
    return found


def _decided(entry: Entry, rules: Rules) -> bool:
    """Whether the object may have to go for another one, so that it has to be kept in sight."""
    address = entry.address.address
    return address in rules.resolutions or address in rules.former


def contest(found: Matched, held: Held, anchor: str | None, owners: Mapping[str, str]) -> None:
    """Note in ``found`` which addresses of ``held`` somebody else than ``anchor`` owns, whose it is; None: not ours."""
    for address in held.addresses:
        wanted = address
        owner = owners.get(wanted)
        if owner is None and anchor is None and address.startswith("sip:"):
            # Who is called there is who is written to there, even where mail goes elsewhere.
            wanted = address.removeprefix("sip:")
            owner = owners.get(wanted)
        if owner is not None and owner != anchor:
            found.contested.setdefault(wanted, []).append(held)
