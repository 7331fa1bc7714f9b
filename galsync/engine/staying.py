"""Counts the people of a source for the guard against one that shrinks, without those who are out because of a move."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from galsync.ledger.ledger import Ledger
from galsync.ledger.runs import Token
from galsync.syncs import Feed, Sync
from protocols.model.person import Person


def moved_of(feed: Feed, people: Iterable[Person]) -> int:
    """How many of ``people`` are out because of a move."""
    moved = feed.selection.moved
    return sum(moved.verdict(person) is not None for person in people) if moved is not None and moved.out else 0


async def expected(feed: Feed, sync: Sync, ledger: Ledger, before: int) -> int:
    """How many people the source should tell, which told ``before`` the last time.

    Whoever is out because of a move is counted no more: of those who were told the last time, the ones are taken off
    who have an entry still and are out by now. Once their entry is gone they are not among those who were told.
    """
    moved = feed.selection.moved
    if moved is None or not moved.out or not before:
        return before
    return max(before - len(await _leaving(feed, sync, ledger, sorted(moved.out))), 0)


async def narrowed_token(feed: Feed, sync: Sync, ledger: Ledger, before: Token | None, *, now: datetime) -> Token:
    """What a run keeps that plans for some people alone: as it was, but whoever of them leaves is counted no more."""
    moved = feed.selection.moved
    if moved is None or before is None:
        return Token(text="", read_at=now, people=0)
    only = moved.only or frozenset()
    out = sorted(address for address in moved.out if moved.listed.get(address) in only)
    return replace(before, people=max(before.people - len(await _leaving(feed, sync, ledger, out)), 0))


async def _leaving(feed: Feed, sync: Sync, ledger: Ledger, addresses: Sequence[str]) -> set[str]:
    """Who of the source has an entry under one of ``addresses``, by anchor; the first place answers for all."""
    places = await ledger.places(sync.name)
    known = await ledger.by_address(sync.name, places[0], addresses) if places and addresses else {}
    prefix = feed.mapping.anchor_of("")
    return {anchor for anchor in known.values() if anchor.startswith(prefix)}
