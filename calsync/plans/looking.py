"""Says what somebody changed in one item since the ledger was written: at its origin, and at each of its copies."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from calsync.agreed import ANEW, Agreed, Link
from calsync.contents import content, digest, digests
from calsync.event_fields import AT
from calsync.items import Content, Fields, Item
from calsync.plans.details import FULL, NOTHING, labelled, level, masked, stricter, told, withdrawn
from calsync.plans.getting import NEVER, meant, ours, projected, shared, wanted, wearing
from calsync.plans.giving import NOT_GIVEN, Given, answered, given, left_out, outside, unanswered, withheld_as
from calsync.plans.merging import Edit
from calsync.plans.refusals import NOT_NOW
from calsync.plans.restoring import restored
from calsync.plans.situation import Situation
from calsync.plans.staying import staying
from calsync.rules import Gets

WITHHELD: Final = "somebody's own, which is not given any more, or not as much of it: left as it is"
"""In ``Link.left``: it stands for the item still, but nothing is read of it, or written to it."""


@dataclass(slots=True, kw_only=True)
class Look:
    """One item as this run saw it. ``links`` are those that stand, with what was seen of them; ``raw`` the fields by
    spoke of what was seen, ``changed`` the names of those that differ from the ledger. ``lost`` are links where nothing
    stands any more. ``given`` is what the origin gives, None where it was not asked, ``own`` what other
    spokes give of somebody's own that is no copy of ours. ``unseen`` is what those who
    changed something had not seen yet, as an edit of whoever made it. ``alone`` are the spokes of which something is
    not carried (:mod:`calsync.plans.staying`)."""

    agreed: Agreed
    links: dict[str, Link] = field(default_factory=dict)
    lost: dict[str, Link] = field(default_factory=dict)
    items: dict[str, Item] = field(default_factory=dict)
    raw: dict[str, Fields] = field(default_factory=dict)
    changed: dict[str, frozenset[str]] = field(default_factory=dict)
    given: Given | None = None
    own: dict[str, Given] = field(default_factory=dict)
    base: dict[str, str] = field(default_factory=dict)
    edits: list[Edit] = field(default_factory=list)
    unseen: Edit | None = None
    alone: set[str] = field(default_factory=set)

    @property
    def guarded(self) -> str:
        """Why the item may not be written at its origin."""
        origin = self.links.get(self.agreed.origin)
        return origin.guarded if origin else ""

    def withheld(self, spoke: str) -> bool:
        """Whether what stands there is somebody's own of which nothing may be read now."""
        link, told = self.agreed.links[spoke], self.own.get(spoke)
        return not link.made and (told.fields is None if told is not None else link.left == WITHHELD)


def look(situation: Situation, agreed: Agreed) -> Look:
    """What was seen of ``agreed``: what its origin gives now, and all changes that count."""
    found = Look(agreed=agreed)
    for spoke, link in agreed.links.items():
        if situation.gone(link) or not link.version:
            found.lost[spoke] = link
        else:
            found.links[spoke] = _seen(found, situation, link)
            if spoke in found.items and not link.made and spoke != agreed.origin:
                found.own[spoke] = _own(situation, found.items[spoke].content, found.raw[spoke], spoke)
    found.given = _given(situation, found)
    _answered(found)
    found.base = _base(situation, found)
    if level(found.base) != NOTHING:
        edits = (_edit(situation, found, spoke) for spoke in found.changed)
        found.edits = [edit for edit in edits if edit.values]
        found.unseen = _unseen(situation, found)
    return found


def behind(situation: Situation, agreed: Agreed, link: Link) -> frozenset[str]:
    """The fields that were still to be written there: whoever changed or removed what stands there did not see them."""
    ability, gets = situation.abilities.get(link.spoke), gets_of(situation, agreed, link)
    unwritten = link.left == NOT_NOW or (agreed.pending and not link.left)
    if not unwritten or ability is None or level(agreed.fields) == NOTHING:
        return frozenset()
    made = link.made and link.spoke != agreed.origin
    own = not link.made and link.spoke != agreed.origin
    shown = wanted(agreed.fields, gets, ability, situation.kind, made=made, own=own)[0]
    stands = digests(shown) if shown is not None else link.asked
    names = {*stands, *link.asked} if made else stands.keys()
    return frozenset(name for name in names if stands.get(name) != link.asked.get(name))


def went_back(situation: Situation, agreed: Agreed, link: Link) -> bool:
    """Whether what stands there was changed last, by its server's time, before what all agreed on, though that was read
    or written there: its server was restored from a backup."""
    item, at = situation.item(link), agreed.changed_at
    if item is None or at is None or item.changed_at is None or item.version == link.version:
        return False
    return item.changed_at < at and not behind(situation, agreed, link)


