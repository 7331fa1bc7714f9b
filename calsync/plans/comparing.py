"""Compares what stands at a spoke with what shall stand there, and plans the change."""

from dataclasses import replace
from typing import Final

from calsync.agreed import Link
from calsync.contents import content, digests
from calsync.event_fields import AT, FRAME
from calsync.items import Fields
from calsync.plans.asked import asked_of
from calsync.plans.draft import MAY_NOT_CHANGE, Draft
from calsync.plans.getting import worn
from calsync.plans.looking import less_given
from calsync.plans.marks import with_marks
from calsync.plans.refusals import PART, barred, first_part, said
from calsync.plans.remembering import stood_before
from calsync.plans.shielding import HOLDS, held_back, stands_as_agreed
from calsync.spoke import Act
from calsync.steps import Step, Why

_UNREADABLE: Final = "cannot be read, so it is not written"


def compare(draft: Draft, link: Link, shown: Fields, *, made: bool) -> None:
    """Plans an UPDATE of what stands where ``link`` is, as far as it is not ``shown`` and may be written; ``made``: it
    is a copy of ours."""
    spoke, situation, unsure = link.spoke, draft.situation, frozenset[str]()
    if made:
        shown, unsure = with_marks(situation, draft.look, draft.agreed, link, shown)
    link, differ = _differing(draft, link, shown, made=made)
    wears = worn(situation.gets(spoke)) if made else ""
    if not differ:
        wears = link.worn if link.barred else wears  # what was refused stands there still as it was written before
        draft.links[spoke] = replace(link, left=said(link.left, link.barred), worn=wears)
        return
    if not (differ := _writable(draft, link, differ, made=made)):
        return
    if not unsure.isdisjoint(differ) or (unsure and not FRAME.isdisjoint(differ)):
        _ask(draft, link)
        return
    if made and not FRAME.isdisjoint(differ):  # of all else its spoke keeps what nobody changed as it stands there
        differ |= {name for name in {*digests(shown), *link.stood} if name.startswith(AT)}
    if link.left.startswith(PART):
        part = first_part(differ)
        wears = wears if part == differ else link.worn
        draft.waits, differ = draft.waits or part != differ, part
    else:
        link = replace(link, left=said(link.left, link.barred))
    draft.links[spoke] = link
    step = Step(act=Act.UPDATE, why=_why(draft, spoke, differ), item=draft.agreed.id, spoke=spoke, fields=shown)
    before = stood_before(situation, draft.look, link)
    draft.steps.append(replace(step, changes=frozenset(differ), link=link, before=before, worn=wears))
    if not made and not draft.is_origin(spoke):  # whether it is given still shows when it was written, and is read
        draft.waits = draft.waits or less_given(situation, content(shown), shown, spoke)


def looked(draft: Draft, link: Link, differ: set[str]) -> bool:
    """Whether it is known what a write of ``differ`` would befall at what is no copy of ours; else it waits until it
    was seen."""
    if link.spoke in draft.look.items:
        return True
    cut = draft.agreed.cut if draft.is_origin(link.spoke) else link.stood.keys()
    if stands_as_agreed(link, draft.look.agreed.fields, differ, cut):
        return True
    _ask(draft, link)
    return False


def _ask(draft: Draft, link: Link) -> None:
    """Nothing is written there before it was seen."""
    draft.waits = True
    draft.asks.append((link.spoke, link.key))


def _differing(draft: Draft, link: Link, shown: Fields, *, made: bool) -> tuple[Link, set[str]]:
    """The link with what was asked there last, and the fields that are another now; without what the spoke refused."""
    spoke, look = link.spoke, draft.look
    link = draft.links[spoke] = replace(link, asked=asked_of(draft, link, shown, made=made))
    stands = digests(shown)
    differ = {name for name in {*stands, *link.asked} if stands.get(name, b"") != link.asked.get(name, b"")}
    differ -= look.items[spoke].cut if spoke in look.items else frozenset()
    differ -= draft.agreed.cut if draft.is_origin(spoke) else frozenset()
    refused = frozenset[str]() if spoke in draft.situation.retry else barred(link, stands, differ)
    return replace(link, barred={name: link.barred[name] for name in refused}), differ - refused


def _writable(draft: Draft, link: Link, differ: set[str], *, made: bool) -> set[str]:
    """What of ``differ`` is written now; of the rest it is noted why not."""
    spoke, situation = link.spoke, draft.situation
    if link.key in situation.unread.get(spoke, ()):
        draft.leave(spoke, _UNREADABLE)
        draft.waits = True
        return set()
    if not (differ := _not_held_back(draft, link, differ, made=made)):
        return set()
    if why := draft.hindrance(link, allowed=situation.gets(spoke).change, words=MAY_NOT_CHANGE):
        draft.leave(spoke, why)
        return set()
    return differ if made or looked(draft, link, differ) else set()


def _not_held_back(draft: Draft, link: Link, differ: set[str], *, made: bool) -> set[str]:
    """What of ``differ`` may be written: to what is no copy of ours nothing that it holds back, and no other times
    of a series that holds anything back."""
    if made or link.spoke not in draft.look.items:
        return differ
    holds = held_back(draft.situation, draft.look, link.spoke)
    if holds and not FRAME.isdisjoint(differ):
        draft.leave(link.spoke, HOLDS)
        return set()
    return differ - holds


def _why(draft: Draft, spoke: str, differ: set[str]) -> Why:
    look, everything = draft.look, draft.situation.everything
    if not draft.live:
        return draft.withdrawn
    if not differ.isdisjoint(draft.disputed.get(spoke, ())):
        return Why.CONFLICT
    if look.edits or (look.agreed.fields != draft.agreed.fields and not everything):
        return Why.CHANGED
    if spoke in look.changed and not differ.isdisjoint(look.changed[spoke]):
        return Why.PUT_BACK
    return Why.RULES if everything else Why.CHANGED
