"""Tests of console/hubs/carrying.py: a hub of two calendars, by the command line alone."""

import os
import signal
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.console.hubs.merger import KICK_OFF, MAY, Merger
from tests.contracts.spoke_events import span


def test_the_whole_life_of_an_appointment(here: Merger) -> None:
    typing = here.typing
    assert typing.types("sync", "merger", "--yes") == 0, typing.err + typing.out
    assert "south: 1 created" in typing.out
    assert here.standing("south") == ["Kick-off"]
    here.changes("south", here.key("south"), replace(KICK_OFF, subject="Kick-off, moved"))
    told = typing.json("sync", "merger")
    assert told["written"] == {"north": {"update": 1}}
    [step] = told["steps"]
    assert step["changes"] == [{"field": "subject", "before": "Kick-off", "after": "Kick-off, moved"}]
    assert here.standing("north") == ["Kick-off, moved"]
    here.removes("north", here.key("north"))
    assert typing.types("sync", "merger") == 0, typing.out
    assert (here.standing("north"), here.standing("south")) == ([], [])
    assert typing.json("sync", "merger")["steps"] == []


def test_a_plan_writes_nothing(here: Merger) -> None:
    assert here.typing.types("plan", "merger") == 0, here.typing.err
    lines = here.typing.out.splitlines()
    assert lines[0] == "+ create at south: Kick-off, 2026-11-09 09:00 to 10:00 (UTC): new at another spoke"
    assert "  south: 1 to create" in lines
    assert here.standing("south") == []
    assert here.typing.json("plan", "merger")["steps"][0]["title"] == "Kick-off"


def test_a_plan_says_where_no_copies_are_made(here: Merger) -> None:
    here.configure(north="")
    here.enters("south", replace(KICK_OFF, subject="Retrospective"))
    assert here.typing.types("plan", "merger") == 0
    assert "  north: no copies are made here: get = { create = true } of this spoke would" in here.typing.out
    assert "south: no copies" not in here.typing.out


def test_the_first_run_is_shown_and_asked_for(here: Merger) -> None:
    typing = here.typing
    for options in ([], ["--json"]):
        assert typing.types("sync", "merger", *options) == 2
        assert "look at the plan, then write --yes" in typing.err
    assert typing.types("sync", "merger", answers="n\n") == 1
    assert "+ create at south: Kick-off" in typing.out
    assert "This is the first run of merger. Write all this?" in typing.out
    assert here.standing("south") == []
    assert typing.types("sync", "merger", answers="y\n") == 0, typing.out
    assert here.standing("south") == ["Kick-off"]
    here.enters("north", replace(KICK_OFF, subject="Retrospective"))
    assert typing.types("sync", "merger") == 0, typing.err
    assert here.standing("south") == ["Kick-off", "Retrospective"]


def test_a_guard_stops_until_it_is_lifted(here: Merger) -> None:
    typing = here.typing
    here.configure(hub="guards = { creations = { count = 0, share = 0 } }\n")
    told = typing.json("plan", "merger", code=1)
    assert [stop["guard"] for stop in told["stops"]] == ["creations"]
    assert typing.types("sync", "merger", "--yes") == 1
    assert "Where that is meant: busyline calendar sync merger --allow creations" in typing.out
    assert here.standing("south") == []
    assert typing.types("sync", "merger", "--yes", "--allow", "creations") == 0, typing.out
    assert here.standing("south") == ["Kick-off"]
    assert typing.types("plan", "merger", "--allow", "everything") == 2


def test_where_a_guard_stops_somebody_is_asked(here: Merger) -> None:
    typing = here.typing
    assert typing.types("sync", "merger", "--yes") == 0
    here.configure(hub="guards = { creations = { count = 0, share = 0 } }\n")
    here.enters("north", replace(KICK_OFF, subject="Retrospective"))
    assert typing.types("sync", "merger", answers="n\n") == 1
    assert "+ create at south: Retrospective" in typing.out
    assert "Nothing was written. Write all this in spite of what stops it (creations)?" in typing.out
    assert here.standing("south") == ["Kick-off"]
    assert typing.types("sync", "merger", answers="y\n") == 0, typing.out
    assert here.standing("south") == ["Kick-off", "Retrospective"]


def test_what_somebody_looked_at_for_too_long_is_not_done(here: Merger) -> None:
    here.typing.tick = timedelta(minutes=16)  # passes between two looks at the clock
    assert here.typing.types("sync", "merger", answers="y\n") == 1
    assert "older than 15 minutes" in here.typing.err
    assert here.standing("south") == []


def test_a_purge_is_shown_and_wants_the_name(here: Merger) -> None:
    typing = here.typing
    assert typing.types("sync", "merger", "--yes") == 0
    assert typing.types("purge", "merger") == 2
    assert typing.types("purge", "merger", answers="murger\n") == 1
    assert "x delete at south: Kick-off" in typing.out
    assert "that is not its name: nothing was removed" in typing.err
    assert here.standing("south") == ["Kick-off"]
    assert typing.types("purge", "merger", answers="merger\n") == 0, typing.err
    assert (here.standing("north"), here.standing("south")) == (["Kick-off"], [])
    assert typing.types("sync", "merger", "--yes") == 1
    assert "`busyline calendar resume merger` ends the pause" in typing.err
    assert typing.types("plan", "merger") == 0
    assert "`busyline calendar resume merger` ends the pause" in typing.err
    assert typing.types("resume", "merger") == 0
    assert typing.types("sync", "merger", "--yes") == 0
    assert here.standing("south") == ["Kick-off"]


