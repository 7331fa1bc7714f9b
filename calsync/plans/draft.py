"""Holds what is planned for one item while its spokes are gone through: steps, links, and what is left, or waits."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from calsync.agreed import Agreed, Link
from calsync.plans.looking import Look
from calsync.plans.refusals import NOT_NOW
from calsync.plans.situation import Situation
from calsync.steps import Left, Step, Why

MAY_NOT_CHANGE: Final = "may not be changed here (change = false)"
MAY_NOT_DELETE: Final = "may not be removed here (delete = false)"


@dataclass(slots=True, kw_only=True)
class Draft:
    """What becomes of one item at all spokes, as far as that is decided yet.

    The first half is what :mod:`calsync.plans.cases` found out: ``agreed`` is what all agree on from now on, ``live``
    whether copies of it shall stand anywhere, ``fresh`` why it is new to others; ``disputed`` are the fields by spoke
    that another version won, ``revived`` the spokes where an edit elsewhere beat a removal; ``new``: no ledger knows
    the item. The second half is what :mod:`calsync.plans.standing` and its helpers decide of it.
    """

    situation: Situation
    look: Look
    agreed: Agreed
    live: bool
    fresh: Why = Why.NEW
    disputed: Mapping[str, frozenset[str]] = field(default_factory=dict)
    revived: frozenset[str] = frozenset()
    new: bool = False

    links: dict[str, Link] = field(default_factory=dict)
    steps: list[Step] = field(default_factory=list)
    left: list[Left] = field(default_factory=list)
    waits: bool = False
    """Whether more is to be done than the steps, so that the next run plans the item again."""
    asks: list[tuple[str, str]] = field(default_factory=list)
    """What has to be seen before anything is written there, as (spoke, key)."""
    freed: list[Link] = field(default_factory=list)
    """Somebody's own, of which the item was another: from now on they stand for themselves."""

    @property
    def held_up(self) -> bool:
        """Whether a spoke cannot be written for a while, so that something waits until its server lets the hub."""
        return any(left.words == NOT_NOW for left in self.left)

    @property
    def withdrawn(self) -> Why:
        """Why a copy goes of an item that is not given any more."""
        return Why.SORTED_OUT if self.look.given is not None and self.look.given.sort else Why.WITHDRAWN

    def is_origin(self, spoke: str) -> bool:
        """Whether the item came from there."""
        return spoke == self.agreed.origin

    def leave(self, spoke: str, words: str) -> None:
        """Nothing is done there: told in the report, and kept in the link, where there is one."""
        self.left.append(Left(item=self.agreed.id, spoke=spoke, words=words))
        if words == NOT_NOW:  # where nothing stands yet, the ledger has to know for which spoke the item waits
            self.links.setdefault(spoke, Link(spoke=spoke, key="", version=""))
        elif spoke not in self.look.links:
            return
        self.links[spoke] = replace(self.links[spoke], left=words)

    def free(self, spoke: str) -> None:
        """Somebody's own stands for itself. What came in the place of a copy of ours never goes with the original: the
        original may have been moved here, and was read before it went there."""
        self.freed.append(self.links.pop(spoke))

    def hindrance(self, link: Link, *, allowed: bool, words: str) -> str:
        """Why nothing may be written where ``link`` is, ``words`` where the rules do not have it ``allowed``; "" where
        it may."""
        if link.guarded:
            return link.guarded
        if not allowed:
            return words
        return "" if self.situation.writable(link.spoke) else NOT_NOW
