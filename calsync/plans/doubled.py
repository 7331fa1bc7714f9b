"""Notices that two spokes are one calendar under two names, before a copy made for one is taken for too many there."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from calsync.agreed import Agreed
from calsync.items import Item
from calsync.plans.situation import Situation
from calsync.steps import Stop

SAME: Final = "same"
"""The word of the guard; ``--allow`` takes it not: nothing good follows from going on."""
DOUBLED: Final = "is the copy of another spoke of this hub: one calendar under two names, or somebody copied it"
_ENOUGH: Final = 2
"""Of so many items nobody carried each copy over by hand."""


@dataclass(frozen=True, slots=True)
class Doubled:
    """A copy that was made for ``other`` was told by ``spoke`` too; ``sure``: the very one, in the same version."""

    item: str
    spoke: str
    other: str
    sure: bool


def doubled(situation: Situation, agreed: Agreed, spoke: str, item: Item) -> Doubled | None:
    """Whether ``item``, told by ``spoke``, is what stands at another spoke still; None where nothing says so. By its
    key and version (within one system), or by its UID (between two). What the rules do not name any more says nothing:
    it may be the same calendar, which has another name now."""
    names = {each.name for each in situation.rules.spokes}
    for link in agreed.links.values():
        if link.spoke == spoke or link.spoke not in names or not link.version or situation.gone(link):
            continue
        there = situation.item(link)
        sure = (item.key, item.version) == (link.key, there.version if there is not None else link.version)
        if sure or (item.uid and item.uid == link.uid):
            return Doubled(agreed.id, spoke, link.spoke, sure)
    return None


def stops(found: Iterable[Doubled]) -> Iterator[Stop]:
    """For each two spokes of which that is sure, or said by several items, the guard that stops everything."""
    pairs: dict[tuple[str, str], list[Doubled]] = {}
    for each in found:
        one, other = sorted((each.spoke, each.other))
        pairs.setdefault((one, other), []).append(each)
    for (one, other), those in pairs.items():
        items = {each.item for each in those}
        if len(items) >= _ENOUGH or any(each.sure for each in those):
            words = (
                f"{one} and {other} seem to be one calendar: {len(items)} copies made for one are told by both. Name"
                " that calendar once, in one spoke; where they are two, remove the copies that somebody carried over"
            )
            yield Stop(guard=SAME, spoke=one, words=words)
