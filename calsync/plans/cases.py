"""Says for one item of a hub what has to be done, from what its ledger knows and what was seen of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from calsync.agreed import Agreed, Aside
from calsync.contents import content, title
from calsync.items import Fields
from calsync.plans.details import NOTHING, labelled, level, stricter
from calsync.plans.draft import Draft
from calsync.plans.fingerprints import fingerprint, shadow
from calsync.plans.giving import given
from calsync.plans.identity import beside_id
from calsync.plans.linking import bare, same_uid
from calsync.plans.looking import Look, behind, look
from calsync.plans.merging import HUB, Lost, Merged, merged
from calsync.plans.naming import named
from calsync.plans.pictures import freed
from calsync.plans.refusals import NOT_NOW, undone
from calsync.plans.shielding import HOLDS, agreed_on
from calsync.plans.situation import Situation
from calsync.plans.standing import everywhere
from calsync.plans.staying import STAYS
from calsync.rules import Conflict
from calsync.steps import GONE_FIRST, Clash, Decision, Left, Why

REMOVED: Final = "removed"
"""In Clash.what: one spoke changed an item that another one removed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What comes of one item: its decision (None where nothing is to be kept), versions that are kept beside it as
    items of their own, the asides of what is not given any more, or has to be looked at by itself, and what has to be
    seen first (calsync.steps.Plan.asks)."""

    decision: Decision | None
    beside: Sequence[Agreed] = ()
    asides: Sequence[Aside] = ()
    asks: Sequence[tuple[str, str]] = ()


@dataclass(slots=True, kw_only=True)
class _Fate:
    """Whether the item goes on. ``revived`` are spokes where something was removed that others had changed."""

    ended: bool
    by: str = ""
    revived: frozenset[str] = frozenset()
    clashes: list[Clash] = field(default_factory=list)


def decide(
    situation: Situation, agreed: Agreed, *, known: Agreed | None, fresh: Why = Why.NEW, clashes: Sequence[Clash] = ()
) -> Case:
    """What has to be done about ``agreed``, which the ledger has as ``known``; ``fresh`` is why it is new to others::

    origin             copy         ledger
    new                none         none      CREATE wherever the hub may: NEW
    changed            as it was    linked    UPDATE the copies: CHANGED
    as it was          changed      linked    counts: UPDATE the origin and the other copies: CHANGED
                                              else UPDATE the copy: PUT_BACK
    changed            changed      linked    by field; of one field the rules choose: CONFLICT, and a Clash
    gone               as it was    linked    DELETE the copies: GONE; those that have to stay: ended
    gone               changed      linked    counts: CREATE at the origin: CONFLICT; else as if it had not changed
    as it was          gone         linked    counts: DELETE the origin and the other copies: REMOVED
                                              else CREATE the copy: LOST
    changed            gone         linked    CREATE the copy: CONFLICT
    not given any more any          linked    DELETE the copies: WITHDRAWN
    other rules        as it was    linked    UPDATE: RULES; CREATE: NEW
    ended, gone        any          linked    DELETE what is left, as soon as it may be: GONE
    ended, there       gone         linked    DELETE the origin, unless it was changed: GONE
    """
    seen = look(situation, agreed)
    result, refused = agreed_on(situation, seen)
    fate = _fate(situation, seen, result)
    after = _agreed(situation, seen, result, fate)
    draft = Draft(
        situation=situation,
        look=seen,
        agreed=after,
        live=not after.ended and level(after.fields) != NOTHING,
        fresh=fresh,
        disputed=_disputed(result.lost),
        revived=fate.revived,
        new=known is None,
    )
    everywhere(draft)
    draft.left += _not_carried(seen, refused=refused)
    draft.waits = draft.waits or _asks_origin(situation, seen, draft)
    after = replace(after, links=draft.links, pending=bool(draft.steps) or draft.waits)
    rule = situation.rules.conflicts.value
    clashes = [*clashes, *(_clash(agreed.id, each, result.fields, rule) for each in result.lost), *fate.clashes]
    freed_ = (freed(situation, seen.agreed, link, ended=after.ended) for link in draft.freed)
    return Case(
        decision=_decision(situation, after, draft, clashes, known=known),
        beside=_beside(situation, seen, result),
        asides=[*_aside(situation, seen), *freed_],
        asks=draft.asks,
    )


def _not_carried(seen: Look, *, refused: bool) -> list[Left]:
    item = seen.agreed
    found = [Left(item=item.id, spoke=spoke, words=STAYS) for spoke in sorted(seen.alone)]
    return [*found, Left(item=item.id, spoke=item.origin, words=HOLDS)] if refused else found


def _decision(
    situation: Situation, after: Agreed, draft: Draft, clashes: Sequence[Clash], *, known: Agreed | None
) -> Decision | None:
    if not draft.steps and bare(after):
        return Decision(item=after.id, agreed=None, clashes=clashes) if known is not None else None
    told = bool(draft.steps or clashes or (draft.left and situation.everything))
    if after == known and not told:
        return None
    return Decision(
        item=after.id,
        agreed=after,
        steps=draft.steps,
        clashes=clashes,
        left=draft.left,
        waits=draft.waits,
    )


def _agreed(situation: Situation, seen: Look, result: Merged, fate: _Fate) -> Agreed:
    before, by = seen.agreed, result.by
    fields = labelled(result.fields, level(seen.base))
    origin, anew = seen.items.get(before.origin), fields != before.fields or situation.everything
    return replace(
        before,
        fields=fields,
        cut=origin.cut if origin else before.cut,
        ended=fate.ended,
        print=fingerprint(fields, situation.rules) if anew else before.print,
        shadow=shadow(fields, situation.rules) if anew else before.shadow,
        by=fate.by or (by.spoke if by else before.by),
        changed_at=by.at if by else before.changed_at,
    )


def _asks_origin(situation: Situation, seen: Look, draft: Draft) -> bool:
    """Whether a change at a copy made something of it that its origin does not give, or not as much of: that shows when
    it was written there, and is read."""
    after, before = draft.agreed, seen.agreed
    at, written = level(after.fields), any(step.spoke == after.origin for step in draft.steps)
    if not draft.live or not (written or before.pending or after.fields != before.fields):
        return False
    told = given(content(after.fields), situation.gives(after.origin), situation.now, taken=True)
    return told.fields is None or stricter(at, level(told.fields)) != at


def _fate(situation: Situation, seen: Look, result: Merged) -> _Fate:
    """An edit beats a removal; a removal that does not count is none."""
    agreed, origin = seen.agreed, seen.agreed.origin
    if agreed.ended:
        return _fate_of_ended(situation, seen)
    lost = {spoke for spoke, link in seen.lost.items() if link.version}
    late = {spoke for spoke in lost if behind(situation, agreed, seen.lost[spoke])}  # it was not this they removed
    if origin in lost:
        edits = [edit for edit in seen.edits if edit.spoke != origin]
        if (edits or origin in late) and situation.gets(origin).create and situation.writable(origin):
            winner = edits[0].spoke if edits else agreed.by
            clash = _removal(agreed, result.fields, winner=winner, loser=origin)
            return _Fate(ended=False, revived=frozenset({origin}), clashes=[clash])
        beaten = [Lost(name=name, edit=edit, winner=origin) for edit in edits for name in edit.values]
        return _Fate(ended=True, by=origin, clashes=[_clash(agreed.id, each, {}, GONE_FIRST) for each in beaten])
    known = (spoke for spoke in sorted(lost) if not situation.blind(agreed, seen.lost[spoke]))
    counts = (spoke for spoke in known if seen.lost[spoke].made or _the_very_one(seen, spoke))
    removed = [spoke for spoke in counts if situation.removes(agreed, spoke, guarded=seen.guarded)]
    if not removed or level(seen.base) == NOTHING:
        return _Fate(ended=False)
    if not seen.edits and not late.issuperset(removed):
        return _Fate(ended=True, by=removed[0])
    winner = seen.edits[0].spoke if seen.edits else agreed.by
    told = [_removal(agreed, result.fields, winner=winner, loser=spoke) for spoke in removed]
    return _Fate(ended=False, revived=frozenset(removed), clashes=told)


def _the_very_one(seen: Look, spoke: str) -> bool:
    """Whether somebody's own that was removed there is the item itself, and not another that only looks like it."""
    return same_uid(seen.agreed, seen.lost[spoke]) and not seen.withheld(spoke)


