"""How workers are started anew: what is said when none can be, and how long is waited between two tries."""

import asyncio
from pathlib import Path
from typing import NoReturn

import pytest
from structlog.testing import capture_logs

from console.workers.child import Child, WorkerFailedError, started
from console.workers.crew import Crew, Patience
from console.workers.plan import Plan
from service.metrics import Metrics
from tests.console.workers.serving import SERVER, killed, lives


@pytest.fixture
def plan(tmp_path: Path) -> Plan:
    path = tmp_path / "busyline.toml"
    path.write_text(SERVER, "utf-8")
    return Plan.read(path, style="json", workers=2)


def unheard(_: object) -> NoReturn:
    raise AssertionError("nobody captures")


async def test_where_none_can_serve_the_words_are_said_once(plan: Plan) -> None:
    tried = []

    async def start(_: Plan, number: int) -> Child:
        tried.append(number)
        raise WorkerFailedError("the disk is full: make room")

    crew = Crew(plan, start=start, metrics=Metrics())
    with pytest.raises(WorkerFailedError, match=r"^the disk is full: make room$"):
        await crew.begin()
    assert tried == [1]  # which would have told the others where to listen
    assert not crew.ready
    await crew.end()


async def test_whoever_cannot_be_started_is_tried_again_ever_later(plan: Plan) -> None:
    pauses: list[float] = []
    enough = asyncio.Event()
    broken = False

    async def start(plan: Plan, number: int) -> Child:
        if broken:
            raise WorkerFailedError("the disk is full: make room")
        return await started(plan, number, unheard)

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) > 7:
            enough.set()
            await asyncio.Event().wait()

    crew = Crew(plan, start=start, metrics=Metrics(), patience=Patience(pause=8), sleep=sleep)
    await crew.begin()
    first, second = crew
    assert crew.ready
    broken = True
    with capture_logs() as logs:
        killed(first.pid)
        await asyncio.wait_for(enough.wait(), 60)
    assert pauses == [0, 1, 2, 4, 8, 8, 8, 8]
    assert [each["event"] for each in logs] == ["worker_ended", *["worker_not_started"] * 7]
    assert crew.ready  # the other one serves on
    await crew.end()
    assert not lives(second.pid)
    assert not crew.ready


async def test_whoever_hangs_is_killed_and_another_one_started(plan: Plan) -> None:
    async def start(plan: Plan, number: int) -> Child:
        return await started(plan, number, unheard)

    crew = Crew(plan, start=start, metrics=Metrics(), patience=Patience(silence=4, look=0.1, numbers=0.2))
    await crew.begin()
    hung, other = crew
    with capture_logs() as logs:
        hung.send(19)  # SIGSTOP
        text, _ = await crew.exposition()  # waits for nobody for long
        assert b"busyline_workers 2.0" in text
        while crew.plan.workers != len(list(crew)) or hung in crew:  # noqa: ASYNC110  processes have no event
            await asyncio.sleep(0.05)
    assert [each["event"] for each in logs] == ["worker_hangs", "worker_ended", "worker_started"]
    assert other in crew
    await crew.end()
