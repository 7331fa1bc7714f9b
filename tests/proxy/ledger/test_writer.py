"""Tests of proxy/ledger/writer.py: nothing waits for the disk, nothing is lost while there is room for it."""

import asyncio
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from proxy.ledger.files import Files
from proxy.ledger.pseudonyms import plainly
from proxy.ledger.writer import GATHERED, Writer
from tests.proxy.ledger.entries import NOW, Caller, entry


class Moody(Files):
    """A directory whose disk is full for a while."""

    def __init__(self, directory: Path) -> None:
        super().__init__(directory / "ledger", rotate=10_000_000, keep=timedelta(days=30))
        self.full, self.written, self._loop = False, asyncio.Event(), asyncio.get_running_loop()

    def append(self, lines: bytes, today: date) -> None:
        """Raises OSError while it is full."""
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


async def test_an_entry_that_cannot_be_rendered_costs_no_other(tmp_path: Path) -> None:
    files = Moody(tmp_path)
    with capture_logs() as logs:
        async with _writer(files) as writer:
            writer.put(entry(caller=Caller(request_id="1", person="\ud800")))
            writer.put(entry(caller=Caller(request_id="2")))
    assert (_written(files), writer.lost) == (["2"], 1)
    assert [(line["event"], line["request_id"]) for line in logs] == [("ledger_entry_not_written", "1")]


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
