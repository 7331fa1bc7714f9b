"""Tests of proxy/ledger/writer.py: nothing waits for the disk, nothing is lost while there is room for it."""

import asyncio
import json
import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from proxy.ledger.files import Files
from proxy.ledger.pseudonyms import plainly
from proxy.ledger.writer import GATHERED, PATIENCE, Writer
from tests.proxy.ledger.entries import NOW, Caller, entry


class Moody(Files):
    """A directory whose disk is full for a while."""

    def __init__(self, directory: Path) -> None:
        super().__init__(directory / "ledger", rotate=10_000_000, keep=timedelta(days=30))
        self.full, self.written, self._loop = False, asyncio.Event(), asyncio.get_running_loop()
        self.fault: Exception | None = None
        self.answers = threading.Event()
        self.answers.set()

    def append(self, lines: bytes, today: date) -> None:
        """Raises OSError while it is full, or what it is told to; hangs while it does not answer."""
        self.answers.wait()
        if self.fault is not None:
            raise self.fault
        if self.full:
            raise OSError(28, "No space left on device")
        super().append(lines, today)
        self._loop.call_soon_threadsafe(self.written.set)


class Pauses:
    """The sleeps of the writer, each lasting until it is let on."""

    def __init__(self) -> None:
        self.lengths: list[float] = []
        self.begun = asyncio.Event()
        self.over = asyncio.Event()

    async def __call__(self, seconds: float) -> None:
        self.lengths.append(seconds)
        self.begun.set()
        await self.over.wait()
        self.over.clear()

    async def turn(self) -> None:
        """Let the writer on, until it sleeps again."""
        await self.begun.wait()
        self.begun.clear()
        self.over.set()
        await self.begun.wait()


def _writer(files: Files, **knobs: object) -> Writer:
    return Writer(files, name=plainly, clock=lambda: NOW, **knobs)  # type: ignore[arg-type]


def _written(files: Files) -> list[str]:
    lines = (line for path in sorted(files.directory.iterdir()) for line in path.read_bytes().splitlines())
    return [json.loads(line)["request"] for line in lines]


def _asked(numbers: Iterator[int] | range) -> Iterator[Caller]:
    return (Caller(request_id=str(number)) for number in numbers)


async def test_what_waits_is_written_together_and_the_rest_at_the_end(tmp_path: Path) -> None:
    files, pauses = Moody(tmp_path), Pauses()
    async with _writer(files, sleep=pauses) as writer:
        for caller in _asked(range(3)):
            writer.put(entry(caller=caller))
        await pauses.begun.wait()
        assert (pauses.lengths, writer.waiting) == ([GATHERED], 3)
        pauses.begun.clear()
        pauses.over.set()
        await files.written.wait()
        assert _written(files) == ["0", "1", "2"]
        writer.put(entry(caller=Caller(request_id="last")))
    assert _written(files) == ["0", "1", "2", "last"]
    assert writer.lost == 0


async def test_a_full_disk_is_told_once_and_what_waited_is_written_when_there_is_room(tmp_path: Path) -> None:
    files = Moody(tmp_path)
    with capture_logs() as logs:
        async with _writer(files) as writer:
            files.full = True
            for caller in _asked(range(3)):
                writer.put(entry(caller=caller))
                await writer.flush()
            assert (writer.waiting, writer.refuses, writer.lost) == (3, False, 0)
            files.full = False
            await writer.flush()
            assert (writer.waiting, writer.lost) == (0, 0)
    assert _written(files) == ["0", "1", "2"]
    assert [line["event"] for line in logs] == ["ledger_unwritable", "ledger_writable_again"]
    assert logs[0]["note"].startswith("No space left on device; answers go out all the same")
    assert "b.example" not in str(logs)


async def test_only_so_many_wait(tmp_path: Path) -> None:
    files = Moody(tmp_path)
    with capture_logs() as logs:
        async with _writer(files, most=2) as writer:
            files.full = True
            for caller in _asked(range(5)):
                writer.put(entry(caller=caller))
                await writer.flush()
            assert (writer.waiting, writer.lost) == (2, 3)
    assert writer.lost == 5
    assert logs[-1]["event"] == "ledger_entries_lost"
    assert logs[-1]["requests"] == 2


async def test_where_it_is_required_nobody_is_answered_until_it_can_be_written(tmp_path: Path) -> None:
    files = Moody(tmp_path)
    with capture_logs() as logs:
        async with _writer(files, required=True) as writer:
            refused = [writer.refuses]
            for full in (True, False):
                files.full = full
                writer.put(entry())
                await writer.flush()
                refused.append(writer.refuses)
    assert refused == [False, True, False]
    assert "requests are refused" in logs[0]["note"]


async def test_an_entry_that_cannot_be_rendered_costs_no_other_and_is_lost_once(tmp_path: Path) -> None:
    files = Moody(tmp_path)
    with capture_logs() as logs:
        async with _writer(files) as writer:
            files.full = True
            for person in ("", "\ud800", ""):
                writer.put(entry(caller=Caller(request_id=str(writer.waiting), person=person)))
            for _ in range(3):
                await writer.flush()
            assert (writer.waiting, writer.lost) == (2, 1)
            files.full = False
    assert (_written(files), writer.lost) == (["0", "2"], 1)
    assert [line["request_id"] for line in logs if line["event"] == "ledger_entry_not_written"] == ["1"]


