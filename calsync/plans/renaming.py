"""Knows a spoke again that was given another name in the settings, so that its items and links go over to that name."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace

from calsync.agreed import Agreed
from calsync.plans.situation import Situation


def new_names(situation: Situation, known: Iterable[Agreed], whole: frozenset[str]) -> dict[str, str]:
    """By old name the new one of each spoke that the rules do not name any more and that stands there by another name:
    one that was read ``whole``, of which the ledger knows nothing, and where most of what could be is just what was
    (by key and version)."""
    names = {spoke.name for spoke in situation.rules.spokes}
    links = [link for agreed in known for link in agreed.links.values() if link.version]
    lost = Counter(link.spoke for link in links if link.spoke not in names)
    new = [name for name in situation.seen if name in whole & names and all(link.spoke != name for link in links)]
    same: Counter[tuple[str, str]] = Counter()
    for link in links if lost and new else ():
        for name in new if link.spoke in lost else ():
            item = situation.seen[name].get(link.key)
            same[link.spoke, name] += item is not None and item.version == link.version
    found: dict[str, str] = {}
    for (old, name), number in same.most_common():
        there = sum(item is not None for item in situation.seen[name].values())
        rivals = [other for other in same if other != (old, name) and (other[0] == old or other[1] == name)]
        if number and 2 * number >= min(lost[old], there) and all(same[other] < number for other in rivals):
            found[old] = name
    return found


def under_new_names(known: Iterable[Agreed], names: Mapping[str, str]) -> list[Agreed]:
    """``known`` with the spokes' names of now; an item of which nothing is called otherwise is the very one."""
    return [_renamed(agreed, names) if names.keys() & {agreed.origin, *agreed.links} else agreed for agreed in known]


def _renamed(agreed: Agreed, names: Mapping[str, str]) -> Agreed:
    links = {names.get(spoke, spoke): link for spoke, link in agreed.links.items()}
    links = {name: link if link.spoke == name else replace(link, spoke=name) for name, link in links.items()}
    by, origin = names.get(agreed.by, agreed.by), names.get(agreed.origin, agreed.origin)
    return replace(agreed, origin=origin, by=by, links=links)
