"""How workers are started anew: what is said when none can be, and how long is waited between two tries."""

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import NoReturn

import pytest
from prometheus_client.parser import text_string_to_metric_families
from structlog.testing import capture_logs

from console.workers.child import Child, WorkerFailedError, started
from console.workers.crew import Crew, Patience
from console.workers.plan import Plan
from console.workers.sockets import Given
from service.metrics import Metrics
from tests.console.workers.serving import SERVER, killed, lives, state


@pytest.fixture
def plan(tmp_path: Path) -> Plan:
    path = tmp_path / "busyline.toml"
    path.write_text(SERVER, "utf-8")
    return Plan.read(path, style="json", workers=2)


def unheard(_: object) -> NoReturn:
    raise AssertionError("nobody captures")


async def test_where_none_can_serve_the_words_are_said_once(plan: Plan) -> None:
    tried = []

    async def start(_: Plan, number: int, __: Given) -> Child:
        tried.append(number)
        raise WorkerFailedError("the disk is full: make room")

    crew = Crew(plan, start=start, metrics=Metrics())
    with pytest.raises(WorkerFailedError, match=r"^the disk is full: make room$"):
        await crew.begin()
    assert tried == [1, 2]
    assert not crew.ready
    await crew.end()


async def test_whoever_asks_while_nobody_serves_is_told_so(plan: Plan) -> None:
    go_on, broken = asyncio.Event(), False

    async def start(plan: Plan, number: int, given: Given) -> Child:
        await go_on.wait()
        if broken:
            raise WorkerFailedError("the disk is full: make room")
        return await started(plan, number, given, unheard)

    crew = Crew(plan, start=start, metrics=Metrics())
    beginning = asyncio.create_task(crew.begin())
    await asyncio.sleep(0)
    assert crew.doubts() == ["no worker serves yet"]
    go_on.set()
    await beginning
    assert crew.doubts() == []
    broken = True
    for child in list(crew):
        killed(child.pid)
        await _gone(crew, child)
    assert crew.doubts() == ["no worker serves now: the log says why"]
    await crew.end()
    assert crew.doubts() == []


async def test_whoever_cannot_be_started_is_tried_again_ever_later(plan: Plan) -> None:
    pauses: list[float] = []
    enough = asyncio.Event()
    broken = False

    async def start(plan: Plan, number: int, given: Given) -> Child:
        if broken:
            raise WorkerFailedError("the disk is full: make room")
        return await started(plan, number, given, unheard)

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
    async def start(plan: Plan, number: int, given: Given) -> Child:
        return await started(plan, number, given, unheard)

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


async def test_whoever_waits_for_one_that_says_nothing_is_taken_in_by_the_other(plan: Plan) -> None:
    async def start(plan: Plan, number: int, given: Given) -> Child:
        return await started(plan, number, given, unheard)

    crew = Crew(plan, start=start, metrics=Metrics(), patience=Patience(quiet=2, look=0.1))
    await crew.begin()
    silent, other = crew
    await _stop(silent)
    assert set(await asyncio.gather(*(_asked(crew) for _ in range(32)))) == {b"HTTP/1.1 200 OK\r\n"}
    silent.send(18)  # SIGCONT: it serves on
    assert list(crew) == [silent, other]
    await crew.end()


async def test_nobody_has_to_wait_while_none_is_being_started(plan: Plan) -> None:
    """A first start anew comes at once, and callers wait for it; during the pauses after that they are refused."""
    broken, paused, go_on = False, asyncio.Event(), asyncio.Event()

    async def start(plan: Plan, number: int, given: Given) -> Child:
        if broken:
            raise WorkerFailedError("the disk is full: make room")
        return await started(plan, number, given, unheard)

    async def sleep(seconds: float) -> None:
        if seconds:
            paused.set()
            await go_on.wait()

    crew = Crew(replace(plan, workers=1), start=start, metrics=Metrics(), sleep=sleep)
    await crew.begin()
    (only,) = crew
    await _stop(only)
    waiting = asyncio.create_task(_asked(crew))
    killed(only.pid)
    assert await waiting == b"HTTP/1.1 200 OK\r\n"
    (only,) = crew
    broken = True
    killed(only.pid)
    await paused.wait()
    with pytest.raises(ConnectionRefusedError):
        await _asked(crew)
    broken = False
    go_on.set()
    while not list(crew):  # noqa: ASYNC110  processes have no event
        await asyncio.sleep(0.05)
    assert await _asked(crew) == b"HTTP/1.1 200 OK\r\n"
    await crew.end()
    with pytest.raises(ConnectionRefusedError):
        await _asked(crew)


