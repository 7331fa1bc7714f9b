"""Follows what the administrator decided about conflicts, and tells of those that stand in the target already."""

from collections.abc import Sequence
from typing import Final

from galsync.entries import Entry, Form, Held
from galsync.plans.cases import Situation, copy, unwanted
from galsync.plans.clashes import Blockers, Drafts, conflict
from galsync.plans.matching import Matched
from galsync.steps import Remedy, Why

_WITHOUT: Final = (Remedy.REUSE, Remedy.SKIP)


def decide(situation: Situation, found: Matched, drafts: Drafts, rivals: Blockers) -> dict[str, Remedy]:
    """The anchors that do without an entry because somebody decided so, and how; changes ``drafts``.

    A decision counts as long as the other object is there. An object of ours that stood beside it goes, as one that is
    not selected any more. Where nobody decided, an object of ours that shares an address with another one by now is a
    conflict besides what else is planned for it: people find two entries, and mail may go to either. Whoever has moved
    and left an account or a mailbox behind needs no decision: that serves as their entry (``Rules.former``).
    """
    decisions: dict[str, Remedy] = {}
    for anchor in sorted(rivals):
        others = [(address, held) for address, held in rivals[anchor] if not _ours(held, situation)]
        if anchor in situation.undecided or not others:
            continue
        entry, own = situation.wanted[anchor], found.ours.get(anchor, ())
        remedy, how = situation.rules.resolutions.get(entry.address.address), f"decided for {entry.address}"
        if remedy is None and _own_old(entry, others, situation):
            remedy, how = Remedy.REUSE, "their own old object stands there since they moved"
        if remedy in _WITHOUT:
            decisions[anchor] = remedy
            note = f"{remedy.value}: {how}"
            drafts[anchor] = [
                step
                for held in own
                for step in (
                    [copy(held, situation.known(anchor))]
                    if situation.copied(held)
                    else unwanted(situation, held, Why.NOT_SELECTED, note=note)
                )
            ]
            continue
        has = None if anchor in found.settled else frozenset[str]().union(*(held.addresses for held in own))
        if shared := [held for address, held in others if has is None or address in has]:
            first = min(own, key=lambda held: held.key, default=None)
            drafts.setdefault(anchor, []).append(conflict(entry, Why.CLASH, shared, held=first))
    return decisions


def _ours(held: Held, situation: Situation) -> bool:
    return held.stamp is not None and held.stamp.sync == situation.rules.sync


def _own_old(entry: Entry, others: Sequence[tuple[str, Held]], situation: Situation) -> bool:
    """Whether all that is in the way is what the person had before they moved: a mailbox, or the mail user it became.

    A contact is none, whoever made it: on their own side people have accounts.
    """
    former = situation.rules.former.get(entry.address.address, frozenset())
    return all(
        held.stamp is None and held.form in (None, Form.MAIL_USER) and not former.isdisjoint(held.addresses)
        for _, held in others
    )
