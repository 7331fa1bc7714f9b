"""Tests of what a cache says from what has expired: when, for how long, and what replaces it at once."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from structlog.testing import capture_logs

from protocols.model.freebusy import Answer, Detail, Part, Question, Reason, Unavailable
from protocols.model.mailbox import Mailbox
from proxy.connector import Leaf
from proxy.federation import Federation
from proxy.layers.cache import AnswerStore, Cache, Keep
from proxy.layers.coalesce import Coalesce
from proxy.layers.store import DOUBT, REFUSALS
from routing.table import Route, RouteTable
from routing.ways import Ways
from tests.contracts.scripted import Scripted, available, block, boxes, peer_down, reasons, window
from tests.contracts.virtual import START, elapsed, now, run

QUESTION = Question(window=window(0, 8))
STALE = timedelta(minutes=10)
NEITHER = {Reason.LOOP, Reason.TOO_MANY_ENTRIES, Reason.WINDOW_TOO_LONG, Reason.TOO_MANY_MAILBOXES}


def _peer() -> Scripted:
    return Scripted({"ann@b.example": [block(1, 2)]})


def _cache(peer: Scripted, *, stale: timedelta = STALE) -> Cache:
    store = AnswerStore(stale=stale)
    keep = Keep(Leaf("b", peer.ask, now), name="b", store=store, clock=now)
    return Cache(keep, name="b", store=store, clock=now)


async def _asked(cache: Cache, question: Question = QUESTION) -> Answer:
    [answer] = await cache.lookup(boxes("ann"), question)
    return answer


def _after(peer: Scripted, seconds: float, failure: Exception | None, *, stale: timedelta = STALE) -> Answer:
    """What is answered when the peer has failed since the first answer, that many seconds ago."""

    async def walked() -> Answer:
        cache = _cache(peer, stale=stale)
        await _asked(cache)
        await asyncio.sleep(seconds)
        peer.failure = failure
        return await _asked(cache)

    return run(walked())


def test_without_the_setting_an_expired_answer_is_gone() -> None:
    assert reasons([_after(_peer(), 61, peer_down(), stale=timedelta())]) == [Reason.UNREACHABLE]


def test_busy_stays_busy_and_free_is_unknown() -> None:
    answer = available(_after(_peer(), 61, peer_down()))
    assert [each.window for each in answer.intervals] == [window(1, 2)]
    assert answer.unknown == (window(0, 1), window(3, 5))
    assert answer.as_of == START
    assert answer.parts == (Part("scripted", START, Reason.UNREACHABLE),)


@pytest.mark.parametrize(("seconds", "told"), [(59, True), (659, True), (660, False), (3600, False)])
def test_the_age_has_a_limit(seconds: float, told: bool) -> None:
    assert (reasons([_after(_peer(), seconds, peer_down())]) == [None]) is told


@pytest.mark.parametrize("reason", Reason)
def test_only_doubt_is_answered_from_what_has_expired(reason: Reason) -> None:
    assert (reason in DOUBT) + (reason in REFUSALS) + (reason in NEITHER) == 1
    found = reasons([_after(_peer(), 61, peer_down(reason))])
    assert found == ([None] if reason in DOUBT else [reason])


@pytest.mark.parametrize("reason", [reason for reason in Reason if reason in REFUSALS])
def test_a_refusal_replaces_it_at_once(reason: Reason) -> None:
    async def walked() -> list[Reason | None]:
        peer = _peer()
        cache = _cache(peer)
        await _asked(cache)
        await asyncio.sleep(61)
        peer.refusals = {"ann@b.example": Unavailable(mailbox=None, reason=reason)}
        first = await _asked(cache)
        await asyncio.sleep(61)
        peer.refusals, peer.failure = {}, peer_down()
        return reasons([first, await _asked(cache)])

    assert run(walked()) == [reason, Reason.UNREACHABLE]


def test_a_refusal_of_another_frame_counts_too() -> None:
    far = Question(window=window(24 * 300, 8))

    async def walked() -> list[Reason | None]:
        peer = _peer()
        cache = _cache(peer)
        await _asked(cache, far)
        await asyncio.sleep(61)
        peer.refusals = {"ann@b.example": Unavailable(mailbox=None, reason=Reason.NO_ACCESS)}
        await _asked(cache)
        peer.refusals, peer.failure = {}, peer_down()
        return reasons([await _asked(cache, far)])

    assert run(walked()) == [Reason.UNREACHABLE]


@pytest.mark.parametrize("doubts", [[], [window(4, 1)]])
def test_a_newer_answer_replaces_it_even_with_doubt(doubts: list[object]) -> None:
    async def walked() -> tuple[Answer, Answer]:
        peer = _peer()
        cache = _cache(peer)
        await _asked(cache)
        await asyncio.sleep(61)
        peer.blocks, peer.doubts = {}, {"ann@b.example": doubts}  # type: ignore[dict-item]
        newer = await _asked(cache)
        await asyncio.sleep(61)
        peer.failure = peer_down()
        return newer, await _asked(cache)

    newer, last = run(walked())
    assert available(newer).unknown == tuple(doubts)
    if doubts:
        assert reasons([last]) == [Reason.UNREACHABLE]
    else:
        assert available(last).unknown == (QUESTION.window,)


def test_an_answer_that_returns_ends_it() -> None:
    async def walked() -> Answer:
        peer = _peer()
        cache = _cache(peer)
        await _asked(cache)
        await asyncio.sleep(61)
        peer.failure = peer_down()
        assert available(await _asked(cache)).unknown
        peer.failure = None
        return await _asked(cache)

    answer = available(run(walked()))
    assert (answer.unknown, answer.parts) == ((), ())
    assert answer.as_of > START


def test_details_stay_where_they_were_asked_for_and_busy_never_carries_any() -> None:
    async def walked(detail: Detail) -> list[bool]:
        peer = _peer()
        cache = _cache(peer)
        await _asked(cache, replace(QUESTION, detail=detail))
        await asyncio.sleep(61)
        peer.failure = peer_down()
        asked = [await _asked(cache, replace(QUESTION, detail=each)) for each in Detail]
        return [not isinstance(each, Unavailable) and each.intervals.has_details for each in asked]

    assert run(walked(Detail.BUSY)) == [False, False]
    assert run(walked(Detail.DETAILS)) == [False, True]


def test_yesterdays_frame_serves_after_midnight() -> None:
    clock = [START.replace(hour=23, minute=58)]

    async def ask(mailboxes: Sequence[Mailbox], question: Question, as_of: datetime) -> list[Answer]:
        return await peer.ask(mailboxes, question, as_of)

    async def walked() -> Answer:
        store = AnswerStore(stale=STALE)
        cache = Cache(Leaf("b", ask, lambda: clock[0]), name="b", store=store, clock=lambda: clock[0])
        await _asked(cache)
        clock[0] += timedelta(minutes=5)
        peer.failure = peer_down()
        return await _asked(cache)

    peer = _peer()
    assert available(run(walked())).unknown == (window(0, 1), window(3, 5))


def _stalls(peer: Scripted, deadline: float, *waits: float, patience: timedelta = timedelta(seconds=4)) -> list[object]:
    """Reason, age and waiting time of each question about a peer that has stopped to answer."""

    async def walked() -> list[object]:
        store = AnswerStore(stale=STALE)
        keep = Keep(Leaf("b", peer.ask, now), name="b", store=store, clock=now)
        coalesce = Coalesce(keep)
        cache = Cache(coalesce, name="b", store=store, clock=now, patience=patience)
        ways = Ways(RouteTable([Route(match="b.example", via=("b",))]))
        federation = Federation(ways=ways, connectors={"b": cache}, deadline=timedelta(seconds=deadline))

        async def asked() -> tuple[Reason | None, float]:
            began = elapsed()
            [answer] = await federation.lookup(boxes("ann"), QUESTION)
            return reasons([answer])[0], elapsed() - began

        await asked()
        await asyncio.sleep(61)
        peer.takes = 25
        asking = []
        for wait in waits:
            await asyncio.sleep(wait)
            asking.append(asyncio.create_task(asked()))
        found = [await each for each in asking]
        await federation.close()
        await coalesce.close()
        return list(found)

    return run(walked())


def test_a_caller_whose_deadline_comes_is_told_what_was_known_last() -> None:
    assert _stalls(_peer(), 8, 0) == [(None, 8)]


def test_others_need_not_wait_for_a_peer_that_has_let_somebody_wait() -> None:
    assert _stalls(_peer(), 8, 0, 3, 2) == [(None, 8), (None, 8), (None, 0)]


def test_a_caller_more_hurried_than_the_patience_is_told_of_the_doubt() -> None:
    assert _stalls(_peer(), 3, 0) == [(Reason.TIMEOUT, 3)]
    assert _stalls(_peer(), 3, 0, patience=timedelta(seconds=1.5)) == [(None, 3)]


def test_answers_from_what_has_expired_are_counted() -> None:
    async def walked() -> tuple[int, int]:
        peer = _peer()
        cache = _cache(peer)
        await _asked(cache)
        await asyncio.sleep(61)
        peer.failure = peer_down()
        await cache.lookup(boxes("ann", "bob", "ann"), QUESTION)
        return cache.stale, cache._store.hits

    assert run(walked()) == (2, 0)


def test_the_log_tells_the_age_and_why_once_a_minute() -> None:
    async def walked() -> None:
        peer = _peer()
        cache = _cache(peer)
        await _asked(cache)
        peer.failure = peer_down()
        for wait in (61, 1, 1, 60):
            await asyncio.sleep(wait)
            await _asked(cache)

    with capture_logs() as logs:
        run(walked())
    said = [log for log in logs if log["event"] == "answered_from_expired"]
    assert [log["age_seconds"] for log in said] == [61, 123]
    assert {(log["connector"], log["reason"]) for log in said} == {("b", "unreachable")}
