"""Says for a whole hub what has to be done, from what its ledger knows and what its spokes told: a pure function."""

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType
from typing import Final

from calsync.agreed import Agreed, Aside, Link
from calsync.items import Item
from calsync.plans.cases import Case, decide
from calsync.plans.details import NOTHING, labelled, level
from calsync.plans.doubled import stops as same
from calsync.plans.first_sight import stops as at_first
from calsync.plans.found import Found
from calsync.plans.guards import stops
from calsync.plans.matching import matched
from calsync.plans.refilling import told as refilled
from calsync.plans.refusals import NOT_NOW, PART, REFUSED
from calsync.plans.renaming import new_names, under_new_names
from calsync.plans.replaced import replaced
from calsync.plans.situation import Situation
from calsync.rules import HubRules
from calsync.spoke import Ability
from calsync.steps import Decision, Left, Plan, Step, Why

_NONE: Final = Link(spoke="", key="", version="")


def plan(  # noqa: PLR0913 - a run saw many things, and none of them has a default
    rules: HubRules,
    *,
    now: datetime,
    known: Iterable[Agreed],
    seen: Mapping[str, Mapping[str, Item | None]],
    unread: Mapping[str, AbstractSet[str]],
    abilities: Mapping[str, Ability],
    counts: Mapping[str, int],
    whole: frozenset[str],
    everything: bool,
    asides: Mapping[tuple[str, str], Aside],
    narrower: Mapping[str, AbstractSet[str]] = MappingProxyType({}),
    expired: frozenset[str] = frozenset(),
    refill: frozenset[str] = frozenset(),
    retry: frozenset[str] = frozenset(),
    adopt: bool = True,
) -> Plan:
    """What has to be done; the same for the same arguments, and no decision is in it where nothing is to be kept.

    ``known``: the items of the ledger that anything seen may be about (linked to a key that was seen, named by a mark
    of this hub, of an equal uid or fingerprint), and all that are pending; with ``everything`` (the rules are others
    now, or all spokes were read whole) all of them. ``seen``: by spoke and key what stands there now, None for what is
    surely gone; what is not in it is as the ledger has it. ``unread``: keys of what is there and cannot be read, which
    is not written. ``abilities`` of the spokes that take part in this run: nothing is planned for others, and what is
    to be done there stays pending (Decision.waits). ``counts``: how many items are linked at each spoke. ``whole``: the
    spokes that were read whole. ``asides``: what is known of keys that were seen. ``narrower``: by spoke the bounds of
    the window (calsync.plans.giving.BOUNDS) that are less than when it was planned before.
    ``expired``: the spokes whose servers refused the token. ``refill``: the spokes where what is gone is made again.
    ``retry``: the spokes where what was refused is tried again. ``adopt``: copies of which nobody knows the item become
    items of their own, where all spokes were read whole; else they are left aside.

    The decisions are in the order of their items' ids. After a decision's steps were done
    (:func:`calsync.plans.linking.after` for each), the ledger keeps :func:`calsync.plans.linking.settled` of it.
    """
    situation = Situation(
        rules=rules,
        now=now,
        seen=seen,
        unread=unread,
        abilities=abilities,
        everything=everything,
        narrower=narrower,
        expired=expired,
        refill=refill,
        retry=retry,
    )
    ledger = {agreed.id: agreed for agreed in known}
    return _planned(situation, ledger, counts=counts, whole=whole, asides=asides, adopt=adopt)


