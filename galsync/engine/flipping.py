"""Lets a run follow the moves: whoever another side has by now goes at once, and whoever arrived comes."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from galsync.engine.outlook import Trouble
from galsync.entries import Agreement
from galsync.ledger.ledger import Ledger
from galsync.people.merging import Wanted
from galsync.people.moved import Moved, Moving, UnreadableListError
from galsync.plans.narrowing import narrowed
from galsync.steps import Plan
from galsync.syncs import Feed, Sync
from protocols.model.freebusy import Reason

WHERE: Final = "[[moves]]"
"""As what the list of a move stands among the sources that could not be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Flip:
    """What one run knows of the moves; nothing where its sync names none. ``known`` are the anchors of those whose
    entry stands under an address of a list."""

    moved: Moved = field(default_factory=Moved)
    known: frozenset[str] = frozenset()

    def sync(self, sync: Sync) -> Sync:
        """``sync`` as it has to be planned now. Everybody is read again whenever the moves say otherwise than before,
        since nobody's own data changed."""
        feeds = tuple(self._feed(feed) for feed in sync.feeds)
        fingerprint = f"{sync.fingerprint} {self.moved.mark}" if self.moved.mark else sync.fingerprint
        rules = replace(sync.rules, former=self.moved.former)
        return replace(sync, feeds=feeds, rules=rules, fingerprint=fingerprint, moving=None)

    def gone(self, shall: Wanted, agreed: Mapping[str, Agreement]) -> frozenset[str]:
        """The anchors of those whom another side has, whether the source still tells of them or not."""
        parts = {source: one.out for source, one in self.moved.apart.items()}
        if not self.moved.out and not any(parts.values()):
            return frozenset()
        absent = (
            anchor
            for anchor, known in agreed.items()
            if known.address in (parts.get(anchor.partition(":")[0], {}) if parts else self.moved.out)
        )
        return shall.moved.union(anchor for anchor in absent if anchor not in shall.entries)

    def missing(self, shall: Wanted) -> tuple[str, ...]:
        """Who of those who are meant shall have an entry now and gets none; by the address on the list.

        Whoever could not be read, or wants an address that somebody else wants as well, is there.
        """
        only, listed = self.moved.only, self.moved.listed
        if only is None:
            return ()
        clashing = (entry for group in shall.clashes for entry in group)
        entries = [*shall.entries.values(), *clashing]
        there = {listed.get(entry.address.address, "") for entry in entries}
        there |= {shall.movers.get(entry.anchor, "") for entry in entries}
        there |= {address for anchor, address in shall.movers.items() if anchor in shall.unsure}
        return tuple(sorted((self.moved.due & only) - there))

    def narrowed(self, plan: Plan, shall: Wanted, agreed: Mapping[str, Agreement]) -> Plan:
        """``plan`` for those alone who are meant."""
        only = self.moved.only
        if only is None:
            return plan
        listed = {anchor: self.moved.listed.get(known.address, "") for anchor, known in agreed.items()} | shall.movers
        addresses = {address for address, each in self.moved.listed.items() if each in only}
        return narrowed(plan, {anchor for anchor, each in listed.items() if each in only}, addresses)

    def _feed(self, feed: Feed) -> Feed:
        prefix = feed.mapping.anchor_of("")
        known = frozenset(anchor.removeprefix(prefix) for anchor in self.known if anchor.startswith(prefix))
        said = self.moved.of_source(feed.mapping.source)
        moved = replace(said, known=known, external=feed.mapping.external_of)
        return replace(feed, selection=replace(feed.selection, moved=moved))


NO_FLIP: Final = Flip()


async def heard(moving: Moving, sync: Sync, ledger: Ledger) -> Flip | Trouble:
    """Who has moved by now, or why nobody can tell: then nothing may flip. The first place answers for all."""
    try:
        moved = replace(await moving.read(), only=moving.only)
    except UnreadableListError as error:
        return Trouble(WHERE, Reason.INCOMPLETE, str(error))
    places = await ledger.places(sync.name) if moved.listed else ()
    known = await ledger.by_address(sync.name, places[0], sorted(moved.listed)) if places else {}
    return Flip(moved=moved, known=frozenset(known.values()))
