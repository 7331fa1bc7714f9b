"""Links copies that bear a stamp of ours again, and says which of them are second copies, or stand for themselves."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, TypeAlias

from calsync.agreed import Agreed, Aside, Link
from calsync.contents import digests
from calsync.items import Fields, Item
from calsync.plans.details import labelled, level
from calsync.plans.doubled import DOUBLED, doubled
from calsync.plans.fingerprints import fingerprint, outline
from calsync.plans.found import GOES, Found
from calsync.plans.getting import carried, ours, wanted
from calsync.plans.joining import relinked
from calsync.plans.situation import ALWAYS
from calsync.plans.unmarked import lacking
from calsync.steps import Left

TWIN: Final = "bears the stamp of another copy that stands here: somebody copied it"
ORPHAN: Final = "is a copy of ours of something that nobody knows any more"
ADOPTED: Final = "is a copy of ours of something that nobody knows any more: it is an item of its own from now on"
Marked: TypeAlias = Mapping[str, Sequence[tuple[str, Item]]]
"""By the id in its stamp each new item with a stamp of ours, and where it is."""


def relink(found: Found, marked: Marked, whole: frozenset[str], asides: Mapping[tuple[str, str], Aside]) -> None:
    """Each of ``marked`` becomes a link again, goes as a second copy, or is left aside; ``whole`` are the spokes that
    were read whole, ``asides`` as of calsync.plans.plan.plan."""
    for made, copies in sorted(marked.items(), key=lambda each: each[0] not in found.items):  # known ones first
        everywhere = _everywhere(found, copies)
        named = any((before := asides.get((spoke, item.key))) and before.why == ORPHAN for spoke, item in copies)
        adopted = (everywhere or named) and made not in found.items and _adopt(found, made, copies, whole)
        if made not in found.items:
            for spoke, item in copies:
                _orphaned(found, spoke, item)
            continue
        for spoke, item in copies:
            link = found.items[made].links.get(spoke)
            if _is_another(found, made, spoke, item, copies):
                continue
            if link is None or not link.version or found.situation.gone(link):
                found.put(*relinked(found.situation, found.items[made], spoke, item))
            elif link.key != item.key:
                _twin(found, made, link, item, asides.get((spoke, item.key)))
        if adopted:  # whoever else has the same, is the same
            found.index(found.items[made])
        if adopted and not everywhere:
            found.adopted += [spoke for spoke, _ in copies]
            told = [Left(item=made, spoke=spoke, words=ADOPTED) for spoke, _ in copies]
            found.notes.setdefault(made, []).extend(told)


def _orphaned(found: Found, spoke: str, item: Item) -> None:
    """A copy of what nobody knows any more stands for what looks just so and has no copy there yet: a ledger was lost,
    and somebody else who has the same was read before."""
    if same := lacking(found, spoke, item):
        found.put(*relinked(found.situation, found.items[same], spoke, item))
        return
    found.aside(spoke, item, ORPHAN, ALWAYS)
    found.orphans |= {outline(found.situation.fields(item), found.situation.rules)} - {b""}


def _everywhere(found: Found, copies: Iterable[tuple[str, Item]]) -> bool:
    """Whether there is a copy wherever any is made: its original was one as well, made again at its origin. Of what was
    deleted at its origin, there is none there."""
    places = {spoke for spoke, _ in copies}
    return all(spoke.name in places for spoke in found.situation.rules.spokes if spoke.gets.create)


def _adopt(found: Found, made: str, copies: Iterable[tuple[str, Item]], whole: frozenset[str]) -> bool:
    """Whether copies stand for an item of their own, since nothing else is left of it anywhere."""
    situation = found.situation
    if any(spoke.name not in whole for spoke in situation.rules.spokes):
        return False
    for spoke, item in copies:
        told = found.given(spoke, item, taken=True).fields
        if told is not None:
            gets, kind = situation.gets(spoke), situation.kind
            plain = {
                name: carried(name, text, told, gets) for name, text in told.items() if not ours(name, told, gets, kind)
            }
            fields = labelled({name: text for name, text in plain.items() if text is not None}, level(told))
            if _stands(found, spoke, fields):
                return False
            found.items[made] = found.new(Agreed(id=made, origin=spoke, fields=fields, links={}))
            return True
    return False


def _stands(found: Found, spoke: str, fields: Fields) -> bool:
    """Whether the same stands there by another name: then this one was to go, and others were invited to it before."""
    alike = found.prints.get(fingerprint(fields, found.situation.rules), ())
    return any(spoke in found.items[made].links for made in alike)


def _is_another(found: Found, made: str, spoke: str, item: Item, copies: Iterable[tuple[str, Item]]) -> bool:
    """Whether it is the copy of another spoke: it is left alone, for it is no second one, and would be missed there."""
    second = _is_second(found, made, spoke, item)
    told = doubled(found.situation, found.items[made], spoke, item)
    if told is not None and (second or told.sure):
        found.doubled.append(told)
    elif (
        item.uid
        or not second
        or not any(other != spoke and _is_second(found, made, other, one) for other, one in copies)
    ):  # without a UID, and with one too many at two spokes, each may be that of the other
        return False
    found.aside(spoke, item, DOUBLED, ALWAYS)
    return True


def _is_second(found: Found, made: str, spoke: str, item: Item) -> bool:
    link = found.items[made].links.get(spoke)
    return link is not None and bool(link.version) and link.key != item.key and not found.situation.gone(link)


def _twin(found: Found, made: str, link: Link, item: Item, before: Aside | None) -> None:
    """A second copy goes where it is just what the first one is (or, where that is somebody's own, just what we
    wrote), or was when its removal was planned, which did not come to pass; else somebody made something else of it."""
    situation, spoke, stands = found.situation, link.spoke, found.situation.fields(item)
    now = situation.item(link)
    same = digests(stands) == (digests(situation.fields(now)) if now else link.stood)
    if not link.made and spoke in situation.abilities:
        gets, ability = situation.gets(spoke), situation.abilities[spoke]
        same = stands == wanted(found.items[made].fields, gets, ability, situation.kind, made=True)[0]
    planned = before is not None and (before.why, before.version) == (GOES, item.version)
    goes = (same or planned) and not item.guarded and situation.gets(spoke).delete
    if goes and found.removable(spoke):
        twin = Link(spoke=spoke, key=item.key, version=item.version, uid=item.uid, made=True)
        found.remove(made, twin, item)
    else:
        found.aside(spoke, item, GOES if goes else TWIN, ALWAYS)
