"""What the demo says to try works as printed."""

import asyncio
import shlex
from datetime import date
from pathlib import Path

import pytest

from console.cli import run
from console.demo.address_books import chosen_of
from console.demo.merger import Merger
from console.demo.questions import now
from console.demo.try_it import SYNCS, next_working_day, started_by, try_it
from console.gal.carrying import Wishes, applied, planned, purged
from tests.needs import program


async def test_the_curl_line_gets_an_answer_for_both(running: Merger) -> None:
    line = next(line for line in try_it(running) if line.lstrip().startswith("curl "))
    arguments = shlex.split(line)[1:]
    process = await asyncio.create_subprocess_exec(
        program("curl"), "--silent", "--fail", *arguments, stdout=asyncio.subprocess.PIPE
    )
    body, _ = await process.communicate()
    assert process.returncode == 0
    assert body.count(b"NoError") == 2


def test_the_command_is_named_as_it_was_called(tmp_path: Path) -> None:
    program = tmp_path / "busyline"
    assert started_by(str(program)) == "busyline"
    program.write_text("", "utf-8")
    assert started_by(str(program)) == str(program)
    assert started_by(__file__) == "busyline"


@pytest.mark.parametrize("today", range(16, 30))
def test_the_day_to_try_is_the_next_on_which_people_work(today: int) -> None:
    day = next_working_day(date(2026, 11, today))
    assert day.weekday() < 5
    assert 1 <= (day - date(2026, 11, today)).days <= 3


async def test_the_commands_end_well(running: Merger) -> None:
    lines = [shlex.split(line) for line in try_it(running) if line.lstrip().startswith("busyline ")]
    assert [line[1] for line in lines] == [
        "lookup",
        "explain",
        "setup",
        "gal",
        "gal",
        "gal",
        "gal",
        "calendar",
        "calendar",
    ]
    for line in lines:
        assert await asyncio.to_thread(run, line[1:]) == 0, line


@pytest.mark.parametrize("sync", SYNCS)
async def test_the_address_books_can_be_filled_and_emptied(
    sync: str, running: Merger, capsys: pytest.CaptureFixture[str]
) -> None:
    chosen, yes = chosen_of(running, sync, now), Wishes(yes=True)
    assert await applied(chosen, yes)
    assert " created" in capsys.readouterr().out
    assert await planned(chosen, Wishes(whole=True))
    assert "to create" not in capsys.readouterr().out
    assert await purged(chosen, yes)
    assert running.google.shared.entries == {}
    boxes = running.mailboxes.mailboxes.values()
    assert not any(folder.contacts for box in boxes for folder in box.folders.values())
