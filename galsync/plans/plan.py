"""Compares what shall stand in an address book with what stands there and what was last agreed, and says what to do."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from galsync.entries import Agreement, Entry, Held
from galsync.plans.cases import Situation, beside, steps_for
from galsync.plans.clashes import Drafts, Room, blockers, writing
from galsync.plans.decided import decide
from galsync.plans.links import Links
from galsync.plans.matching import Matched, Owners, match
from galsync.plans.sequence import in_order
from galsync.rules import Rules
from galsync.steps import Act, Plan, Remedy, Step, Why
from protocols.model.person import Field

__all__ = ["Rules", "plan"]


def plan(  # noqa: PLR0913 - what is compared is four things, and each of the others has a default
    wanted: Mapping[str, Entry],
    held: Iterable[Held],
    agreed: Mapping[str, Agreement],
    rules: Rules,
    *,
    now: datetime,
    place: str = "",
    gone: Mapping[str, Why] | None = None,
    clashes: Sequence[Sequence[Entry]] = (),
    begun: Mapping[str, Agreement] | None = None,
    moved: Collection[str] = (),
    unsure: Collection[str] = (),
) -> Plan:
    """What has to be done at ``place`` so that ``wanted`` stands there; the cases are in galsync/plans/cases.py.

    ``wanted`` is everybody by anchor; whoever of ours is not in it is to go. With ``gone`` it is a part: only the
    anchors of ``wanted``, ``gone`` (why each goes) and ``clashes`` are planned, and everybody else is left alone; then
    ``held`` must have what stands under their agreed keys or answers to an address wanted, and ``agreed`` what is known
    of everybody in ``wanted``, ``gone`` and ``held``.

    ``clashes`` are people of the sources who want one address: whoever of them is not in ``wanted`` becomes a conflict,
    and their objects are left as they are. ``begun`` is what a killed run was about to agree, by anchor: what it wrote
    is not taken for something that somebody typed. ``moved`` are the anchors of those whom another side has by now:
    what stands for them goes at once. ``unsure`` are the anchors of people who are there and could not be read now:
    their objects and agreements are left as they are. ``held`` is read once and need not fit into memory.

    Of the objects there only those are updated, retired or removed that bear the stamp of this sync. The steps come in
    the order in which they can be done: what frees an address before what needs it, otherwise by anchor. Planned again
    once they have been done, there are none but the conflicts.
    """
    owners = Owners.among(wanted, agreed)
    undecided = _undecided(wanted, clashes, owners)
    situation = Situation(
        wanted=wanted,
        agreed=agreed,
        rules=rules,
        now=now,
        gone=gone,
        begun=begun or {},
        undecided={*undecided, *unsure} if unsure else undecided.keys(),
        moved=moved,
    )
    made = _planned(situation, held, owners.of, undecided, place)
    left = (known.address for anchor in unsure if (known := agreed.get(anchor)) is not None)
    return replace(made, unsure=tuple(sorted(left))) if unsure else made


def _planned(
    situation: Situation,
    held: Iterable[Held],
    owners: Mapping[str, str],
    undecided: Mapping[str, tuple[Entry, tuple[str, ...]]],
    place: str,
) -> Plan:
    agreed, rules = situation.agreed, situation.rules
    links = Links(wanted=situation.wanted, owners=owners, rules=rules)
    wanted = links.first()
    found = match(links.seen(held), wanted, agreed, rules, owners=owners, begun=situation.begun, late=links.late)
    situation = replace(situation, wanted=links.last())
    drafts, ignored, idle = _drafted(situation, found)
    _contest_twins(found, drafts, owners)
    rivals = blockers(found.contested, owners)
    decisions = decide(situation, found, drafts, rivals)
    resolved = decisions.keys()
    copies = {step.held.key for steps in drafts.values() for step in steps if step.why is Why.COPIED and step.held}

    def evicted(one: Held) -> Step | None:
        return None if one.key in copies else situation.evicted(one, resolved)

    Room(drafts=drafts, blockers=rivals, sync=rules.sync, evict=evicted).make()
    drafts |= {
        anchor: [_within(found, agreed, entry, others)]
        for anchor, (entry, others) in undecided.items()
        if rules.resolutions.get(entry.address.address) is not Remedy.SKIP
    }
    return Plan(
        place=place,
        steps=in_order(step for steps in drafts.values() for step in steps),
        equal=_equal(found.settled | idle, drafts, decisions),
        kept=found.standing,
        forget=_forgotten(situation, found, resolved),
        ignored={field.value: count for field, count in sorted((found.ignored + ignored).items())},
        absent=links.absent,
        reused=tuple(sorted(_reused(situation, decisions))),
    )


def _reused(situation: Situation, decisions: Iterable[str]) -> Iterable[str]:
    """The addresses that do without an entry although nobody decided so."""
    addresses = (situation.wanted[anchor].address for anchor in decisions)
    return (str(each) for each in addresses if each.address not in situation.rules.resolutions)


def _undecided(
    wanted: Mapping[str, Entry], clashes: Sequence[Sequence[Entry]], owners: Owners
) -> dict[str, tuple[Entry, tuple[str, ...]]]:
    """Who wants an address that somebody else of the sources wants as well, and who those are."""
    found = {anchor: (wanted[anchor], others) for anchor, others in owners.doubled.items()}
    for group in clashes:
        anchors = sorted(entry.anchor for entry in group)
        for entry in group:
            if entry.anchor not in wanted:
                found[entry.anchor] = entry, tuple(anchor for anchor in anchors if anchor != entry.anchor)
    return found


def _drafted(situation: Situation, found: Matched) -> tuple[Drafts, Counter[Field], set[str]]:
    """The steps by anchor, before anybody looked whether they get along; the fields left alone; and whose objects
    need nothing beside the settled."""
    drafts: Drafts = {}
    ignored: Counter[Field] = Counter()
    idle: set[str] = set()
    missing = (anchor for anchor in situation.wanted if anchor not in found.settled and anchor not in found.ours)
    for anchor in (*found.ours, *missing):
        standing = found.ours.get(anchor, ())
        if anchor in situation.undecided:
            continue
        if anchor in found.settled:
            drafts[anchor] = beside(situation, standing, situation.known(anchor), (), None)
            continue
        steps, left = steps_for(situation, anchor, standing)
        ignored.update(left)
        if steps:
            drafts[anchor] = steps
        elif anchor in situation.wanted:
            idle.add(anchor)
    return drafts, ignored, idle


def _contest_twins(found: Matched, drafts: Drafts, owners: Mapping[str, str]) -> None:
    """A twin that cannot be removed keeps its addresses, also from the object of the same person that stays."""
    for anchor, steps in drafts.items():
        for step in steps if writing(steps) else ():
            if step.act is Act.CONFLICT and step.held:
                for address in step.held.addresses:
                    if owners.get(address) == anchor:
                        found.contested.setdefault(address, []).append(step.held)


def _within(found: Matched, agreed: Mapping[str, Agreement], entry: Entry, others: Sequence[str]) -> Step:
    held = min(found.ours.get(entry.anchor, ()), key=lambda one: one.key, default=None)
    return Step(
        act=Act.CONFLICT,
        anchor=entry.anchor,
        why=Why.CLASH_WITHIN,
        entry=entry,
        held=held,
        known=agreed.get(entry.anchor),
        agreement=agreed.get(entry.anchor),
        against=tuple(agreed[anchor].key for anchor in others if anchor in agreed),
        remedy=Remedy.RENAME,
        note=f"also wanted by {', '.join(others)}" if others else "also wanted by somebody else",
    )


def _equal(at_rest: set[str], drafts: Drafts, decisions: Mapping[str, Remedy]) -> int:
    """How many need nothing; whoever stands there already by decision is one of them."""
    troubled = {anchor for anchor, steps in drafts.items() if any(step.act is Act.CONFLICT for step in steps)}
    return len(at_rest - troubled - decisions.keys()) + sum(one is Remedy.REUSE for one in decisions.values())


def _forgotten(situation: Situation, found: Matched, resolved: Collection[str]) -> tuple[str, ...]:
    agreed = situation.agreed.keys() if situation.gone is None else situation.agreed.keys() & situation.gone.keys()
    nobody = (anchor for anchor in agreed if anchor not in situation.wanted and anchor not in situation.undecided)
    dropped = (anchor for anchor in resolved if anchor in situation.agreed)
    return tuple(sorted(anchor for anchor in (*nobody, *dropped) if anchor not in found.ours))