def test_a_purge_forgets_nothing_that_stands_unless_that_is_wanted(here: Merger) -> None:
    typing = here.typing
    assert typing.types("sync", "merger", "--yes") == 0
    here.configure(south="")
    assert typing.types("purge", "merger", answers="merger\n") == 1
    assert "  1 cannot be taken back:\n    south: 1 copy of ours still there, but the hub may not write" in typing.out
    assert "  south: 1 copy of ours still there" in typing.out
    assert typing.types("history", "merger") == 0
    assert "failed" in typing.out
    assert typing.json("purge", "merger", "--yes", code=1)["standing"][0]["spoke"] == "south"
    assert typing.types("purge", "merger", "--forget", "suoth", "--yes") == 2
    assert 'merger has no spoke "suoth", nor ever had copies at one; did you mean south?' in typing.err
    assert typing.types("purge", "merger", "--forget", "east", "--yes") == 2
    assert "write one of north, south" in typing.err
    assert typing.types("purge", "merger", "--forget", "south", "--yes") == 0, typing.out
    assert here.standing("south") == ["Kick-off"]


def test_one_spoke_alone_is_read_and_everything_again_where_wanted(here: Merger) -> None:
    typing = here.typing
    assert typing.types("sync", "merger", "--yes") == 0
    here.enters("north", replace(KICK_OFF, subject="From the north", when=span(10, 9)))
    here.enters("south", replace(KICK_OFF, subject="From the south", when=span(11, 9)))
    told = typing.json("plan", "merger", "--only", "south")
    assert [step["title"] for step in told["steps"] if step["spoke"] == "north"] == ["From the south"]
    assert typing.json("plan", "merger")["whole"] == []
    assert typing.json("sync", "merger", "--whole")["whole"] == ["north", "south"]
    assert typing.types("plan", "merger", "--only", "suoth") == 2
    assert 'merger has no spoke "suoth"; did you mean south?' in typing.err


def test_a_stricter_option_shows_what_becomes_of_copies(here: Merger) -> None:
    typing = here.typing
    assert typing.types("sync", "merger", "--yes") == 0
    here.configure(south=MAY.replace("}", ', detail = "busy" }'))
    assert typing.types("plan", "merger") == 0
    assert "~ update at south: Busy" in typing.out
    assert "subject: Kick-off -> Busy" in typing.out


def test_a_spoke_that_cannot_be_read_is_told(here: Merger) -> None:
    here.calendars["south"].roles.clear()
    assert here.typing.types("plan", "merger") == 1
    assert "1 could not be read:\n    south: " in here.typing.out
    told = here.typing.json("sync", "merger", "--yes", code=1)
    assert [each["spoke"] for each in told["not_read"]] == ["south"]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_a_run_in_a_sentence(here: Merger, number: signal.Signals) -> None:
    """A real process; the signal comes before or in its run, and either way nothing is half."""
    for day in range(3, 20):
        here.enters("north", replace(KICK_OFF, subject=f"Day {day}", when=span(day, 7)))
    command = [sys.executable, "-u", "-m", "console", "calendar", "sync", "merger", "--yes"]
    command += ["--config", str(here.typing.folder / "busyline.toml")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        while not here.standing("south") and process.poll() is None:
            pass
        os.kill(process.pid, number)
        _, told = process.communicate(timeout=60)
    assert "Traceback" not in told
    assert here.typing.types("sync", "merger", "--yes") == 0, here.typing.err
    assert here.standing("south") == here.standing("north")


def test_a_calendar_that_was_lost_is_filled_again(here: Merger) -> None:
    typing = here.typing
    here.enters("south", replace(KICK_OFF, subject="From the south", when=span(11, 9)))
    assert typing.types("sync", "merger", "--yes") == 0
    for key in here.keys("south"):
        here.removes("south", key)
    assert typing.types("sync", "merger") == 1
    assert "so 2 would be removed elsewhere, 1 of them entered there" in typing.out
    assert "`busyline calendar refill merger south` makes them there again" in typing.out
    assert typing.types("refill", "merger", "south") == 2
    assert typing.types("refill", "merger", "south", answers="n\n") == 1
    assert "+ create at south: Kick-off" in typing.out
    assert "What south lost is made again. Write all this?" in typing.out
    assert here.standing("south") == []
    assert typing.types("refill", "merger", "south", answers="y\n") == 0, typing.out
    assert here.standing("south") == here.standing("north") == ["From the south", "Kick-off"]
    assert typing.json("sync", "merger")["steps"] == []
    assert typing.types("refill", "merger", "suoth") == 2


def test_nothing_is_filled_where_the_hub_may_create_nothing(here: Merger) -> None:
    here.configure(south="get = { change = true }\n")
    assert here.typing.types("refill", "merger", "south", "--yes") == 2
    assert "where the hub may create nothing: write get.create = true" in here.typing.err
