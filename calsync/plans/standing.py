"""Says for one item and each spoke what has to be done there, from what shall stand there and what was asked last."""

from dataclasses import replace
from typing import Final

from calsync.agreed import Link
from calsync.event_fields import FRAME
from calsync.items import Fields
from calsync.plans.comparing import compare, looked
from calsync.plans.details import NOTHING, level
from calsync.plans.draft import Draft
from calsync.plans.getting import wanted, worn
from calsync.plans.looking import WITHHELD, gets_of
from calsync.plans.refusals import NOT_NOW, REFUSED, kept, said
from calsync.plans.removing import let_go, removed
from calsync.spoke import Act
from calsync.steps import Step, Why

_PARTLY: Final = "a part of it, as before"


def everywhere(draft: Draft) -> None:
    """Fills in what becomes of the item at each spoke: ``steps``, ``left``, ``waits``, ``links`` and the rest."""
    lost = {name: link for name, link in draft.look.lost.items() if draft.live or link.key}  # or was never made
    away = {name: kept(link) for name, link in lost.items() if name not in draft.situation.abilities}
    draft.links = {name: replace(link, version="", left=away.get(name, "")) for name, link in lost.items()}
    draft.links |= {name: _not_waiting(draft, link) for name, link in draft.look.links.items()}
    for spoke in draft.situation.rules.spokes:
        if draft.live:
            _live(draft, spoke.name)
        else:
            removed(draft, spoke.name)
    if not draft.live:
        let_go(draft)
    made = {step.spoke for step in draft.steps}
    draft.links = {name: link for name, link in draft.links.items() if link.key or link.left or name in made}


def _live(draft: Draft, spoke: str) -> None:
    """What becomes at one spoke of an item that shall stand there."""
    link = draft.links[spoke] if spoke in draft.look.links else None
    situation, gets = draft.situation, draft.situation.gets(spoke)
    ability = situation.abilities.get(spoke)
    if ability is None:
        draft.waits = draft.waits or _may_wait(draft, spoke)
        return
    made = not draft.is_origin(spoke) and (link is None or link.made)
    own = link is not None and not made and not draft.is_origin(spoke)
    if link is not None and own:
        if _withheld(draft, link):
            return
        gets = gets_of(situation, draft.agreed, link)
    shown, why = wanted(draft.agreed.fields, gets, ability, situation.kind, made=made, own=own)
    if shown is None:
        if link is None or made or looked(draft, link, set(FRAME)):
            draft.leave(spoke, why)
    elif link is not None:
        compare(draft, link, shown, made=made)
    elif gets.create and not ability.writable:
        draft.leave(spoke, NOT_NOW)
    elif gets.create and not _refused(draft, spoke):
        _create(draft, spoke, shown)


def _not_waiting(draft: Draft, link: Link) -> Link:
    """``link`` without a word that its spoke cannot be written: whether that still matters is found out now."""
    if link.left != NOT_NOW or link.spoke not in draft.situation.abilities:
        return link
    return replace(link, left=said(REFUSED + _PARTLY, link.barred))


def _withheld(draft: Draft, link: Link) -> bool:
    """Whether nothing is written to somebody's own: it is not given, or is again, and then stands for itself."""
    if draft.look.withheld(link.spoke):
        draft.links[link.spoke] = replace(link, left=WITHHELD)
        return True
    if link.left == WITHHELD:
        draft.free(link.spoke)
        draft.waits = True  # whether it is the same still, or a copy is to be made beside it, the next run finds out
        return True
    return False


def _may_wait(draft: Draft, spoke: str) -> bool:
    """Whether something may have to be done at a spoke that takes no part now."""
    before, now = draft.look.agreed, draft.agreed
    changed = draft.new or before.pending or before.fields != now.fields or before.ended != now.ended
    return changed and (spoke in draft.links or draft.situation.gets(spoke).create)


def _refused(draft: Draft, spoke: str) -> bool:
    """Whether the spoke refused to take just this before, and nobody asked for another try."""
    situation, lost, before = draft.situation, draft.look.lost.get(spoke), draft.look.agreed
    words = kept(lost) if lost is not None else ""
    if not words or words == NOT_NOW or before.fields != draft.agreed.fields:
        return False
    if situation.everything or spoke in situation.retry:
        return False
    draft.links[spoke] = replace(draft.links[spoke], left=words)
    return True


def _create(draft: Draft, spoke: str, shown: Fields) -> None:
    before, stood = draft.look.agreed, draft.look.lost.get(spoke)
    was = bool(stood and stood.key) and not before.ended and level(before.fields) != NOTHING
    why = Why.CONFLICT if spoke in draft.revived else Why.LOST if was else draft.fresh
    wears = worn(draft.situation.gets(spoke)) if not draft.is_origin(spoke) else ""
    step = Step(act=Act.CREATE, why=why, item=draft.agreed.id, spoke=spoke, fields=shown, worn=wears)
    draft.steps.append(replace(step, link=draft.links.get(spoke)))