async def test_whatever_is_wrong_with_writing_nothing_is_lost_and_it_goes_on(tmp_path: Path) -> None:
    files, pauses = Moody(tmp_path), Pauses()
    with capture_logs() as logs:
        async with _writer(files, sleep=pauses, required=True) as writer:
            files.fault = ValueError("not of the disk")
            writer.put(entry(caller=Caller(request_id="1")))
            for _ in range(2):
                await pauses.turn()
            assert (writer.waiting, writer.refuses) == (1, True)
            files.fault = None
            writer.put(entry(caller=Caller(request_id="2")))
            pauses.over.set()
            await files.written.wait()
    assert (_written(files), writer.lost) == (["1", "2"], 0)
    assert [line["event"] for line in logs] == ["ledger_unwritable", "ledger_writable_again"]
    assert logs[0]["note"].startswith("ValueError; requests are refused")
    assert isinstance(logs[0]["exc_info"], ValueError)


async def test_no_fault_of_its_own_ends_the_task(tmp_path: Path) -> None:
    files, pauses = Moody(tmp_path), Pauses()

    class Faulty(Writer):
        faults = 1

        async def flush(self) -> None:
            if self.faults:
                self.faults -= 1
                raise RuntimeError
            await super().flush()

    with capture_logs() as logs:
        async with Faulty(files, name=plainly, clock=lambda: NOW, sleep=pauses) as writer:
            writer.put(entry())
            await pauses.turn()
            pauses.over.set()
            await files.written.wait()
    assert [line["event"] for line in logs] == ["ledger_flush_failed"]
    assert writer.lost == 0


async def test_a_disk_that_hangs_is_one_that_cannot_be_written_and_holds_up_no_stop(tmp_path: Path) -> None:
    files = Moody(tmp_path)
    with capture_logs() as logs:
        async with _writer(files, required=True, patience=0.01) as writer:
            files.answers.clear()
            writer.put(entry(caller=Caller(request_id="1")))
            await writer.flush()
            assert (writer.refuses, writer.waiting) == (True, 1)
            writer.put(entry(caller=Caller(request_id="2")))
            await writer.flush()
            assert writer.waiting == 2
        assert (writer.lost, writer.waiting) == (2, 2)
    files.answers.set()  # the thread that was left goes
    assert [line["event"] for line in logs] == ["ledger_unwritable", "ledger_entries_lost"]
    assert logs[0]["note"].startswith("the disk does not answer; requests are refused")
    assert logs[1]["requests"] == 2


async def test_a_disk_that_answers_again_gets_everything_once(tmp_path: Path) -> None:
    files = Moody(tmp_path)
    with capture_logs() as logs:
        async with _writer(files, patience=0.01) as writer:
            files.answers.clear()
            for caller in _asked(range(3)):
                writer.put(entry(caller=caller))
                await writer.flush()
            writer._patience = PATIENCE
            files.answers.set()
            while writer.waiting:
                await writer.flush()
    assert (_written(files), writer.lost) == (["0", "1", "2"], 0)
    assert [line["event"] for line in logs] == ["ledger_unwritable", "ledger_writable_again"]


async def test_where_it_is_required_an_entry_that_waits_too_long_refuses_the_next(tmp_path: Path) -> None:
    """Whatever holds it up: here the writer's own task, which never wakes."""
    ticks = [100.0]
    async with _writer(Moody(tmp_path), required=True, sleep=Pauses(), ticks=lambda: ticks[0]) as writer:
        ticks[0] += 1000
        refused = [writer.refuses]
        writer.put(entry())
        for seconds in (PATIENCE, 0.1):
            ticks[0] += seconds
            refused.append(writer.refuses)
        await writer.flush()
        assert [*refused, writer.refuses] == [False, False, True, False]


async def test_where_it_is_required_a_full_queue_refuses_and_loses_nobody_who_was_let_in(tmp_path: Path) -> None:
    files = Moody(tmp_path)
    async with _writer(files, required=True, most=2, sleep=Pauses()) as writer:
        refused = []
        for caller in _asked(range(4)):
            writer.put(entry(caller=caller))
            refused.append(writer.refuses)
        await writer.flush()
        refused.append(writer.refuses)
    assert refused == [False, True, True, True, False]
    assert (_written(files), writer.lost) == (["0", "1", "2", "3"], 0)


async def test_old_files_go_at_the_start_and_with_every_new_day(tmp_path: Path) -> None:
    files, today = Moody(tmp_path), [NOW]
    files.prepare()
    old, older = (files.directory / f"ledger-2026-10-{day}-a.jsonl" for day in (21, 20))
    old.touch()
    older.touch()
    async with Writer(files, name=plainly, clock=lambda: today[0]) as writer:
        await writer.flush()
        assert (old.exists(), older.exists()) == (True, False)
        today[0] = datetime(2026, 11, 21, tzinfo=UTC)
        await writer.flush()
        assert not old.exists()


async def test_a_directory_that_others_may_read_is_told(tmp_path: Path) -> None:
    files = Moody(tmp_path)
    files.directory.mkdir(mode=0o755)
    files.directory.chmod(0o755)
    with capture_logs() as logs:
        async with _writer(files):
            pass
    assert [line["event"] for line in logs] == ["ledger_directory"]
    assert "chmod 0700" in logs[0]["note"]


async def test_no_directory_no_start(tmp_path: Path) -> None:
    (tmp_path / "ledger").touch()
    with pytest.raises(OSError, match="ledger"):
        await _writer(Moody(tmp_path)).__aenter__()
