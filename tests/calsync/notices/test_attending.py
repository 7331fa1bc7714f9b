"""Tests of calsync/notices/attending.py: whoever rings is looked at soon, once, and never forgotten."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest

from calsync.notices.attending import CALM, PAUSES, SETTLING, Attending
from calsync.notices.hook import Hook
from calsync.notices.news import News, Said
from service.jobs.job import Ran
from tests.service.runs.kept import NOON, Time


@dataclass
class Work:
    """Runs and renewals as they come; ``ends`` are how the first runs end, and ``held`` keeps them from ending."""

    time: Time = field(default_factory=Time)
    ends: list[Ran] = field(default_factory=list)
    held: asyncio.Event = field(default_factory=asyncio.Event)
    done: "asyncio.Queue[tuple[str, list[str], datetime | None]]" = field(default_factory=asyncio.Queue)
    removed: list[list[str]] = field(default_factory=list)

    async def run(self, hub: str, *, only: frozenset[str], since: datetime, removed: frozenset[str]) -> Ran:
        self.done.put_nowait((hub, sorted(only), since))
        self.removed.append(sorted(removed))
        await self.held.wait()
        return self.ends.pop(0) if self.ends else Ran.ENDED

    async def renew(self, hub: str, spokes: frozenset[str]) -> None:
        self.done.put_nowait((f"{hub} anew", sorted(spokes), None))


def hook(spoke: str, hub: str = "team") -> Hook:
    return Hook(hub=hub, spoke=spoke, name="name", digest=b"")


@asynccontextmanager
async def attending(work: Work) -> AsyncIterator[Attending]:
    it = Attending(["team", "other"], run=work.run, renew=work.renew, clock=work.time.clock, sleep=work.time.sleep)
    serving = asyncio.create_task(it.serve())
    try:
        async with asyncio.timeout(20):
            yield it
    finally:
        serving.cancel()
        await asyncio.gather(serving, return_exceptions=True)


async def test_whoever_rings_within_a_second_is_looked_at_together() -> None:
    work = Work()
    async with attending(work) as it:
        for spoke in ("google", "graph", "google"):
            it.heard(hook(spoke), News(Said.CHANGED, ""))
        it.begun("other", "dav")
        assert [await work.done.get() for _ in range(2)] == [
            ("team", ["google", "graph"], NOON),
            ("other", ["dav"], NOON),
        ]
        assert SETTLING.total_seconds() in work.time.slept
        assert work.done.empty()


async def test_whoever_rings_while_a_run_goes_on_is_looked_at_after_it() -> None:
    work = Work()
    async with attending(work) as it:
        it.heard(hook("google"), News(Said.CHANGED, ""))
        assert await work.done.get() == ("team", ["google"], NOON)
        work.time.now = NOON + timedelta(minutes=1)
        it.heard(hook("graph"), News(Said.CHANGED, ""))
        assert work.done.empty()
        work.held.set()
        assert await work.done.get() == ("team", ["graph"], NOON + timedelta(minutes=1))


@pytest.mark.parametrize(
    ("after", "waits"),
    [
        (timedelta(seconds=3), []),
        (timedelta(seconds=1), []),
        (timedelta(seconds=0.25), [0.75]),
        (timedelta(seconds=-9), [1.0]),  # the clock was set back
    ],
)
async def test_what_rang_while_a_run_went_on_waits_for_the_rest_of_its_second_alone(
    after: timedelta, waits: list[float]
) -> None:
    work = Work()
    async with attending(work) as it:
        it.heard(hook("google"), News(Said.CHANGED, ""))
        await work.done.get()
        it.heard(hook("graph"), News(Said.CHANGED, ""))
        rang = work.time.now
        work.time.slept.clear()
        work.time.now = rang + after
        work.held.set()
        assert await work.done.get() == ("team", ["graph"], rang)
        assert work.time.slept == waits


@pytest.mark.parametrize("ran", [Ran.BUSY, Ran.AGAIN])
async def test_what_could_not_run_is_tried_again_with_all_that_rang(ran: Ran) -> None:
    work = Work(ends=[ran])
    work.held.set()
    async with attending(work) as it:
        it.heard(hook("google"), News(Said.CHANGED, ""))
        assert [await work.done.get() for _ in range(2)] == [("team", ["google"], NOON)] * 2
        assert PAUSES[ran].total_seconds() in work.time.slept


async def test_where_something_may_be_gone_is_told_to_the_run_until_one_takes_place() -> None:
    work = Work(ends=[Ran.BUSY])
    async with attending(work) as it:
        it.heard(hook("google"), News(Said.CHANGED, ""))
        it.heard(hook("shared"), News(Said.REMOVED, ""))
        it.heard(hook("shared"), News(Said.CHANGED, ""))
        assert await work.done.get() == ("team", ["google", "shared"], NOON)
        it.heard(hook("graph"), News(Said.ENDED, ""))
        work.held.set()
        found = [await work.done.get() for _ in range(2)]
        assert [only for name, only, _ in found if name == "team"] == [["google", "graph", "shared"]]
        assert work.removed[:2] == [["shared"], ["graph", "shared"]]


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (Said.REMOVED, [("team", ["graph"], NOON)]),
        (Said.RENEW, [("team anew", ["graph"], None)]),
        (Said.ENDED, [("team anew", ["graph"], None), ("team", ["graph"], NOON)]),
        (Said.CHANGED, [("team", ["graph"], NOON)]),
        (Said.BEGUN, []),
    ],
)
async def test_what_each_message_asks_for(said: Said, expected: list[tuple[str, list[str], datetime | None]]) -> None:
    work = Work()
    work.held.set()
    async with attending(work) as it:
        it.heard(hook("graph"), News(said, ""))
        it.begun("other", "dav")  # which is heard after it
        found = [await work.done.get() for _ in range(len(expected) + 1)]
        assert [each for each in found if each[0] != "other"] == expected
        assert work.done.empty()


async def test_a_server_that_keeps_no_promise_is_not_asked_again_and_again() -> None:
    work = Work()
    async with attending(work) as it:
        for pauses in ([SETTLING], [SETTLING, CALM, SETTLING]):
            it.heard(hook("graph"), News(Said.RENEW, ""))
            assert await work.done.get() == ("team anew", ["graph"], None)
            assert work.time.slept[: len(pauses)] == [each.total_seconds() for each in pauses]


async def test_new_promises_do_not_wait_for_a_run() -> None:
    work = Work()
    async with attending(work) as it:
        it.heard(hook("google"), News(Said.CHANGED, ""))
        assert await work.done.get() == ("team", ["google"], NOON)
        it.heard(hook("graph"), News(Said.RENEW, ""))
        assert await work.done.get() == ("team anew", ["graph"], None)


async def test_a_hub_that_is_not_there_any_more_is_nobodys() -> None:
    work = Work()
    async with attending(work) as it:
        it.heard(hook("google", hub="gone"), News(Said.ENDED, ""))
        it.begun("other", "dav")
        assert await work.done.get() == ("other", ["dav"], NOON)


async def test_without_hubs_it_waits_all_the_same() -> None:
    work = Work()
    it = Attending([], run=work.run, renew=work.renew, clock=work.time.clock, sleep=work.time.sleep)
    serving = asyncio.create_task(it.serve())
    await asyncio.sleep(0)
    assert not serving.done()
    serving.cancel()
    await asyncio.gather(serving, return_exceptions=True)