def gets_of(situation: Situation, agreed: Agreed, link: Link) -> Gets:
    """What may be done at the spoke of ``link`` with what stands there."""
    own = not link.made and link.spoke != agreed.origin
    return situation.gets_own(link.spoke) if own else situation.gets(link.spoke)


def less_given(situation: Situation, own: Content, raw: Fields, spoke: str) -> bool:
    """Whether less of somebody's own would be given than its spoke gives of any; ``raw`` are the fields of it."""
    return _own(situation, own, raw, spoke).fields is None


def _own(situation: Situation, own: Content, raw: Fields, spoke: str) -> Given:
    """What is given of somebody's own: as much as its spoke gives of any, or nothing."""
    gives = situation.gives(spoke)
    told = given(own, gives, situation.now, taken=True, fields=raw)
    less = told.fields is not None and gives is not None and level(told.fields) != gives.detail.value
    return Given(why=WITHHELD) if less else told


def _unseen(situation: Situation, found: Look) -> Edit | None:
    """What was agreed on before, of the fields that somebody changed who had not seen that."""
    agreed, names = found.agreed, set[str]()
    for edit in found.edits:
        names |= edit.values.keys() & behind(situation, agreed, agreed.links[edit.spoke])
    if not names:
        return None
    values = {name: found.base.get(name) for name in names}
    return Edit(spoke=agreed.by or agreed.origin, values=values, at=agreed.changed_at)


def _seen(found: Look, situation: Situation, link: Link) -> Link:
    item = situation.item(link)
    if item is None:
        return link
    raw = situation.fields(item)
    stood = digests(raw)
    names = frozenset(name for name in {*stood, *link.stood} if stood.get(name) != link.stood.get(name))
    found.items[link.spoke], found.raw[link.spoke], found.changed[link.spoke] = item, raw, names
    asked = {**link.asked, **dict.fromkeys(names - NEVER, ANEW)} if link.made else link.asked
    return replace(link, version=item.version, uid=item.uid, guarded=item.guarded, asked=asked, stood=stood)


def _given(situation: Situation, found: Look) -> Given | None:
    """What the origin gives; where it was not seen, and the rules may be others, what the ledger knows of it."""
    agreed, gives = found.agreed, situation.gives(found.agreed.origin)
    taken, narrower = level(agreed.fields) != NOTHING, situation.narrower.get(agreed.origin, frozenset())
    if agreed.origin in found.items:
        content_, raw = found.items[agreed.origin].content, found.raw[agreed.origin]
        content_ = unanswered(content_) if _shared(found) else content_
        return given(content_, gives, situation.now, taken=taken, narrower=narrower, fields=raw)
    if not situation.everything or agreed.ended:
        return None
    if gives is None:
        return Given(why=NOT_GIVEN)
    if level(agreed.fields) != FULL:
        beyond = outside(content(agreed.fields), gives, situation.now, narrower) if taken else None
        return beyond or Given(fields=labelled(agreed.fields, stricter(level(agreed.fields), gives.detail.value)))
    return given(content(agreed.fields), gives, situation.now, taken=True, narrower=narrower)


def _answered(found: Look) -> None:
    """Counts as changed what only an answer of its owner changed, where nobody but the origin may say anything of it:
    only who is asked answers, and what others are invited to is never written."""
    agreed, origin = found.agreed, found.agreed.origin
    if origin in found.items and found.given is not None and (found.guarded or agreed.links[origin].guarded):
        found.changed[origin] |= answered(agreed.fields, found.given)
    elif declined := _declined(found):
        asked = {name: each for name, each in found.links[origin].asked.items() if name not in declined}
        found.links[origin] = replace(found.links[origin], asked=asked)


def _declined(found: Look) -> frozenset[str]:
    """The occurrences that the origin declined, as the ledger tells, and that somebody else attends: nobody is without
    them any more."""
    if found.given is not None or not found.guarded or not _shared(found):
        return frozenset()
    return left_out(found.agreed.fields, found.links[found.agreed.origin].stood)


def _shared(found: Look) -> bool:
    """Whether somebody else's own stands for the item, too: what one of them declines, the other may attend."""
    origin = found.agreed.origin
    return any(not link.made and spoke != origin and not found.withheld(spoke) for spoke, link in found.links.items())


