"""Finds out what new items without a stamp are: known from elsewhere, somebody's copy of a copy, or new."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Final, TypeAlias

from calsync.items import Item
from calsync.plans.details import BUSY, level, stricter
from calsync.plans.fingerprints import fingerprint, outline
from calsync.plans.found import Found, repeat_alike
from calsync.plans.giving import Given
from calsync.plans.joining import equal, joined
from calsync.plans.loops import Loops
from calsync.plans.pictures import picture
from calsync.plans.situation import ALWAYS

STANDS: Final = "takes the place of our copy of it, in the next run in which that may go"
HELD: Final = "is at the times of a copy of ours of which nobody knows the item: it waits until all spokes were read"
_Groups: TypeAlias = dict[tuple[str, bytes], list[tuple[Item, Given]]]


def sorted_out(found: Found, loops: Loops, spoke: str, items: Iterable[Item]) -> None:
    """Each of ``items``, which are new at ``spoke`` and bear no stamp, is taken, linked, or left aside.

    Of several that share their looks none is linked unless as many are known elsewhere. By looks alone only what is
    equal in all is linked: of two that differ neither is written over, and both are named.
    """
    for (uid, print_), some in _groups(found, loops, spoke, items).items():
        known = _open(found, spoke, found.uids.get(uid, ()) if uid else found.prints.get(print_, ()))
        if len(some) > 1:
            some.sort(key=lambda each: (_order(found.situation.fields(each[0])), each[0].key))
        pairs = len(known) == len(some) and all(joins(found, spoke, item, told) for item, told in some)
        known.sort(key=lambda made: (_order(found.items[made].fields), made))
        for (item, told), made in zip(some, known if pairs else ("" for _ in some), strict=True):
            alike = made and repeat_alike(found.items[made], found.situation.fields(item))
            if alike and (uid or equal(found.situation, found.items[made], spoke, item)):
                found.put(*joined(found.situation, found.items[made], spoke, item, told))
            else:
                found.take(spoke, item, told)
                if alike and told.fields is not None:
                    found.tell_apart(made, spoke, item)


def invited_too(found: Found, spoke: str, item: Item) -> str:
    """The id of the item that ``item`` is as well, by its UID, since whoever has it elsewhere was read before; "" for
    none."""
    if not item.uid or found.id(spoke, item) in found.items or not joins(found, spoke, item, found.given(spoke, item)):
        return ""
    fields, ids = found.situation.fields(item), _open(found, spoke, found.uids.get(item.uid, ()))
    return next((made for made in ids if repeat_alike(found.items[made], fields)), "")


def lacking(found: Found, spoke: str, item: Item) -> str:
    """The id of an item that looks just as ``item`` does, and of which nothing stands, or stood, at ``spoke``; "" for
    none."""
    fields = found.situation.fields(item)
    ids = _open(found, spoke, found.prints.get(fingerprint(fields, found.situation.rules), ()))
    return min((made for made in ids if repeat_alike(found.items[made], fields)), default="")


def _groups(found: Found, loops: Loops, spoke: str, items: Iterable[Item]) -> _Groups:
    """By its UID, where one is known by that, or by its looks."""
    groups: _Groups = {}
    for item in items:
        if _replaces(found, spoke, item):
            continue
        if aside := picture(found, loops.asides, spoke, item):
            found.asides.append(aside)
            continue
        print_ = fingerprint(found.situation.fields(item), found.situation.rules)
        if not _moved(found, spoke, item) and loops.copied(spoke, item, print_):
            continue
        if _waits(found, loops, spoke, item):
            found.aside(spoke, item, HELD, ALWAYS)
            continue
        told = found.given(spoke, item)
        uid = item.uid if joins(found, spoke, item, told) and _open(found, spoke, found.uids.get(item.uid, ())) else ""
        groups.setdefault((uid, b"" if uid else print_), []).append((item, told))
    return groups


def joins(found: Found, spoke: str, item: Item, told: Given) -> bool:
    """Whether it may stand for an item from elsewhere: as much of it is given as of any, or it is never written."""
    gives = found.situation.gives(spoke)
    if told.fields is None or gives is None:
        return False
    return bool(item.guarded) or level(told.fields) == gives.detail.value


def _replaces(found: Found, spoke: str, item: Item) -> bool:
    """Whether it is the very one, by its UID, of which only our copy stood here so far: that one goes."""
    situation = found.situation
    for made in found.uids.get(item.uid, ()) if item.uid else ():
        agreed = found.items[made]
        link = agreed.links.get(spoke)
        if link is None or not link.made or not link.version or link.guarded or situation.gone(link):
            continue
        alike = found.there(made) and repeat_alike(agreed, situation.fields(item))
        told = found.given(spoke, item)
        if alike and situation.gets(spoke).delete and joins(found, spoke, item, told):
            now = situation.item(link)
            if not found.removable(spoke) or (
                now is not None and now.version != link.version
            ):  # its change is taken first
                found.aside(spoke, item, STANDS, ALWAYS)
                return True
            found.remove(made, link, now)
            links = {**agreed.links, spoke: replace(link, version="")}
            found.put(*joined(situation, replace(agreed, links=links), spoke, item, told))
            return True
    return False


def _waits(found: Found, loops: Loops, spoke: str, item: Item) -> bool:
    """Whether a copy of it may stand elsewhere already, made for somebody who has the same and was not read yet: a
    ledger was lost. By its times alone, since somebody may have changed the rest of that copy."""
    situation, before = found.situation, loops.asides.get((spoke, item.key))
    all_read = all(each.name in situation.seen for each in situation.rules.spokes)
    if before is not None and before.why == HELD and not all_read:
        return True
    return bool(found.orphans) and outline(situation.fields(item), situation.rules) in found.orphans


def _moved(found: Found, spoke: str, item: Item) -> bool:
    """Whether it is, by its UID, what just went away elsewhere: whoever moved it here wants it, and our copy goes."""
    known = found.uids.get(item.uid, ()) if item.uid else ()
    return any(found.items[made].origin != spoke and not found.there(made) for made in known)


def _open(found: Found, spoke: str, ids: Iterable[str]) -> list[str]:
    """Those of ``ids`` that may be what a new item of ``spoke`` is: nothing of them stands there."""
    return [made for made in dict.fromkeys(ids) if not _stands(found, made, spoke) and _whole(found, made)]


def _stands(found: Found, made: str, spoke: str) -> bool:
    """Whether something of the item stands there, as far as is known: what only waits to be made does not, nor what
    this run saw gone."""
    link = found.items[made].links.get(spoke)
    return link is not None and bool(link.version) and not found.situation.gone(link)


def _whole(found: Found, made: str) -> bool:
    """Whether it is there, and more of it is known than its times."""
    at = level(found.items[made].fields)
    return found.there(made) and stricter(at, BUSY) == BUSY != at


def _order(fields: Mapping[str, str]) -> list[tuple[str, str]]:
    return sorted(fields.items())
