"""Tells copies of our copies, which another program made, from what people make; too many of them are a loop."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from calsync.agreed import Aside
from calsync.items import Item
from calsync.plans.fingerprints import tails, times_alone
from calsync.plans.found import Found
from calsync.plans.situation import ALWAYS
from calsync.steps import Looped

ALIKE: Final = "looks like a copy of what stands here already: somebody, or another program, made it"
_AGAIN: Final = timedelta(hours=1)  # by then the other one may be gone: some programs save by making anew


@dataclass(slots=True, kw_only=True)
class Loops:
    """``asides`` are those that were known before: what is looked at again is not another copy.

    What shares times and subject with something that stood in the same spoke before is a copy of it. What shows its
    times alone, as copies do that tell no more, may be somebody's own all the same: it is left aside as well, since
    whatever it takes is taken there already; but it speaks for a loop only where many come at once, each at the time
    of another item, all of one maker, and by the same rules as before. What has, at the times of something that stands
    there, its subject behind something else is taken: people do that. But so many behind the same words, in one run or
    one made of the other, are a loop.
    """

    found: Found
    asides: Mapping[tuple[str, str], Aside]
    _copies: dict[str, list[Item]] = field(default_factory=dict)
    _shadows: dict[tuple[str, str], dict[str, Item]] = field(default_factory=dict)
    """By spoke and maker, and by the id of the item that each is like."""
    _prefixed: dict[tuple[str, str], list[Item]] = field(default_factory=dict)
    """By spoke and by what stands before the subject, each as often as something stands there that it is like."""

    def copied(self, spoke: str, item: Item, print_: bytes) -> bool:
        """Whether it was left aside as a copy of what stands in the same spoke, and did before."""
        found, situation = self.found, self.found.situation
        ids = [*found.prints.get(print_, ()), *found.shadows.get(print_, ())] if print_ else ()
        made = next((each for each in ids if self._stands(spoke, each)), None)
        if made is None:
            self._note_prefixed(spoke, item)
            return False
        if not times_alone(situation.fields(item), situation.rules):
            if self._came_after(spoke, item):
                self._copies.setdefault(spoke, []).append(item)
        elif (spoke, item.key) not in self.asides and not situation.everything:
            self._shadows.setdefault((spoke, item.maker), {})[made] = item
        ends = not found.there(made)  # somebody may have moved it here, and what stood elsewhere goes in this run
        found.aside(spoke, item, ALIKE, ALWAYS if ends else situation.now + _AGAIN)
        return True

    def _came_after(self, spoke: str, item: Item) -> bool:
        """Whether it is not known from a time when it was left aside for another reason, beside which our copy came."""
        before = self.asides.get((spoke, item.key))
        return before is None or before.why == ALIKE

    def _note_prefixed(self, spoke: str, item: Item) -> None:
        """A program that puts something before each subject copies its own copies again: the third has been here."""
        situation = self.found.situation
        if situation.everything or (spoke, item.key) in self.asides:
            return
        like = {
            made: head
            for head, print_ in tails(situation.fields(item), situation.rules)
            for made in self.found.prints.get(print_, ())
            if self._stands(spoke, made)
        }
        for _ in like:
            self._prefixed.setdefault((spoke, next(iter(like.values()))), []).append(item)

    def looped(self, most: int) -> list[Looped]:
        """The spokes with ``most`` copies of our copies, or more."""
        told = {spoke: list(items) for spoke, items in self._copies.items() if len(items) >= most}
        for (spoke, _), copies in self._shadows.items():
            if len(copies) >= most:
                told.setdefault(spoke, []).extend(copies.values())
        for (spoke, _), items in self._prefixed.items():
            if len(items) >= most:
                told.setdefault(spoke, []).extend({item.key: item for item in items}.values())
        return [
            Looped(spoke=spoke, keys=[item.key for item in items], maker=_maker(items)) for spoke, items in told.items()
        ]

    def _stands(self, spoke: str, made: str) -> bool:
        """Whether it stands in the same spoke, and did before."""
        agreed = self.found.items[made]
        link, before = agreed.links.get(spoke), made not in self.found.fresh or agreed.origin != spoke
        return before and link is not None and bool(link.version) and not self.found.situation.gone(link)


def _maker(items: list[Item]) -> str:
    """The one that most of ``items`` name."""
    makers = Counter(item.maker for item in items if item.maker).most_common(1)
    return makers[0][0] if makers else ""
