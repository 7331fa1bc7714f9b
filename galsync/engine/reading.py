"""Reads the sources of a sync: their changes alone where these suffice, else everybody."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from galsync.engine.killed import standing
from galsync.engine.moments import Moment, News, Tell
from galsync.engine.outlook import SourceRead, Trouble
from galsync.engine.staying import expected, moved_of, narrowed_token
from galsync.engine.troubles import in_peace
from galsync.ledger.ledger import Ledger
from galsync.ledger.runs import Token
from galsync.people.wanted import changes_suffice
from galsync.side import Failed, Reading
from galsync.syncs import Feed, Sync

_BETWEEN: Final = "\n"
"""Between the fingerprint of the settings and the source's own token, which may hold anything."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What all sources said: a reading for each feed, in order; or why one of them could not be read."""

    readings: tuple[Reading, ...] = ()
    sources: tuple[SourceRead, ...] = ()
    shrunk: dict[str, tuple[int, int | None]]
    """Of each source that was read whole: how many people now, and the last time (guards.stops)."""
    unread: tuple[Trouble, ...] = ()

    @property
    def whole(self) -> bool:
        """Whether whoever is not in a reading is gone."""
        return all(reading.whole for reading in self.readings)


async def since(sync: Sync, ledger: Ledger, places: Sequence[str], *, now: datetime) -> str | None:
    """The token after which the changes suffice; None where everything has to be read.

    They suffice where one source is judged person by person, the last whole reading is younger than
    ``sync.whole_every`` and was made under the same settings, no run was killed since, and the ledger knows just the
    places that there are.
    """
    if not changes_suffice([(feed.mapping, feed.selection) for feed in sync.feeds]):
        return None
    token = await ledger.token(sync.name, sync.feeds[0].source.name)
    if token is None or not token.text or not timedelta() <= now - token.read_at <= sync.whole_every:
        return None  # one from tomorrow was written by a clock that went wrong
    fingerprint, _, text = token.text.partition(_BETWEEN)
    if fingerprint != sync.fingerprint or await ledger.unfinished(sync.name):
        return None
    if await standing(ledger, sync.name) is None:
        return None  # a share of what nobody knows would be no guard
    return text if set(await ledger.places(sync.name)) == set(places) else None


async def read(sync: Sync, ledger: Ledger, *, after: str | None, now: datetime, tell: Tell) -> Said:
    """What every source says, one after the other; ``after`` as :func:`since` gave it. Never raises PeerError."""
    readings: list[Reading] = []
    sources: list[SourceRead] = []
    shrunk: dict[str, tuple[int, int | None]] = {}
    unread: list[Trouble] = []
    for feed in sync.feeds:
        name = feed.source.name
        tell(News(Moment.READING, name))
        reading = await in_peace(feed.source.read(after))
        if isinstance(reading, Failed):
            unread.append(Trouble(name, reading.reason, reading.words))
            continue
        tell(News(Moment.READ, name, len(reading.people)))
        before = await ledger.token(sync.name, name)
        people = len(reading.people) - moved_of(feed, reading.people)
        if reading.whole:
            shrunk[name] = (people, await expected(feed, sync, ledger, before.people) if before else None)
        readings.append(replace(reading, people=[*reading.people]))  # a list of ours, which may be spent
        token = _token(sync, reading, people, before, now, went=await _went(feed, sync, ledger, reading))
        if (moved := feed.selection.moved) is not None and moved.only is not None:
            token = await narrowed_token(feed, sync, ledger, before, now=now)
        sources.append(_told(feed, reading, token))
    return Said(readings=tuple(readings), sources=tuple(sources), shrunk=shrunk, unread=tuple(unread))


def _told(feed: Feed, reading: Reading, token: Token) -> SourceRead:
    return SourceRead(
        name=feed.source.name,
        people=len(reading.people),
        whole=reading.whole,
        gone=len(reading.gone),
        left=reading.left,
        named=reading.named,
        token=token,
    )


async def _went(feed: Feed, sync: Sync, ledger: Ledger, reading: Reading) -> int:
    """How many of those whom changes tell to be gone had an entry until now; the first place answers for all.

    Guests and contacts come and go among them who never counted as people, and the same change may be told again.
    """
    places = () if reading.whole or not reading.gone else await ledger.places(sync.name)
    if not places:
        return 0
    anchors = [feed.mapping.anchor_of(one) for one in reading.gone]
    known = await ledger.agreements_of(sync.name, places[0], anchors)
    return sum(each.retired_at is None for each in known.values())


def _token(
    sync: Sync, reading: Reading, people: int, before: Token | None, now: datetime, *, went: int
) -> Token:  # fmt: skip
    """What to keep: with changes alone, ``read_at`` stays that of the last whole reading, and of its people those who
    went since are taken off, or the next whole reading would seem to have lost them at once."""
    text = f"{sync.fingerprint}{_BETWEEN}{reading.token}" if reading.token else ""
    if reading.whole or before is None:
        return Token(text=text, read_at=now, people=people)
    return replace(before, text=text, people=max(before.people - went, 0))
