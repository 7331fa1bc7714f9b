"""Tests of service/runs/lease.py: one run at a time, and nobody writes whose lease is over."""

import asyncio
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.runs.lease import BusyError, Lease, LeaseLostError
from service.runs.leases import Leases
from service.state.errors import StateError
from tests.service.runs.kept import Kept, kept

TEN = timedelta(minutes=10)


def kept_in(folder: Path) -> AbstractAsyncContextManager[Kept]:
    return kept(f"sqlite:{folder / 'state.db'}")


def lease(it: Kept, holder: str, *, leases: Leases | None = None, **others: Any) -> Lease:
    return Lease(leases or it, "staff", holder, clock=it.time.clock, length=TEN, **others)


async def test_one_at_a_time(tmp_path: Path) -> None:
    async with kept_in(tmp_path) as it:
        ours = lease(it, "here")
        await ours.take()
        with pytest.raises(BusyError, match="another run of staff"):
            await lease(it, "there").take()
        await ours.give_back()
        await lease(it, "there").take()


async def test_who_comes_back_under_the_same_name_goes_on_at_once(tmp_path: Path) -> None:
    async with kept_in(tmp_path) as it:
        await lease(it, "here").take()
        await lease(it, "here").take()


async def test_a_lease_that_is_kept_does_not_run_out(tmp_path: Path) -> None:
    async with kept_in(tmp_path) as it:
        ours = lease(it, "here")
        await ours.take()
        for _ in range(5):
            it.time.now += timedelta(minutes=6)
            await ours.keep()
        with pytest.raises(BusyError):
            await lease(it, "there").take()


async def test_a_lease_that_ran_out_and_was_taken_is_lost(tmp_path: Path) -> None:
    async with kept_in(tmp_path) as it:
        ours = lease(it, "here")
        await ours.take()
        it.time.now += timedelta(minutes=11)
        await lease(it, "there").take()
        with pytest.raises(LeaseLostError, match="taken staff over"):
            await ours.keep()


async def test_from_who_is_dead_it_is_taken_at_once(tmp_path: Path) -> None:
    async with kept_in(tmp_path) as it:
        killed = lease(it, "killed")
        await killed.take()
        await lease(it, "there", dead={"killed"}.__contains__).take()
        it.time.now += TEN / 2
        with pytest.raises(LeaseLostError):
            await killed.keep()
        with pytest.raises(BusyError):
            await lease(it, "third", dead={"killed"}.__contains__).take()


async def test_of_two_that_follow_who_is_dead_one_has_it(tmp_path: Path) -> None:
    async with kept_in(tmp_path) as it:
        await lease(it, "killed").take()
        both = [lease(it, name, dead={"killed"}.__contains__) for name in ("one", "two")]
        came = await asyncio.gather(*(each.take() for each in both), return_exceptions=True)
        assert [type(each) for each in came if each is not None] == [BusyError]


class Naps:
    """Sleeps that last until the test ends them; ``lengths`` are those asked for."""

    def __init__(self) -> None:
        self.lengths: list[float] = []
        self._turn = asyncio.Semaphore(0)
        self._asked = asyncio.Event()

    async def __call__(self, seconds: float) -> None:
        self.lengths.append(seconds)
        self._asked.set()
        await self._turn.acquire()

    async def over(self) -> None:
        """One of them ends, and what follows is done up to the next."""
        await self._asked.wait()
        self._asked.clear()
        self._turn.release()
        await self._asked.wait()


async def test_while_a_run_waits_its_lease_is_renewed(tmp_path: Path) -> None:
    async with kept_in(tmp_path) as it:
        naps = Naps()
        ours = lease(it, "here", nap=naps)
        await ours.take()
        async with ours.beating():
            for _ in range(6):
                it.time.now += TEN / 4
                await naps.over()
            with pytest.raises(BusyError):
                await lease(it, "there").take()
        it.time.now += TEN
        await lease(it, "there").take()
        assert {*naps.lengths} == {TEN.total_seconds() / 4}