def _base(situation: Situation, found: Look) -> dict[str, str]:
    """What all had agreed on, as far as the origin gives it now; with what it gives for the first time."""
    before, now = found.agreed.fields, found.given
    if now is None:
        declined = _declined(found)
        return {name: text for name, text in before.items() if name not in declined}
    if now.fields is None:
        return withdrawn(before, situation.kind)
    was, at = level(before), level(now.fields)
    if was == NOTHING:
        return dict(now.fields)
    fresh = {name: now.fields[name] for name in now.fields if not told(name, was, situation.kind)}
    fresh |= {name: now.fields[name] for name in now.withheld}
    if was != at and stricter(was, at) == was:
        fresh |= {name: text for name, text in now.fields.items() if name.startswith(AT)}
    return labelled(masked(before, at, situation.kind) | fresh, at)


def _edit(situation: Situation, found: Look, spoke: str) -> Edit:
    agreed, item = found.agreed, found.items[spoke]
    if spoke in situation.refill and went_back(situation, agreed, agreed.links[spoke]):
        values: Mapping[str, str | None] = {}
    elif spoke == agreed.origin:
        values = _of_origin(situation, found)
    elif (
        not _silent(found, spoke)
        and not situation.blind(agreed, agreed.links[spoke])
        and situation.counts(agreed, spoke, guarded=found.guarded)
    ):
        values = _of_copy(situation, found, spoke)
    else:
        values = {}
    values = {name: value for name, value in values.items() if value != found.base.get(name)}
    if values and found.links[spoke].made and spoke != agreed.origin:
        stays = staying(found.base, values, situation.gives(agreed.origin), situation.now)
        found.alone |= {spoke} if stays != values else set()
        values = {name: value for name, value in stays.items() if value != found.base.get(name)}
    return Edit(spoke=spoke, values=values, at=item.changed_at)


def _silent(found: Look, spoke: str) -> bool:
    """Whether nothing is read of it in this run; what is given again stands for itself first."""
    return found.withheld(spoke) or found.agreed.links[spoke].left == WITHHELD


def _of_origin(situation: Situation, found: Look) -> Mapping[str, str | None]:
    now, before = found.given, found.agreed.fields
    if now is None or now.fields is None:
        return {}
    at = stricter(level(before), level(now.fields))
    names = {name for name in found.changed[found.agreed.origin] if told(name, at, situation.kind)}
    names |= now.withheld
    if situation.everything:  # what was withheld, and is not any more
        names |= {name for name, text in now.fields.items() if before.get(name) in withheld_as(name, text)}
    return {name: now.fields.get(name) for name in names}


def _of_copy(situation: Situation, found: Look, spoke: str) -> Mapping[str, str | None]:
    """What a copy's changes mean for the item; without those of which only the rules, or its origin, decide, and what
    only looks like one, since nobody heard of it when it was written by the rules of now."""
    agreed, link, own = found.agreed, found.links[spoke], found.own.get(spoke, Given())
    now, origin = gets_of(situation, agreed, link), found.links.get(agreed.origin)
    then, raw = wearing(now, link.worn), own.fields or found.raw[spoke]
    values: dict[str, str | None] = {}
    whole, shown = _shown_there(situation, found, spoke, then)
    ours_now = (_shown_there(situation, found, spoke, now)[1] or {}) if then != now else {}
    told = _withheld(found) if link.made else frozenset()
    for name in sorted(found.changed[spoke] - agreed.cut - found.items[spoke].cut - own.withheld - told):
        hidden = name.startswith(AT) and level(found.base) != FULL and origin is not None and name in origin.stood
        if hidden or ours(name, found.base, then, situation.kind, own=not link.made):
            continue
        if then != now and raw.get(name) == ours_now.get(name):
            continue
        means: tuple[str, str | None] | None = name, raw.get(name)
        if shown is not None and digest(whole.get(name)) != agreed.links[spoke].asked.get(name, b""):
            means = restored(name, raw.get(name), whole, shown)
        if means is not None and means[0] not in agreed.cut:
            place, text = means
            put_on = link.made or place.startswith(AT)
            values[place] = meant(place, text, found.base, then=then, now=now) if put_on else text
    return values


def _withheld(found: Look) -> frozenset[str]:
    """The occurrences of which the origin tells less than they are: nobody who changes one knows what it is."""
    return found.given.withheld if found.given is not None else frozenset()


def _shown_there(situation: Situation, found: Look, spoke: str, gets: Gets) -> tuple[Fields, Fields | None]:
    """What was to stand at the spoke by the rules ``gets``, and as much of it as it holds; None where it holds nothing
    of it."""
    ability, link, fields = situation.abilities.get(spoke), found.links[spoke], found.agreed.fields
    if ability is None or level(fields) == NOTHING or not found.changed[spoke]:
        return {}, None
    kind = situation.kind
    whole = projected(fields, gets, kind) if link.made else shared(fields, gets, kind, own=True)
    return whole, wanted(fields, gets, ability, kind, made=link.made, own=not link.made)[0]