def _planned(
    situation: Situation,
    ledger: Mapping[str, Agreed],
    *,
    counts: Mapping[str, int],
    whole: frozenset[str],
    asides: Mapping[tuple[str, str], Aside],
    adopt: bool,
) -> Plan:
    names = new_names(situation, ledger.values(), whole)
    here = under_new_names(ledger.values(), names)
    counts = {**counts, **{name: _count(here, name) for name in names.values()}}
    situation, here, others = replaced(situation, here)
    found, loops = matched(situation, here, whole=whole if adopt else frozenset(), asides=asides)
    found.asides += others
    cases = _cases(situation, found, ledger)
    decisions = _with_twins(found, ledger, [case.decision for case in cases if case.decision is not None])
    decisions = refilled(decisions, situation.refill)
    steps = (step for decision in decisions for step in decision.steps)
    aside = {(each.spoke, each.key): each for each in found.asides}
    aside |= {(each.spoke, each.key): each for case in cases for each in case.asides}
    now, seen = situation.now, situation.seen
    return Plan(
        decisions=tuple(sorted(decisions, key=lambda decision: decision.item)),
        asides=tuple(each for place, each in aside.items() if not _known(each, asides.get(place), now)),
        forget=tuple(sorted(place for place in asides if place not in aside and place[1] in seen.get(place[0], ()))),
        loops=tuple(loops),
        stops=(
            *same(found.doubled),
            *stops(situation, here, steps, counts=counts, adopted=found.adopted),
            *at_first(situation, counts=counts, whole=whole, foreign=found.foreign, alike=found.alike),
        ),
        asks=tuple(dict.fromkeys(place for case in cases for place in case.asks)),
    )


def _count(known: Iterable[Agreed], spoke: str) -> int:
    return sum(spoke in agreed.links and bool(agreed.links[spoke].version) for agreed in known)


def _known(aside: Aside, before: Aside | None, now: datetime) -> bool:
    """Whether this was said ``before``, and when to look again as well, unless that is over."""
    if before is None or before.due is None or aside.due is None or before.due <= now:
        return aside == before
    return aside == replace(before, due=aside.due)


def _cases(situation: Situation, found: Found, ledger: Mapping[str, Agreed]) -> list[Case]:
    cases: list[Case] = []
    for made, agreed in found.items.items():
        if agreed is ledger.get(made) and _at_rest(situation, agreed):
            continue
        case = decide(situation, agreed, known=ledger.get(made), clashes=found.clashes.get(made, ()))
        cases.append(_noted(case, found.notes))
        beside = (each for each in case.beside if each.id not in found.items)
        cases += [decide(situation, each, known=None, fresh=Why.KEPT_BOTH) for each in beside]
    return cases


def _noted(case: Case, notes: Mapping[str, Sequence[Left]]) -> Case:
    """With what is to be told of the item, where anything is decided about it."""
    decision = case.decision
    if decision is None or decision.item not in notes:
        return case
    return replace(case, decision=replace(decision, left=[*decision.left, *notes[decision.item]]))


def _at_rest(situation: Situation, agreed: Agreed) -> bool:
    """Whether nothing of it was seen that the ledger does not know."""
    if agreed.pending or situation.everything:
        return False
    for link in agreed.links.values():
        if link.spoke in situation.retry and link.left.startswith((REFUSED, PART)):
            return False
        if link.left == NOT_NOW and link.spoke in situation.abilities and situation.writable(link.spoke):
            return False
        item = situation.item(link)
        if item is not None and link.spoke == agreed.origin and level(agreed.fields) == NOTHING:
            return False  # it may be time for it
        if situation.gone(link) if item is None else item.version != link.version:
            return False
    return True


def _with_twins(found: Found, ledger: Mapping[str, Agreed], decisions: Sequence[Decision]) -> list[Decision]:
    """``decisions`` with the removal of second copies."""
    by_item = {decision.item: decision for decision in decisions}
    for step in found.removals:
        kept = ledger.get(step.item, found.items[step.item])
        before = by_item.get(step.item) or Decision(item=step.item, agreed=kept)
        agreed = before.agreed or _over(found, step.item)
        by_item[step.item] = replace(before, agreed=_holding(agreed, step), steps=[*before.steps, step])
    return list(by_item.values())


def _over(found: Found, item: str) -> Agreed:
    """What is kept of an item that would be forgotten, but for a second copy of it."""
    agreed = replace(found.items[item], links={})
    if found.there(item):  # not given any more, and may be given again
        return replace(agreed, fields=labelled({}, NOTHING), print=b"", shadow=b"")
    return replace(agreed, ended=True)


def _holding(agreed: Agreed, step: Step) -> Agreed:
    """``agreed`` with what ``step`` removes as its copy, where nothing else is: whatever stops this run, the next one
    removes it all the same."""
    free = step.link is not None and not agreed.links.get(step.spoke, _NONE).version
    links = {**agreed.links, step.spoke: step.link} if free and step.link is not None else agreed.links
    return replace(agreed, links=links, pending=True)