def _fate_of_ended(situation: Situation, seen: Look) -> _Fate:
    """It stays ended, unless somebody changed it before everything of it was removed, or its origin has to stay."""
    agreed, origin = seen.agreed, seen.agreed.origin
    if origin in seen.links:
        gets = situation.gets(origin)
        stays = bool(seen.guarded) or not gets.delete or not situation.writable(origin)
        return _Fate(ended=not (seen.edits or stays))
    may = undone(agreed) and situation.gets(origin).create and situation.writable(origin)
    edits = [edit for edit in seen.edits if may and seen.links[edit.spoke].left in ("", NOT_NOW)]
    clashes = [_removal(agreed, agreed.fields, winner=edit.spoke, loser=origin) for edit in edits[:1]]
    return _Fate(ended=not edits, revived=frozenset({origin}) if edits else frozenset(), clashes=clashes)


def _removal(agreed: Agreed, fields: Fields, *, winner: str, loser: str) -> Clash:
    return Clash(item=agreed.id, what=REMOVED, winner=winner, loser=loser, kept=title(fields), lost="")


def _clash(item: str, lost: Lost, fields: Fields, rule: str) -> Clash:
    value = lost.edit.values[lost.name] or ""
    kept = fields.get(lost.name, "")
    return Clash(item=item, what=lost.name, winner=lost.winner, loser=lost.edit.spoke, kept=kept, lost=value, rule=rule)


def _disputed(lost: Sequence[Lost]) -> Mapping[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    for each in lost:
        found[each.edit.spoke] = found.get(each.edit.spoke, frozenset()) | {each.name}
    return found


def _beside(situation: Situation, seen: Look, result: Merged) -> list[Agreed]:
    """The versions that did not stay, as items of their own, where the rules want both."""
    if situation.rules.conflicts is not Conflict.BOTH:
        return []
    found = []
    for edit in {lost.edit.spoke: lost.edit for lost in result.lost if lost.winner != HUB}.values():
        fields = merged(seen.base, [edit], situation.rules).fields
        places = [edit.spoke, *(spoke.name for spoke in situation.rules.spokes)]
        origin = next((place for place in places if situation.gets(place).create), None)
        if origin is not None and fields != result.fields:
            made = beside_id(seen.agreed.id, edit.spoke, fields)
            found.append(Agreed(id=made, origin=origin, fields=fields, links={}, by=edit.spoke, changed_at=edit.at))
    return found


def _aside(situation: Situation, seen: Look) -> list[Aside]:
    """Why an item is not given any more, told of what stands at its origin."""
    item, given = seen.items.get(seen.agreed.origin), seen.given
    if item is None or given is None or given.fields is not None or seen.agreed.ended:
        return []
    place = seen.agreed.origin
    told = named(item.content, seen.raw[place], situation.gives(place))
    return [Aside(spoke=place, key=item.key, version=item.version, why=given.why, title=told, due=given.due)]
