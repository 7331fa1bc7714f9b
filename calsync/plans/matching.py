"""Finds out what each new item of a spoke is: a copy of ours, one that is known elsewhere, somebody's copy, or new."""

from collections.abc import Iterable, Iterator, Mapping

from calsync.agreed import Agreed, Aside
from calsync.items import Item, Mark
from calsync.plans.anew import carried_off, followed
from calsync.plans.first_sight import Foreign
from calsync.plans.found import Found
from calsync.plans.joining import joined
from calsync.plans.loops import Loops
from calsync.plans.marked import relink
from calsync.plans.refilling import forgotten
from calsync.plans.situation import Situation
from calsync.plans.unmarked import invited_too, sorted_out
from calsync.steps import Looped


def matched(
    situation: Situation,
    known: Iterable[Agreed],
    *,
    whole: frozenset[str],
    asides: Mapping[tuple[str, str], Aside],
) -> tuple[Found, list[Looped]]:
    """What the hub has now, and the spokes in which our copies are copied; arguments as of calsync.plans.plan.plan."""
    found = Found(situation=situation, items={agreed.id: agreed for agreed in known})
    loops = Loops(found=found, asides=asides)
    marked: dict[str, list[tuple[str, Item]]] = {}
    own = followed(found, list(_by_marks(found, loops, marked)))
    carried_off(found, marked)
    later: dict[str, list[Item]] = {}
    for spoke, item in own:
        made = found.id(spoke, item)
        if made in marked and (same := invited_too(found, spoke, item)):  # who has the same was read before
            found.put(*joined(found.situation, found.items[same], spoke, item, found.given(spoke, item)))
            marked.setdefault(same, []).extend(marked.pop(made))
        elif made in marked:  # copies of it stand elsewhere: a ledger was lost
            found.take(spoke, item, found.given(spoke, item, taken=True), keep=True)
        else:
            later.setdefault(spoke, []).append(item)
    relink(found, marked, whole, asides)
    for spoke, items in later.items():
        sorted_out(found, loops, spoke, items)
    forgotten(found)
    return found, loops.looped(situation.rules.loops)


def _new(found: Found) -> Iterator[tuple[str, Item]]:
    linked = {(link.spoke, link.key) for each in found.items.values() for link in each.links.values() if link.version}
    for spoke in found.situation.rules.spokes:
        seen = found.situation.seen.get(spoke.name, {})
        for key in sorted(seen):
            item = seen[key]
            if item is not None and (spoke.name, key) not in linked:
                yield spoke.name, item


def _by_marks(found: Found, loops: Loops, marked: dict[str, list[tuple[str, Item]]]) -> Iterator[tuple[str, Item]]:
    """Those without any stamp; the others are left aside, or put into ``marked``."""
    for spoke, item in _new(found):
        mark = Mark.read(item.mark)
        if mark is None:
            yield spoke, item
        elif mark.hub != found.situation.rules.name:
            if (spoke, item.key) not in loops.asides:
                found.foreign.append(Foreign(spoke, mark.hub))
            found.aside(spoke, item, f"is a copy that {mark.hub} made, another hub or sync: these are never copied")
        else:
            marked.setdefault(mark.item, []).append((spoke, item))
