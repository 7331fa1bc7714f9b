"""Tests of console/gal/carrying.py: one spreadsheet into another, by the command line alone."""

import os
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from tests.console.gal.typing_it import CONFIGURATION, Operator, operator

ANN, BOB, CY = (f"{local}@fabrikam.example" for local in ("ann", "bob", "cy"))


@pytest.fixture
def typing(tmp_path: Path) -> Operator:
    """Three people, and nothing written yet."""
    return operator(tmp_path)


def test_the_whole_life_of_an_entry(typing: Operator) -> None:
    assert typing.types("apply", "staff", "--yes") == 0
    assert typing.standing() == {ANN: ("Ann", ""), BOB: ("Bob", ""), CY: ("Cy", "")}
    typing.later(days=1)
    typing.people(("ann", "Ann Åström", "1"), ("bob", "Bob", "2"))
    told = typing.json("apply", "staff", "--yes")
    assert {act: number for act, number in told["written"].items() if number} == {"update": 1, "retire": 1}
    assert typing.standing() == {ANN: ("Ann Åström", ""), BOB: ("Bob", ""), CY: ("Cy", "yes")}
    typing.later(days=29)
    assert typing.json("plan", "staff")["steps"] == []
    typing.later(days=2)
    (step,) = typing.json("plan", "staff")["steps"]
    assert (step["act"], step["who"], step["why"]) == ("remove", CY, "grace_over")
    assert typing.types("apply", "staff", "--yes") == 0
    assert typing.standing() == {ANN: ("Ann Åström", ""), BOB: ("Bob", "")}


def test_a_run_is_undone_and_the_sync_waits(typing: Operator) -> None:
    assert typing.types("apply", "staff", "--yes") == 0
    typing.people(("ann", "Anna", "1"), ("bob", "Bob", "2"), ("cy", "Cy", "3"), ("dan", "Dan", "4"))
    assert typing.types("apply", "staff", "--yes") == 0
    assert typing.types("undo", "staff", "--yes") == 0
    assert typing.standing() == {ANN: ("Ann", ""), BOB: ("Bob", ""), CY: ("Cy", "")}
    assert typing.types("apply", "staff", "--yes") == 1
    assert "busyline gal resume staff" in typing.err
    assert typing.types("resume", "staff") == 0
    assert typing.types("apply", "staff", "--yes") == 0
    assert typing.standing()[ANN] == ("Anna", "")


def test_the_day_of_separation(typing: Operator) -> None:
    (typing.folder / "list.csv").write_text("address,display_name,hidden\neve@contoso.example,Eve,\n")
    assert typing.types("apply", "staff", "--yes") == 0
    assert typing.types("purge", "staff", answers="stuff\n") == 1
    assert "that is not its name" in typing.err
    assert typing.types("purge", "staff", answers="staff\n") == 0
    assert list(typing.standing()) == ["eve@contoso.example"]
    assert typing.types("undo", "staff", "--yes") == 0  # the last run that wrote, which was the purge
    assert sorted(typing.standing()) == sorted([ANN, BOB, CY, "eve@contoso.example"])


def test_a_plan_of_a_paused_sync_says_so(typing: Operator) -> None:
    assert typing.types("apply", "staff", "--yes") == 0
    assert typing.types("undo", "staff", "--yes") == 0
    assert typing.types("plan", "staff") == 0
    assert "`busyline gal resume staff` ends the pause" in typing.err
    assert isinstance(typing.json("plan", "staff"), dict)


def test_nothing_is_written_without_a_yes(typing: Operator) -> None:
    assert typing.types("apply", "staff") == 2
    assert "write --yes" in typing.err
    assert typing.types("apply", "staff", "--json") == 2
    assert typing.types("apply", "staff", answers="n\n") == 1
    assert "+ create ann@fabrikam.example" in typing.out
    assert typing.standing() == {}
    assert typing.types("apply", "staff", answers="y\n") == 0
    assert len(typing.standing()) == 3


def test_a_plan_writes_nothing_and_tells_when_people_see_it(typing: Operator) -> None:
    assert typing.types("plan", "staff") == 0
    assert "people see it" in typing.out
    assert typing.standing() == {}
    assert typing.types("plan", "staff", "--most", "1") == 0
    assert "and 2 more steps" in typing.out


def test_a_guard_stops_until_it_is_lifted(typing: Operator) -> None:
    assert typing.types("apply", "staff", "--yes") == 0
    typing.people(("ann", "Ann", "1"))
    told = typing.json("plan", "staff", code=1)
    assert {stop["guard"] for stop in told["stops"]} == {"shrink"}
    assert typing.types("apply", "staff", "--yes") == 1
    assert "--allow shrink" in typing.out
    assert typing.standing()[CY] == ("Cy", "")
    assert typing.types("apply", "staff", "--yes", "--allow", "shrink") == 0
    assert typing.standing()[CY] == ("Cy", "yes")


def test_a_guard_that_is_none(typing: Operator) -> None:
    assert typing.types("plan", "staff", "--allow", "everything") == 2


def test_a_source_that_is_not_there_is_told(typing: Operator) -> None:
    (typing.folder / "hr.csv").unlink()
    assert typing.types("plan", "staff") == 1
    assert "hr.csv is not there" in typing.out
    assert typing.types("apply", "staff", "--yes") == 1
    assert typing.standing() == {}


def test_a_plan_that_somebody_looked_at_for_too_long(typing: Operator) -> None:
    typing.tick = timedelta(minutes=16)  # passes between two looks at the clock
    assert typing.types("apply", "staff", answers="y\n") == 1
    assert "older than 15 minutes" in typing.err
    assert typing.standing() == {}


def test_an_undo_is_shown_first(typing: Operator) -> None:
    assert typing.types("apply", "staff", "--yes") == 0
    assert typing.types("undo", "staff", "99", "--yes") == 2
    assert "has no run 99" in typing.err
    assert typing.types("undo", "staff", answers="n\n") == 1
    assert "x remove ann@fabrikam.example" in typing.out
    assert len(typing.standing()) == 3


def test_nothing_to_undo(typing: Operator) -> None:
    assert typing.types("undo", "staff", "--yes") == 1
    assert "has written nothing yet" in typing.err


def test_a_conflict_is_told_and_decided(typing: Operator) -> None:
    (typing.folder / "list.csv").write_text("address,display_name,hidden\nann@fabrikam.example,Somebody,\n")
    told = typing.json("plan", "staff")
    assert [each["who"] for each in told["conflicts"]] == [ANN]
    decided = CONFIGURATION + 'conflicts = { "ann@fabrikam.example" = "skip" }\n'
    (typing.folder / "busyline.toml").write_text(decided)
    assert typing.json("plan", "staff")["conflicts"] == []
    assert typing.types("apply", "staff", "--yes") == 0
    assert typing.standing()[ANN] == ("Somebody", "")


def test_a_signal_ends_a_run_in_a_sentence(typing: Operator) -> None:
    """A real process; the signal comes before or in its run, and either way nothing is half."""
    command = [sys.executable, "-u", "-m", "console", "gal", "apply", "staff", "--yes"]
    command += ["--config", str(typing.folder / "busyline.toml")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        process.stdout.readline()  # the plan is shown: from here on it writes
        os.kill(process.pid, signal.SIGTERM)
        _, told = process.communicate(timeout=60)
    assert "Traceback" not in told
    assert len(typing.standing()) in (0, 3)
    assert typing.types("apply", "staff", "--yes") == 0
    assert len(typing.standing()) == 3
