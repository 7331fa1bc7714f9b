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
from proxy.layers.vain import Vain
from proxy.packed_answers import FORMAT, Whose, packed, packed_doubt, unpacked, unpacked_doubt
from proxy.sealing import Seal
from service.shared_store import LOCK_LIFE, Entry, Found, Seen, Wanted
from service.shared_time import TimedStore

Sleep: TypeAlias = Callable[[float], Awaitable[None]]
_MILLISECOND: Final = timedelta(milliseconds=1)
_FIRST_PAUSE, _LONGEST_PAUSE = 0.005, 0.05  # seconds between two looks at what another fetches
_SIGN_OF_LIFE: Final = LOCK_LIFE.total_seconds() / 3
_YOUNGER: Final = timedelta(seconds=1)
_DOUBT: Final = b"doubt "


@dataclass(slots=True)
class Tally:
    """Mailboxes since the start: answered by what another node fetched, after waiting for it or not, and not found.

    ``vain`` counts questions that have waited to the end for nothing.
    """

    hits: int = 0
    waited: int = 0
    misses: int = 0
    vain: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    """What all connectors of a node share with those of other nodes.

    ``node`` tells this one apart from all others. Details are shared only with ``details``. Nobody waits longer than
    ``wait`` for what another node fetches.
    """

    shared: TimedStore
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

    ``now`` is the instant by the clock of the shared store, and ``era`` how long that has gone as it should; 0 where it
    is away, and nothing is shared.
    """

    now: int = 0
    era: bytes = b""
    answers: dict[int, Answer] = field(default_factory=dict)
    mine: list[int] = field(default_factory=list)
    others: dict[int, bytes] = field(default_factory=dict)


class SecondLevel:
    """Answers from what the nodes of ``cluster`` share; the rest is fetched from ``inner`` by one of them.

    It stands below the layer that joins equal questions of one node. What the others give goes into ``store`` as well,
    as old as it is: ages are taken by the clock of the shared store, and counted from before ``inner`` was asked.
    ``fingerprint`` is of all that answers depend on: nodes that differ in it share nothing. Nothing is shared that the
    first level would not keep; but where two nodes in a row have fetched nothing that can be shared, those who waited
    for them are given what the second was. Whoever asks again although ``store`` still has an answer is given a younger
    one only. Where waiting was in vain several times in a row, nobody waits for a while.
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
        self._wait, self._vain = cluster.wait.total_seconds(), Vain(name)

    async def lookup(self, mailboxes: Sequence[Mailbox], question: Question) -> list[Answer]:
        """See :class:`proxy.connector.Connector`."""
        if not mailboxes or (question.detail is Detail.DETAILS and not self._cluster.details):
            return await self._inner.lookup(mailboxes, question)
        asked, places = self._asked(mailboxes, question), range(len(mailboxes))
        looked = await self._look(asked, places)
        self._cluster.tally.hits += len(looked.answers)
        now = asyncio.get_running_loop().time()
        if question.hops or not self._vain.may_wait(now):  # what it came through may be what the other node waits for
            looked.mine, looked.others = [place for place in places if place not in looked.answers], {}
        answers = await self._settled(asked, looked, now + self._wait)
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
        kept = self._store.stale(shelf, mailbox, now)  # which, other than what finds it, counts as no ask
        if kept is not None:
            oldest = min(oldest, now - kept.as_of - _YOUNGER)
        return max(oldest // _MILLISECOND, 0)

    async def _look(self, asked: _Asked, places: Sequence[int], waiting: int = 0) -> _Looked:
        looked_at, epoch = self._clock(), self._store.epoch
        wanted = [asked.wanted[place] for place in places]
        seen = await self._cluster.shared.look(wanted, token=asked.turn, waiting=waiting)
        if seen is None:
            return _Looked(mine=list(places))
        self._clock()  # which may find that it was set: then nobody knows how old anything is
        looked, keeps = _Looked(seen.now, seen.era), self._store.epoch == epoch
        for place, found in zip(places, seen.found, strict=True):
            if (answer := self._opened(asked, place, found, seen, looked_at)) is not None:
                looked.answers[place] = answer
                if keeps and found.value is not None:
                    self._store.keep(asked.shelf, answer, looked_at - (seen.now - found.stamp) * _MILLISECOND)
            elif found.holder in (b"", asked.turn):
                looked.mine.append(place)
            else:
                looked.others[place] = found.holder
        return looked

    def _opened(self, asked: _Asked, place: int, found: Found, seen: Seen, looked_at: datetime) -> Answer | None:
        """The answer in ``found``; None where there is none, it cannot be trusted, or its life is over."""
        sealed = found.note if found.value is None else found.value
        age = (seen.now - found.stamp) * _MILLISECOND if sealed is not None else -_MILLISECOND
        if sealed is None or not timedelta() <= age < max(self._lives.ttl, self._lives.negative_ttl):
            return None
        about = _about(asked.wanted[place].key, found.stamp, seen.era)
        whose = Whose(asked.mailboxes[place], asked.question, looked_at - age)
        if found.value is None:
            content = self._cluster.seal.opened(sealed, _DOUBT + about)
            return None if content is None else unpacked_doubt(content, whose)
        content = self._cluster.seal.opened(sealed, about)
        answer = None if content is None else unpacked(content, whose)
        return answer if answer is not None and age < self._lives.of(answer) else None

    async def _settled(self, asked: _Asked, looked: _Looked, until: float) -> dict[int, Answer]:
        """An answer for each place of ``looked``: what is ours is fetched, what others fetch is waited for."""
        parts, lookups = [], []
        if looked.mine:
            parts.append(looked.mine)
            lookups.append(self._fetched(asked, looked))
        if looked.others:
            parts.append(list(looked.others))
            lookups.append(self._waited_for(asked, looked, until))
        answers = dict(looked.answers)
        if lookups:
            for places, found in zip(parts, await side_by_side(lookups), strict=True):
                answers.update(zip(places, found, strict=True))
        return answers

    async def _waited_for(self, asked: _Asked, first: _Looked, until: float) -> list[Answer]:
        """What others fetch. Where one ends without an answer or dies, one of those who wait fetches it, and where it
        takes too long, each of them."""
        places = list(first.others)
        left, answers, pause = places, dict[int, Answer](), _FIRST_PAUSE
        began = asyncio.get_running_loop().time()
        while left:
            await self._sleep(pause)
            pause = min(pause * 1.5, _LONGEST_PAUSE)
            looked = await self._look(asked, left, waiting=first.now)
            self._cluster.tally.waited += len(looked.answers)
            if asyncio.get_running_loop().time() >= until and looked.others:
                looked.mine, looked.others = [place for place in left if place not in looked.answers], {}
                self._cluster.tally.vain += 1
                self._vain.waited(began, until, found=bool(answers or looked.answers))
            elif looked.answers:
                self._vain.found()
            if looked.mine:
                answers |= await self._settled(asked, looked, until)
                break
            answers |= looked.answers
            left = list(looked.others)
        return [answers[place] for place in places]

    async def _fetched(self, asked: _Asked, looked: _Looked) -> list[Answer]:
        places = looked.mine
        mailboxes = [asked.mailboxes[place] for place in places]
        self._cluster.tally.misses += len(places)
        if not looked.now:
            return await self._inner.lookup(mailboxes, asked.question)
        asked_at, answers = self._clock(), list[Answer]()
        life = _SignsOfLife(partial(self._show_life, [asked.wanted[place].key for place in places], asked.turn))
        try:
            answers = await self._inner.lookup(mailboxes, asked.question)
        finally:  # whoever waits learns at once that nothing comes, too
            life.end()
            self._cluster.flights.start(self._share(asked, looked, answers, asked_at))
        return answers

    def _show_life(self, keys: Sequence[bytes], token: bytes) -> None:
        self._cluster.flights.start(self._cluster.shared.hold(keys, token=token))

    async def _share(self, asked: _Asked, looked: _Looked, answers: Sequence[Answer], asked_at: datetime) -> None:
        given = answers if len(answers) == len(looked.mine) else [None] * len(looked.mine)
        entries = [
            self._entry(asked, place, answer, looked, asked_at)
            for place, answer in zip(looked.mine, given, strict=True)
        ]
        await self._cluster.shared.put(entries, token=asked.turn, era=looked.era)

    def _entry(self, asked: _Asked, place: int, answer: Answer | None, looked: _Looked, asked_at: datetime) -> Entry:
        """``answer`` as it is shared; without a value where it is not."""
        key = asked.wanted[place].key
        if answer is None or answer.mailbox != asked.mailboxes[place]:
            return Entry(key, None)
        older = asked_at - answer.as_of if isinstance(answer, Availability) else timedelta()
        stamp = looked.now - max(older // _MILLISECOND, 0)
        about, seal = _about(key, stamp, looked.era), self._cluster.seal.seal
        if (content := packed(answer, asked.question)) is not None:
            return Entry(key, seal(content, about), stamp, self._lives.of(answer) // _MILLISECOND)
        doubt = packed_doubt(answer, asked.question)
        return Entry(key, None, stamp, note=b"" if doubt is None else seal(doubt, _DOUBT + about))


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


def _about(key: bytes, stamp: int, era: bytes) -> bytes:
    """What a sealed value is bound to: nobody can put it in another place, make it younger, or bring it back."""
    return b"%s %d %s" % (key, stamp, era)
