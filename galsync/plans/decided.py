"""Follows what the administrator decided about conflicts, and tells of those that stand in the target already."""

from typing import Final

from galsync.entries import Held
from galsync.plans.cases import Situation, unwanted
from galsync.plans.clashes import Blockers, Drafts, conflict
from galsync.plans.matching import Matched
from galsync.steps import Remedy, Why

_WITHOUT: Final = (Remedy.REUSE, Remedy.SKIP)


def decide(situation: Situation, found: Matched, drafts: Drafts, rivals: Blockers) -> dict[str, Remedy]:
    """The anchors that do without an entry because somebody decided so, and how; changes ``drafts``.

    A decision counts as long as the other object is there. An object of ours that stood beside it goes, as one that is
    not selected any more. Where nobody decided, an object of ours that shares an address with another one by now is a
    conflict besides what else is planned for it: people find two entries, and mail may go to either.
    """
    decisions: dict[str, Remedy] = {}
    for anchor in sorted(rivals):
        others = [(address, held) for address, held in rivals[anchor] if not _ours(held, situation)]
        if anchor in situation.undecided or not others:
            continue
        entry, own = situation.wanted[anchor], found.ours.get(anchor, ())
        remedy = situation.rules.resolutions.get(entry.address.address)
        if remedy in _WITHOUT:
            decisions[anchor] = remedy
            note = f"{remedy.value}: decided for {entry.address}"
            drafts[anchor] = [step for held in own for step in unwanted(situation, held, Why.NOT_SELECTED, note=note)]
            continue
        has = None if anchor in found.settled else frozenset[str]().union(*(held.addresses for held in own))
        if shared := [held for address, held in others if has is None or address in has]:
            first = min(own, key=lambda held: held.key, default=None)
            drafts.setdefault(anchor, []).append(conflict(entry, Why.CLASH, shared, held=first))
    return decisions


def _ours(held: Held, situation: Situation) -> bool:
    return held.stamp is not None and held.stamp.sync == situation.rules.sync
