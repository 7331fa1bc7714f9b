"""Plans what becomes of copies whose item is gone, or is not given any more; and of somebody's own beside them."""

from dataclasses import replace

from calsync.agreed import Link
from calsync.plans.comparing import compare
from calsync.plans.details import BUSY, DETAIL, labelled
from calsync.plans.draft import MAY_NOT_DELETE, Draft
from calsync.plans.getting import wanted
from calsync.plans.linking import same_uid
from calsync.plans.refusals import NOT_NOW, refused_removal
from calsync.plans.remembering import stood_before
from calsync.spoke import Act
from calsync.steps import Step, Why


def removed(draft: Draft, spoke: str) -> None:
    """A copy goes with its original. What is not ours goes only where the item itself was removed."""
    link, situation = draft.links.get(spoke), draft.situation
    if link is None or spoke not in draft.look.links or _stays(draft, link):
        return
    if draft.is_origin(spoke) and not draft.agreed.ended:
        return
    if spoke not in situation.abilities or link.key in situation.unread.get(spoke, ()):
        draft.waits = True
        return
    if why := draft.hindrance(link, allowed=situation.gets(spoke).delete, words=MAY_NOT_DELETE):
        if why == MAY_NOT_DELETE and _written_down(draft, link):
            return
        draft.leave(spoke, why)
        if not link.made and why != NOT_NOW:  # what only cannot be removed now goes when it can
            draft.free(spoke)
        return
    if _refused_before(draft, link):
        draft.leave(spoke, link.left)
        return
    link = draft.links[spoke] = replace(link, left="", barred={})  # what its removal says is told by itself
    gone = Why.GONE if draft.agreed.by in ("", draft.agreed.origin) else Why.REMOVED
    why_removed = gone if draft.agreed.ended else draft.withdrawn
    before = stood_before(situation, draft.look, link)
    step = Step(act=Act.DELETE, why=why_removed, item=draft.agreed.id, spoke=spoke, link=link, before=before)
    draft.steps.append(step)


def let_go(draft: Draft) -> None:
    """Somebody's own stands for itself once all copies are gone: until then an edit of one of these may bring the
    item back, of which it is still another."""
    own = [spoke for spoke, link in draft.look.links.items() if spoke in draft.links and _stays(draft, link)]
    if own and draft.agreed.ended and (draft.steps or draft.waits or draft.held_up):
        draft.waits = draft.waits or bool(draft.steps)
        return
    for spoke in own:
        draft.free(spoke)


def _refused_before(draft: Draft, link: Link) -> bool:
    """Whether the spoke refused to remove just this, nobody changed it since, and nobody asked for another try."""
    situation, spoke = draft.situation, link.spoke
    changed = link.version != draft.look.agreed.links[spoke].version
    return refused_removal(link) and not (changed or situation.everything or spoke in situation.retry)


def _stays(draft: Draft, link: Link) -> bool:
    """Whether it is somebody's own, which does not go with the original."""
    return not draft.is_origin(link.spoke) and not link.made and not _goes(draft, link)


def _goes(draft: Draft, link: Link) -> bool:
    """Whether somebody's own goes with the original: it is the very one, by its UID, and is given."""
    agreed = draft.agreed
    return agreed.ended and not link.copies and same_uid(agreed, link) and not draft.look.withheld(link.spoke)


def _written_down(draft: Draft, link: Link) -> bool:
    """Whether a copy of what is not given any more, which may be changed and not removed, is still to be written
    down to its times alone."""
    fields, spoke, situation = draft.agreed.fields, link.spoke, draft.situation
    ability, gets = situation.abilities[spoke], situation.gets(spoke)
    if draft.agreed.ended or not link.made or not gets.change or fields.keys() <= {DETAIL}:
        return False
    shown, _ = wanted(labelled(fields, BUSY), gets, ability, situation.kind, made=True)
    before = len(draft.steps)
    if shown is not None:
        compare(draft, link, shown, made=True)
    written = len(draft.steps) > before
    draft.waits = draft.waits or written  # afterwards it is told that it stands there still
    return written
