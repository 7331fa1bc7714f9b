"""Asks what other nodes have fetched before it asks the peer, and lets one node fetch what several want."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from itertools import count
from typing import Final, TypeAlias

from protocols.model.freebusy import Answer, Availability, Detail, Question
from protocols.model.mailbox import Mailbox
from proxy.connector import Clock, Connector
from proxy.flights import Flights
from proxy.layers.concurrency import side_by_side
from proxy.layers.store import AnswerStore, Shelf, shelf_of
from proxy.packed_answers import FORMAT, Whose, packed, unpacked
from proxy.sealing import Seal
from service.shared_store import LOCK_LIFE, Entry, Found, SharedStore, Wanted

Sleep: TypeAlias = Callable[[float], Awaitable[None]]
_MILLISECOND: Final = timedelta(milliseconds=1)
_FIRST_PAUSE, _LONGEST_PAUSE = 0.005, 0.05  # seconds between two looks at what another fetches
_SIGN_OF_LIFE: Final = LOCK_LIFE.total_seconds() / 3
_YOUNGER: Final = timedelta(seconds=1)


@dataclass(slots=True)
class Tally:
    """Mailboxes since the start: answered by what another node fetched, after waiting for it or not, and not found."""

    hits: int = 0
    waited: int = 0
    misses: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    """What all connectors of a node share with those of other nodes.

    ``node`` tells this one apart from all others. Details are shared only with ``details``. Nobody waits longer than
    ``wait`` for what another node fetches.
    """

    shared: SharedStore
    seal: Seal
    node: bytes
    details: bool = False
    wait: timedelta = timedelta(seconds=3)
    tally: Tally = field(default_factory=Tally)
    flights: Flights = field(default_factory=Flights)
    turns: "count[int]" = field(default_factory=count)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lives:
    """How long an answer and a refusal may be kept, as in the first level."""

    ttl: timedelta
    negative_ttl: timedelta

    def of(self, answer: Answer) -> timedelta:
        """How long this one lives."""
        return self.ttl if isinstance(answer, Availability) else self.negative_ttl


@dataclass(frozen=True, slots=True)
class _Asked:
    """One look-up: whom it is about, under which keys, and the turn in whose name it locks."""

    mailboxes: Sequence[Mailbox]
    question: Question
    shelf: Shelf
    wanted: list[Wanted]
    turn: bytes


@dataclass(slots=True)
class _Looked:
    """What a look found: answers by place, the places that are ours to fetch, and who fetches the others.

    ``now`` is the instant by the clock of the shared store; 0 where it is away, and nothing is shared.
    """

    now: int = 0
    answers: dict[int, Answer] = field(default_factory=dict)
    mine: list[int] = field(default_factory=list)
    others: dict[int, bytes] = field(default_factory=dict)


class SecondLevel:
    """Answers from what the nodes of ``cluster`` share; the rest is fetched from ``inner`` by one of them.

    It stands below the layer that joins equal questions of one node. What the others give goes into ``store`` as well,
    as old as it is: ages are taken by the clock of the shared store, and counted from before ``inner`` was asked.
    ``fingerprint`` is of all that answers depend on: nodes that differ in it share nothing. Nothing is shared that the
    first level would not keep. Whoever asks again although ``store`` still has an answer is given a younger one only.
    """

    def __init__(
        self,
        inner: Connector,
        cluster: Cluster,
        *,
        name: str,
        fingerprint: bytes,
        store: AnswerStore,
        lives: Lives,
        clock: Clock,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self._inner, self._cluster, self._name = inner, cluster, name
        self._fingerprint = bytes((FORMAT,)) + fingerprint
        self._store, self._lives, self._clock, self._sleep = store, lives, clock, sleep
        self._wait = cluster.wait.total_seconds()

    async def lookup(self, mailboxes: Sequence[Mailbox], question: Question) -> list[Answer]:
        """See :class:`proxy.connector.Connector`."""
        if not mailboxes or (question.detail is Detail.DETAILS and not self._cluster.details):
            return await self._inner.lookup(mailboxes, question)
        asked, places = self._asked(mailboxes, question), range(len(mailboxes))
        looked = await self._look(asked, places)
        self._cluster.tally.hits += len(looked.answers)
        if question.hops:  # what it came through may be what the other node is waiting for
            looked.mine, looked.others = [place for place in places if place not in looked.answers], {}
        answers = await self._settled(asked, looked, asyncio.get_running_loop().time() + self._wait)
        return [answers[place] for place in places]

    def _asked(self, mailboxes: Sequence[Mailbox], question: Question) -> _Asked:
        now, shelf = self._clock(), shelf_of(self._name, question.detail, question.window)
        window = question.window
        whole = f"{question.detail.value} {window.start.isoformat()} {window.end.isoformat()}".encode()
        name = self._cluster.seal.name
        wanted = [
            Wanted(name(self._fingerprint, whole, mailbox.address.encode()), self._oldest(shelf, mailbox, now))
            for mailbox in mailboxes
        ]
        return _Asked(mailboxes, question, shelf, wanted, b"%s-%d" % (self._cluster.node, next(self._cluster.turns)))

    def _oldest(self, shelf: Shelf, mailbox: Mailbox, now: datetime) -> int:
        """How many milliseconds old an answer may be: younger than what this node has anyway."""
        oldest = max(self._lives.ttl, self._lives.negative_ttl)
        kept = self._store.find(shelf, mailbox, now)
        if isinstance(kept, Availability):
            oldest = min(oldest, now - kept.as_of - _YOUNGER)
        return max(oldest // _MILLISECOND, 0)

    async def _look(self, asked: _Asked, places: Sequence[int]) -> _Looked:
        looked_at, epoch = self._clock(), self._store.epoch
        seen = await self._cluster.shared.look([asked.wanted[place] for place in places], token=asked.turn)
        if seen is None:
            return _Looked(mine=list(places))
        self._clock()  # which may find that it was set: then nobody knows how old anything is
        looked, keeps = _Looked(seen.now), self._store.epoch == epoch
        for place, found in zip(places, seen.found, strict=True):
            as_of = looked_at - (seen.now - found.stamp) * _MILLISECOND
            if (answer := self._opened(asked, place, found, as_of, seen.now)) is not None:
                looked.answers[place] = answer
                if keeps:
                    self._store.keep(asked.shelf, answer, as_of)
            elif found.holder in (b"", asked.turn):
                looked.mine.append(place)
            else:
                looked.others[place] = found.holder
        return looked

    def _opened(self, asked: _Asked, place: int, found: Found, as_of: datetime, now: int) -> Answer | None:
        """The answer in ``found``; None where there is none, it cannot be trusted, or its life is over."""
        if found.value is None:
            return None
        content = self._cluster.seal.opened(found.value, _about(asked.wanted[place].key, found.stamp))
        if content is None:
            return None
        answer = unpacked(content, Whose(asked.mailboxes[place], asked.question, as_of))
        alive = answer is not None and 0 <= now - found.stamp < self._lives.of(answer) // _MILLISECOND
        return answer if alive else None

    async def _settled(self, asked: _Asked, looked: _Looked, until: float) -> dict[int, Answer]:
        """An answer for each place of ``looked``: what is ours is fetched, what others fetch is waited for."""
        parts, lookups = [], []
        if looked.mine:
            parts.append(looked.mine)
            lookups.append(self._fetched(asked, looked.mine, looked.now))
        if looked.others:
            parts.append(list(looked.others))
            lookups.append(self._waited_for(asked, looked.others, until))
        answers = dict(looked.answers)
        if lookups:
            for places, found in zip(parts, await side_by_side(lookups), strict=True):
                answers.update(zip(places, found, strict=True))
        return answers

    async def _waited_for(self, asked: _Asked, others: dict[int, bytes], until: float) -> list[Answer]:
        """What others fetch. Where one ends without an answer, dies, or takes too long, it is fetched here."""
        left, answers, pause = dict(others), dict[int, Answer](), _FIRST_PAUSE
        while left:
            await self._sleep(pause)
            pause = min(pause * 1.5, _LONGEST_PAUSE)
            looked = await self._look(asked, list(left))
            self._cluster.tally.waited += len(looked.answers)
            late = asyncio.get_running_loop().time() >= until
            still = {place: who for place, who in looked.others.items() if who == left[place] and not late}
            looked.mine = [place for place in left if place not in looked.answers and place not in still]
            looked.others = still
            if looked.mine:
                answers |= await self._settled(asked, looked, until)
                break
            answers |= looked.answers
            left = still
        return [answers[place] for place in others]

    async def _fetched(self, asked: _Asked, places: Sequence[int], now: int) -> list[Answer]:
        mailboxes = [asked.mailboxes[place] for place in places]
        self._cluster.tally.misses += len(places)
        if not now:
            return await self._inner.lookup(mailboxes, asked.question)
        asked_at, answers = self._clock(), list[Answer]()
        life = _SignsOfLife(partial(self._show_life, [asked.wanted[place].key for place in places], asked.turn))
        try:
            answers = await self._inner.lookup(mailboxes, asked.question)
        finally:  # whoever waits learns at once that nothing comes, too
            life.end()
            self._cluster.flights.start(self._share(asked, places, answers, now, asked_at))
        return answers

    def _show_life(self, keys: Sequence[bytes], token: bytes) -> None:
        self._cluster.flights.start(self._cluster.shared.hold(keys, token=token))

    async def _share(
        self, asked: _Asked, places: Sequence[int], answers: Sequence[Answer], now: int, asked_at: datetime
    ) -> None:
        given = answers if len(answers) == len(places) else [None] * len(places)
        entries = [
            self._entry(asked, place, answer, now, asked_at) for place, answer in zip(places, given, strict=True)
        ]
        await self._cluster.shared.put(entries, token=asked.turn)

    def _entry(self, asked: _Asked, place: int, answer: Answer | None, now: int, asked_at: datetime) -> Entry:
        """``answer`` as it is shared; without a value where it is not."""
        key = asked.wanted[place].key
        content = None
        if answer is not None and answer.mailbox == asked.mailboxes[place]:
            content = packed(answer, asked.question)
        if answer is None or content is None:
            return Entry(key, None)
        older = asked_at - answer.as_of if isinstance(answer, Availability) else timedelta()
        stamp = now - max(older // _MILLISECOND, 0)
        value = self._cluster.seal.seal(content, _about(key, stamp))
        return Entry(key, value, stamp, self._lives.of(answer) // _MILLISECOND)


class _SignsOfLife:
    """Calls ``show`` again and again until its end; not at all where that comes soon."""

    def __init__(self, show: Callable[[], None]) -> None:
        self._show, self._loop = show, asyncio.get_running_loop()
        self._next = self._loop.call_later(_SIGN_OF_LIFE, self._again)

    def end(self) -> None:
        self._next.cancel()

    def _again(self) -> None:
        self._show()
        self._next = self._loop.call_later(_SIGN_OF_LIFE, self._again)


def _about(key: bytes, stamp: int) -> bytes:
    """What a sealed value is bound to: nobody can put it in another place, or make it younger."""
    return b"%s %d" % (key, stamp)