async def test_a_call_in_flight_ends_with_the_lease(tmp_path: Path) -> None:
    async with kept_in(tmp_path) as it:
        ours = lease(it, "here", nap=lambda _: asyncio.sleep(0))
        await ours.take()
        ended: list[str] = []

        async def call() -> None:
            try:
                await asyncio.Event().wait()
            finally:
                ended.append("call")

        calling = asyncio.ensure_future(ours.during(call()))
        it.time.now += 2 * TEN
        await lease(it, "there").take()
        async with ours.beating():
            with pytest.raises(LeaseLostError, match="taken staff over"):
                await calling
        assert ended == ["call"]
        with pytest.raises(LeaseLostError, match="taken staff over"):
            await ours.keep()


@dataclass
class Unreachable:
    """Leases of ``it`` whose database goes away."""

    it: Kept
    answers: bool = True

    async def hold(self, name: str, holder: str, until: datetime, /, *, instead_of: str | None = None) -> bool:
        if not self.answers:
            raise StateError("the database does not answer")
        return await self.it.hold(name, holder, until, instead_of=instead_of)

    async def holder(self, name: str, /) -> str | None:
        return await self.it.holder(name)

    async def release(self, name: str, holder: str, /) -> None:
        await self.it.release(name, holder)


async def test_a_lease_that_cannot_be_renewed_is_over_before_it_runs_out(tmp_path: Path) -> None:
    async with kept_in(tmp_path) as it:
        naps = Naps()
        away = Unreachable(it)
        ours = lease(it, "here", leases=away, nap=naps)
        await ours.take()
        away.answers = False
        async with ours.beating():
            it.time.now += TEN / 2
            await naps.over()
            assert await ours.during(asyncio.sleep(0, "goes on")) == "goes on"
            it.time.now += TEN / 4
            with pytest.raises(LeaseLostError, match="could not be renewed in time"):
                await asyncio.gather(ours.during(asyncio.Event().wait()), naps.over())


async def test_what_a_call_raises_is_raised_and_a_call_that_is_cancelled_ends(tmp_path: Path) -> None:
    async with kept_in(tmp_path) as it:
        ours = lease(it, "here")

        async def wrong() -> None:
            raise OSError("no")

        with pytest.raises(OSError, match="no"):
            await ours.during(wrong())
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0):
                await ours.during(asyncio.Event().wait())


EVENTS = st.lists(
    st.tuples(st.sampled_from(["take", "keep", "die", "give", "wait"]), st.integers(0, 2)), min_size=4, max_size=25
)


@given(events=EVENTS)
@settings(max_examples=60, deadline=None)
def test_never_two_at_once(tmp_path_factory: pytest.TempPathFactory, events: list[tuple[str, int]]) -> None:
    """Whoever lives and may write, may do so alone; whoever dies is followed by whoever comes next."""
    asyncio.run(_followed(tmp_path_factory.mktemp("state"), events))


async def _followed(folder: Path, events: list[tuple[str, int]]) -> None:
    dead: set[str] = set()
    async with kept_in(folder) as it:
        processes: dict[int, tuple[str, Lease, bool]] = {}
        for number, (event, who) in enumerate(events):
            name, mine, writes = processes.get(who, ("", None, False))
            if event == "wait":
                it.time.now += TEN / 3
            elif event == "take" and not writes:
                name = f"{who}-{number}"
                mine = lease(it, name, dead=dead.__contains__)
                others = [each for each in processes.values() if each[2]]
                try:
                    await mine.take()
                except BusyError:
                    assert others, "nobody lives who has it"
                    continue
                processes[who] = (name, mine, True)
            elif event == "die" and mine is not None:
                dead.add(name)
                del processes[who]
            elif event == "give" and mine is not None and writes:
                await mine.give_back()
                del processes[who]
            elif event == "keep" and mine is not None:
                try:
                    await mine.keep()
                except LeaseLostError:
                    del processes[who]
            may = [each for each in processes.values() if each[1]._left() > timedelta()]
            assert len(may) <= 1
