"""Tests of proxy/layers/refresh.py: who is asked for anew, when, with whom, and who is not."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest

from protocols.model.freebusy import Availability, Detail, Question, Reason, Unavailable
from proxy.connector import Connector, Leaf
from proxy.layers.cache import AnswerStore, Cache, Keep
from proxy.layers.coalesce import Coalesce
from proxy.layers.frames import Frames
from proxy.layers.refresh import Refresh
from tests.contracts.connector import ConnectorContract
from tests.contracts.scripted import Scripted, available, block, boxes, peer_down, window
from tests.contracts.virtual import START, elapsed, now, run

DAY_ASKED = Question(window=window(0, 24))
HOME = Question(window=Frames().home(START))


@dataclass
class _House:
    """A cache with what stands behind it; asks of ``steps`` are (seconds since the start, names)."""

    peer: Scripted = field(default_factory=lambda: Scripted(takes=0.5))
    asks: int = 2
    ttl: timedelta = timedelta(seconds=60)
    detail: Detail = Detail.BUSY
    refreshed: int = 0
    waited: list[float] = field(default_factory=list)

    def after(self, *steps: tuple[float, str], close: bool = True) -> list[tuple[str, ...]]:
        """Whom each call was about, when all these have been asked in turn."""

        async def walked() -> None:
            store = AnswerStore(ttl=self.ttl, refresh_asks=self.asks)
            coalesce = Coalesce(Keep(Leaf("b", self.peer.ask, now), name="b", store=store, clock=now))
            refresh = Refresh(coalesce, name="b", store=store, clock=now)
            cache = Cache(coalesce, name="b", store=store, clock=now, refresh=refresh)
            for seconds, names in steps:
                await asyncio.sleep(seconds - elapsed())
                began = elapsed()
                await cache.lookup(boxes(*names.split()), replace(DAY_ASKED, detail=self.detail))
                self.waited.append(elapsed() - began)
            if close:
                await asyncio.sleep(5)
            self.refreshed = refresh.asked
            await refresh.close()
            await coalesce.close()

        run(walked())
        return [tuple(address.partition("@")[0] for address in asked) for asked, _ in self.peer.calls]


def test_a_look_up_near_expiry_answers_at_once_and_refreshes_behind() -> None:
    house = _House()
    calls = house.after((0, "ann"), (49, "ann"), (55, "ann"), (65, "ann"), (100, "ann"))
    assert calls == [("ann",), ("ann",)]
    assert house.peer.calls[1][1] == HOME
    assert house.waited == [0.5, 0, 0, 0, 0]
    assert house.refreshed == 1


@pytest.mark.parametrize(
    "steps",
    [
        [(49, "ann")],  # once is not often
        [(10, "ann"), (20, "ann"), (30, "ann"), (47, "ann")],  # it is young
        [(49, "ann"), (49.05, "ann"), (49.09, "ann")],  # one question, looked up in several steps
    ],
)
def test_what_is_not_asked_for_near_its_end_is_not_refreshed(steps: list[tuple[float, str]]) -> None:
    assert _House().after((0, "ann"), *steps) == [("ann",)]


def test_it_stops_when_nobody_asks() -> None:
    assert len(_House().after((0, "ann"), (50, "ann"), (51, "ann"), (500, "bob"))) == 3


def test_nothing_is_refreshed_where_it_is_switched_off() -> None:
    assert _House(asks=0).after((0, "ann"), *((n, "ann") for n in range(48, 60))) == [("ann",)]


def test_one_refresh_per_life_however_many_ask() -> None:
    peer = Scripted(takes=3)
    asked = [(49 + n / 5, "ann") for n in range(40)]
    assert _House(peer).after((0, "ann"), *asked) == [("ann",)] * 2


def test_those_that_fall_due_together_are_asked_together() -> None:
    asked = [(0, "ann bob"), (1, "carl"), (50, "ann bob"), (50.5, "carl"), (51, "ann bob"), (51.1, "carl")]
    assert _House().after(*asked) == [("ann", "bob"), ("carl",), ("ann", "bob", "carl")]


def test_a_short_life_has_a_short_moment() -> None:
    house = _House(Scripted(takes=0.1), ttl=timedelta(seconds=2))
    assert len(house.after((0, "ann"), (1.65, "ann"), (1.76, "ann"), (2.05, "ann"), close=False)) == 2
    assert house.waited[-1] == 0


def test_details_are_refreshed_as_details() -> None:
    house = _House(Scripted({"ann@b.example": [block(1, 1)]}), detail=Detail.DETAILS)
    house.after((0, "ann"), (50, "ann"), (51, "ann"))
    assert [question.detail for _, question in house.peer.calls] == [Detail.DETAILS] * 2


class _FailsLater(Scripted):
    async def ask(self, *asked: object) -> list[Availability | Unavailable]:
        if elapsed() > 10:
            self.failure = peer_down(Reason.THROTTLED, retry_after=timedelta(seconds=30))
        answers: list[Availability | Unavailable] = await super().ask(*asked)  # type: ignore[arg-type]
        return answers


def test_a_peer_in_trouble_is_left_alone() -> None:
    people = ["ann", "bob", "carl", "dora"]
    steps = [(float(n), name) for n, name in enumerate(people)]
    steps += [(52 + n + wait, name) for n, name in enumerate(people) for wait in (0, 0.5)]
    assert _House(_FailsLater()).after(*steps) == [("ann",), ("bob",), ("carl",), ("dora",), ("ann",)]


def test_a_refresh_that_failed_leaves_the_answer_its_life() -> None:
    house = _House(_FailsLater())
    house.after((0, "ann"), (50, "ann"), (51, "ann"), (59.5, "ann"))
    assert house.waited[1:] == [0, 0, 0]


def test_what_somebody_fetched_meanwhile_is_not_asked_for() -> None:
    async def walked() -> list[list[str]]:
        peer, store = Scripted(), AnswerStore(refresh_asks=1)
        leaf = Keep(Leaf("b", peer.ask, now), name="b", store=store, clock=now)
        refresh = Refresh(leaf, name="b", store=store, clock=now)
        cache = Cache(leaf, name="b", store=store, clock=now, refresh=refresh)
        await cache.lookup(boxes("ann", "bob"), DAY_ASKED)
        await asyncio.sleep(50)
        cache.ready(boxes("ann", "bob"), DAY_ASKED)
        await leaf.lookup(boxes("ann"), HOME)
        await asyncio.sleep(1)
        await refresh.close()
        return [asked for asked, _ in peer.calls]

    assert run(walked())[2:] == [["bob@b.example"]]


def test_many_are_asked_in_portions_and_few_portions_at_once() -> None:
    names = [f"p{n}" for n in range(1_000)]

    async def walked() -> tuple[int, Sequence[int]]:
        peer, store = Scripted(takes=0.5), AnswerStore(refresh_asks=1)
        leaf = Keep(Leaf("b", peer.ask, now), name="b", store=store, clock=now)
        refresh = Refresh(leaf, name="b", store=store, clock=now)
        cache = Cache(leaf, name="b", store=store, clock=now, refresh=refresh)
        await cache.lookup(boxes(*names), DAY_ASKED)
        await asyncio.sleep(50)
        cache.ready(boxes(*names), DAY_ASKED)
        await asyncio.sleep(5)
        await refresh.close()
        return peer.most_at_once, [len(asked) for asked, _ in peer.calls]

    assert run(walked()) == (2, [1_000, 200, 200, 200, 200, 200])


@pytest.mark.parametrize(("last", "calls"), [(51, 1), (52, 2)])  # while it gathers; while a flight is in the air
def test_closing_ends_what_is_under_way(last: float, calls: int) -> None:
    house = _House(Scripted(takes=20))
    asked = house.after((0, "ann"), (50, "ann"), (51, "ann"), (last, "ann"), close=False)
    assert len(asked) == calls


class TestCacheThatRefreshes(ConnectorContract):
    def around(self, peer: Scripted) -> Connector:
        store = AnswerStore(refresh_asks=1)
        leaf = Keep(Leaf("b", peer.ask, now), name="b", store=store, clock=now)
        refresh = Refresh(leaf, name="b", store=store, clock=now)
        return Cache(leaf, name="b", store=store, clock=now, refresh=refresh)


def test_the_answer_after_a_refresh_is_the_new_one() -> None:
    async def walked() -> tuple[int, int]:
        peer, store = Scripted(), AnswerStore(refresh_asks=1)
        leaf = Keep(Leaf("b", peer.ask, now), name="b", store=store, clock=now)
        refresh = Refresh(leaf, name="b", store=store, clock=now)
        cache = Cache(leaf, name="b", store=store, clock=now, refresh=refresh)
        await cache.lookup(boxes("ann"), DAY_ASKED)
        peer.blocks = {"ann@b.example": [block(1, 1)]}
        found = []
        for seconds in (50, 1):
            await asyncio.sleep(seconds)
            [answer] = await cache.lookup(boxes("ann"), DAY_ASKED)
            found.append(len(available(answer).intervals))
        await refresh.close()
        return found[0], found[1]

    assert run(walked()) == (0, 1)