async def test_one_that_dies_while_its_successor_starts_is_succeeded_once(plan: Plan) -> None:
    """Nobody serves the old configuration afterwards, none is started twice, and nothing is counted twice."""
    made: list[Child] = []

    async def start(wanted: Plan, number: int, given: Given) -> Child:
        if (number, wanted.text) == (1, new.text):
            killed(first.pid)
            await _gone(crew, first)
        made.append(await started(wanted, number, given, unheard))
        return made[-1]

    crew, new = Crew(plan, start=start, metrics=Metrics()), replace(plan, text=plan.text + "# new\n")
    await crew.begin()
    first, second = crew
    await _asked_often(crew)
    counted = await _requests(crew)
    assert await crew.replace(new)
    assert sorted(each.number for each in made) == [1, 1, 2, 2]
    assert list(crew) == made[2:]
    assert not lives(second.pid)
    assert await _requests(crew) == counted == 32
    await crew.end()


@pytest.mark.parametrize("dying", [1, 2])
@pytest.mark.parametrize("error", [WorkerFailedError, BlockingIOError])
async def test_nobody_gets_a_configuration_that_is_refused(plan: Plan, dying: int, error: type[Exception]) -> None:
    """A worker that dies before that is found out is started anew as it was."""
    texts: list[str] = []

    async def start(wanted: Plan, number: int, given: Given) -> Child:
        if number == 1 and wanted.text == new.text:
            victim = victims[dying]
            killed(victim.pid)
            await _gone(crew, victim)
            if dying > 1:
                await _complete(crew)
            raise error("the disk is full: make room")
        texts.append(wanted.text)
        return await started(wanted, number, given, unheard)

    crew, new = Crew(plan, start=start, metrics=Metrics()), replace(plan, text=plan.text + "# new\n")
    await crew.begin()
    victims = {each.number: each for each in crew}
    assert not await crew.replace(new)
    await _complete(crew)
    assert texts == [plan.text] * 3
    assert crew.plan.text == plan.text
    await crew.end()


@pytest.mark.parametrize("when", ["pause", "start"])
async def test_one_that_serves_until_its_successor_can_be_started_and_dies_is_succeeded_once(
    plan: Plan, when: str
) -> None:
    tried: list[int] = []
    paused, go_on = asyncio.Event(), asyncio.Event()

    async def start(wanted: Plan, number: int, given: Given) -> Child:
        if wanted.text == new.text:
            tried.append(number)
            if tried == [1, 2]:
                raise WorkerFailedError("the disk is full: make room")
            if tried == [1, 2, 2] and when == "start":
                killed(second.pid)
                await _gone(crew, second)
        return await started(wanted, number, given, unheard)

    async def sleep(_: float) -> None:
        paused.set()
        await go_on.wait()

    crew, new = Crew(plan, start=start, metrics=Metrics(), sleep=sleep), replace(plan, text=plan.text + "# new\n")
    await crew.begin()
    _, second = crew
    assert await crew.replace(new)
    await paused.wait()
    if when == "pause":
        killed(second.pid)
        await _gone(crew, second)
    go_on.set()
    await _gone(crew, second)
    await _complete(crew)
    assert tried == [1, 2, 2]
    await crew.end()


async def test_what_one_counted_that_ends_while_others_are_asked_is_counted_once(plan: Plan) -> None:
    async def start(wanted: Plan, number: int, given: Given) -> Child:
        return await started(wanted, number, given, unheard)

    crew = Crew(plan, start=start, metrics=Metrics(), patience=Patience(numbers=60))
    await crew.begin()
    first, second = crew
    await _asked_often(crew)
    assert await _requests(crew) == 32
    await _stop(second)
    asking = asyncio.create_task(_requests(crew))
    await asyncio.sleep(0)  # it has asked everybody
    killed(first.pid)
    await _gone(crew, first)
    await _complete(crew)
    second.send(18)  # SIGCONT: it answers
    assert await asking == 32
    assert await _requests(crew) == 32
    await crew.end()


async def _gone(crew: Crew, child: Child) -> None:
    while child in crew:  # noqa: ASYNC110  processes have no event
        await asyncio.sleep(0.05)


async def _complete(crew: Crew) -> None:
    while len(list(crew)) < crew.plan.workers:  # noqa: ASYNC110  processes have no event
        await asyncio.sleep(0.05)


async def _asked_often(crew: Crew) -> None:
    for _ in range(32):
        assert await _asked(crew) == b"HTTP/1.1 200 OK\r\n"


async def _requests(crew: Crew) -> float:
    text, _ = await crew.exposition()
    families = text_string_to_metric_families(text.decode())
    return sum(one.value for family in families for one in family.samples if one.name == "busyline_requests_total")


async def _stop(child: Child) -> None:
    """SIGSTOP, and wait until it does nothing any more."""
    child.send(19)
    while state(child.pid) != "T":  # noqa: ASYNC110  processes have no event
        await asyncio.sleep(0.01)


async def _asked(crew: Crew) -> bytes:
    """The first line of the answer, on a connection of its own."""
    (address,) = crew.plan.configuration.server.listen
    reader, writer = await asyncio.open_connection(address.host, address.port)
    try:
        writer.write(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
        async with asyncio.timeout(60):
            return await reader.readline()
    finally:
        writer.close()
