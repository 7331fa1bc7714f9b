"""Tests of calsync/service.py: a run that is due, or rung for, is carried out and told of, whatever becomes of it."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from prometheus_client import CollectorRegistry
from structlog.testing import capture_logs

from calsync.counting import UNSEEN, Figures
from calsync.ledger.rows import RunKind
from calsync.notices.hook import Hook
from calsync.notices.news import News, Said
from calsync.reports.report import HubReport
from calsync.schedule import Scheduled
from calsync.service import ROOM, Heard, Service
from protocols.errors import PeerError
from protocols.model.event import Event
from protocols.model.freebusy import Reason
from service.jobs.alone import Alone
from service.jobs.cron import Schedule
from service.jobs.job import Ran
from service.runs.lease import BusyError
from service.runs.trying import PausedError, UnopenedError
from service.state.database import Database
from service.state.errors import StateError
from tests.calsync.notices.promising import Promising
from tests.calsync.scripted import Scripted
from tests.calsync.world.server import Fault
from tests.calsync.world.world import World, rules
from tests.contracts.spoke_events import span
from tests.galsync.test_counting import told
from tests.service.jobs.ticking import NOON, Time

HUB = "merger"
EVENT = Event(when=span(9, 9), subject="Redundancies at Fabrikam")
NUMBERS = count(1)
HEARD = Heard(public_url="https://hooks.example.com", random=lambda length: f"{next(NUMBERS):0{2 * length}x}")


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with Database.open(f"sqlite:{tmp_path / 'state.db'}") as database:
        yield World.over(database, rules())


def of_world(world: World) -> Scripted:
    """A hub that really runs."""

    async def run(only: frozenset[str] | None) -> HubReport:
        return await world.engine().sync(only=only)

    return Scripted(run=run)


def service(world: World, doing: Scripted, *, notices: bool = True, unseen: bool = True, **others: Any) -> Service:
    scheduled = Scheduled(doing=doing, schedule=Schedule.parse("*/15 * * * *"), notices=notices, unseen=unseen)
    given: dict[str, Any] = {"figures": Figures(CollectorRegistry()), "clock": world.time.clock}
    given |= {"sleep": world.time.sleep, "heard": HEARD, **others}
    return Service({HUB: scheduled}, world.ledger, **given)


async def lines(of: Service) -> tuple[Ran, Sequence[Any]]:
    with capture_logs() as found:
        ran = await of.run(HUB)
    return ran, found


async def test_a_run_is_told_in_numbers_and_without_what_it_is_about(world: World) -> None:
    world.servers["north"].create(EVENT)
    ran, [line] = await lines(service(world, of_world(world)))
    assert (ran, line["event"], line["log_level"]) == (Ran.ENDED, "hub_ended", "info")
    assert (line["planned"], line["written"], line["well"]) == ({"create": 2}, {"create": 2}, True)
    assert line["read"] == {"north": 1, "south": 0, "west": 0}
    assert "Fabrikam" not in str(line)


async def test_a_spoke_in_trouble_is_named_and_not_what_it_said(world: World) -> None:
    world.servers["north"].faults = deque([Fault.THROTTLED])
    _, [line] = await lines(service(world, of_world(world)))
    assert (line["log_level"], line["state"], line["not_read"]) == ("warning", "failed", ["north"])
    assert line["why"] == {"north": "throttled"}
    assert line["note"] == "busyline calendar history merger says more"
    assert "too many" not in str(line)


@pytest.mark.parametrize(
    ("error", "ran", "why"),
    [
        (BusyError("another"), Ran.BUSY, "busy"),
        (PausedError("ann@a.example said so"), Ran.ENDED, "paused"),
        (StateError("the disk is full"), Ran.AGAIN, "state"),
        (UnopenedError("contoso.pem: No such file"), Ran.ENDED, "unopened"),
        (RuntimeError("ours"), Ran.ENDED, "mistake"),
    ],
)
async def test_what_does_not_run_is_counted_and_said(world: World, error: Exception, ran: Ran, why: str) -> None:
    async def run(only: frozenset[str] | None) -> HubReport:
        raise error

    figures = Figures(registry := CollectorRegistry())
    ended, [line] = await lines(service(world, Scripted(run=run), figures=figures))
    assert (ended, line["event"], line["hub"], line["why"]) == (ran, "hub_skipped", HUB, why)
    assert "ann@a.example" not in str(line["note"])
    assert told(registry) == {f"busyline_hub_skipped_total{{merger,{why}}}": 1}


async def test_whoever_rings_while_another_node_runs_is_not_told_of_each_time(world: World) -> None:
    async def run(only: frozenset[str] | None) -> HubReport:
        raise BusyError("another")

    await world.ledger.begin(HUB, RunKind.SYNC)
    with capture_logs() as found:
        assert await service(world, Scripted(run=run)).run(HUB, only=frozenset(["north"])) is Ran.BUSY
    assert found == []


async def test_nobody_rings_for_a_hub_that_was_never_let_run(world: World) -> None:
    doing = of_world(world)
    of = service(world, doing)
    assert await of.run(HUB, only=frozenset(["north"]), since=world.time.now) is Ran.ENDED
    assert doing.began.empty()
    assert await of.run(HUB) is Ran.ENDED
    assert await of.run(HUB, only=frozenset(["north"]), since=world.time.now) is Ran.ENDED
    assert [doing.began.get_nowait() for _ in range(2)] == [None, {"north"}]


async def test_the_first_run_waits_for_somebody_and_says_so(world: World) -> None:
    world.servers["north"].create(EVENT)
    doing, figures = of_world(world), Figures(registry := CollectorRegistry())
    of = service(world, doing, unseen=False, figures=figures)
    await world.ledger.begin(HUB, RunKind.SYNC)  # somebody tried, and nothing came of it
    ran, [line] = await lines(of)
    assert (ran, line["event"], line["why"]) == (Ran.ENDED, "hub_skipped", UNSEEN)
    assert "`busyline calendar sync merger` shows the plan and asks" in line["note"]
    assert told(registry) == {f"busyline_hub_skipped_total{{merger,{UNSEEN}}}": 1}
    with capture_logs() as found:
        assert await of.run(HUB, only=frozenset(["north"])) is Ran.ENDED
    assert (found, doing.began.empty()) == ([], True)
    await world.sync()  # by hand
    assert [line["event"] for line in (await lines(of))[1]] == ["hub_ended"]
    await world.engine().purge()
    await world.ledger.resume(HUB)
    assert [line["why"] for line in (await lines(of))[1]] == [UNSEEN]


async def test_one_run_at_a_time(world: World) -> None:
    held = asyncio.Event()
    going: list[int] = []

    async def run(only: frozenset[str] | None) -> HubReport:
        going.append(len(going) - sum(each < 0 for each in going) * 2)
        await held.wait()
        going.append(-1)
        return await world.engine().sync(only=only)

    of = service(world, Scripted(run=run))
    both = [asyncio.create_task(of.run(HUB)) for _ in range(2)]
    await asyncio.sleep(0)
    held.set()
    assert await asyncio.gather(*both) == [Ran.ENDED] * 2
    assert going == [0, -1, 0, -1]


@asynccontextmanager
async def attended(of: Service) -> AsyncIterator[None]:
    serving = asyncio.create_task(of.attending.serve())
    try:
        async with asyncio.timeout(20):
            yield
    finally:
        serving.cancel()
        await asyncio.gather(serving, return_exceptions=True)


async def test_a_message_leads_to_a_run_of_whoever_rang(world: World) -> None:
    north = world.servers["north"]
    doing, figures = of_world(world), Figures(registry := CollectorRegistry())
    of = service(world, doing, figures=figures)
    await of.run(HUB)
    north.create(EVENT)
    hook = Hook(hub=HUB, spoke="north", name="name", digest=b"")
    async with attended(of):
        of.attending.heard(hook, News(Said.CHANGED, ""))
        assert [await doing.began.get() for _ in range(2)] == [None, {"north"}]
        while not told(registry).get("busyline_hub_notice_seconds_count{merger}"):  # noqa: ASYNC110  another task counts
            await asyncio.sleep(0)
    assert [len(each.standing) for each in world.servers.values()] == [1, 1, 1]


async def test_the_promises_of_servers_are_kept(world: World) -> None:
    north, south = Promising(longest=world.time.now + timedelta(days=3)), Promising(longest=world.time.now)
    figures = Figures(registry := CollectorRegistry())
    of = service(world, Scripted(spokes={"north": north, "south": south}), figures=figures)
    south.errors.append(PeerError(Reason.UNREACHABLE, "nobody answers"))
    with capture_logs():
        assert await of.watch(HUB) is Ran.ENDED
    assert (len(north.standing), len(south.standing)) == (1, 0)
    expected = {"busyline_hub_unwatched{merger,north}": 0, "busyline_hub_unwatched{merger,south}": 1}
    assert told(registry) == expected


@pytest.mark.parametrize("why", ["hub", "spoke", "settings"])
async def test_what_is_paused_is_not_watched(world: World, why: str) -> None:
    north = Promising(longest=world.time.now + timedelta(days=3))
    figures = Figures(registry := CollectorRegistry())
    doing = Scripted(spokes={"north": north})
    await service(world, doing).watch(HUB)
    if why != "settings":
        await world.ledger.pause(HUB, "a move goes on", "north" if why == "spoke" else "")
    assert await service(world, doing, figures=figures, notices=why != "settings").watch(HUB) is Ran.ENDED
    assert await world.ledger.hooks(HUB) == []
    assert told(registry) == {"busyline_hub_unwatched{merger,north}": 0}


async def test_a_hub_that_cannot_be_opened_is_not_watched(world: World) -> None:
    with capture_logs() as found:
        ran = await service(world, Scripted(error=UnopenedError("ca.pem: No such file"))).watch(HUB)
    assert (ran, [line["event"] for line in found]) == (Ran.ENDED, ["hub_not_watched"])


async def test_its_jobs_run_by_the_clock(world: World) -> None:
    doing = of_world(world)
    of = service(world, doing)
    jobs = {job.name: job for job in of.jobs()}
    assert (sorted(jobs), ROOM) == (["merger", "merger hooks"], "calsync")
    assert [await job.owed(world.time.now) for job in jobs.values()] == [False, True]
    assert [job.name for job in service(world, doing, heard=None).jobs()] == ["merger"]

    serving = asyncio.create_task(Alone(of.jobs(), Time(NOON, end=NOON + timedelta(hours=1)).works()).serve())
    try:
        assert await asyncio.wait_for(doing.began.get(), 20) is None
    finally:
        serving.cancel()
        await asyncio.gather(serving, return_exceptions=True)


async def test_after_a_restart_the_metrics_know_the_last_run_and_when_all_was_well(world: World) -> None:
    await world.sync()
    well = world.time.now
    await world.engine().purge()
    world.time.now += timedelta(hours=1)
    world.servers["north"].faults = deque([Fault.THROTTLED])
    await world.ledger.resume(HUB)
    await world.sync()
    figures = Figures(registry := CollectorRegistry())
    await service(world, Scripted(), figures=figures).remember()
    found = told(registry)
    assert found["busyline_hub_last_well_seconds{merger}"] == well.timestamp()
    assert found["busyline_hub_last_run_seconds{merger}"] >= (well + timedelta(hours=1)).timestamp()
    assert (found["busyline_hub_failed{merger}"], found["busyline_hub_interval_seconds{merger}"]) == (1, 900)


async def test_the_history_is_kept_as_long_as_it_shall_be(world: World) -> None:
    of = service(world, of_world(world), keep=timedelta(days=90))
    await of.run(HUB)
    world.time.now += timedelta(days=91)
    await of.run(HUB)
    assert [run.number for run in await world.ledger.runs(HUB)] == [2]
