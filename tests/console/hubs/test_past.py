"""Tests of console/hubs/past.py."""

from dataclasses import replace

from tests.console.hubs.merger import KICK_OFF, Merger


def test_the_runs_and_the_steps_of_one(here: Merger) -> None:
    typing = here.typing
    assert typing.types("history", "merger") == 0
    assert "merger has not run yet" in typing.out
    assert typing.types("sync", "merger", "--yes") == 0
    here.changes("south", here.key("south"), replace(KICK_OFF, subject="Kick-off, moved"))
    assert typing.types("sync", "merger") == 0
    told = typing.json("history", "merger")
    assert [(run["run"], run["kind"], run["state"]) for run in told["runs"]] == [
        (2, "sync", "done"),
        (1, "sync", "done"),
    ]
    assert typing.types("history", "merger", "1") == 0
    assert typing.out.splitlines() == [
        "+ create at south: Kick-off: done, new at another spoke",
        "run 1: sync, done, 1 step",
    ]
    assert typing.types("history", "merger", "2") == 0
    assert "subject: Kick-off -> Kick-off, moved" in typing.out
    [step] = typing.json("history", "merger", "2")["steps"]
    assert (step["act"], step["spoke"], step["title"]) == ("update", "north", "Kick-off, moved")


def test_a_run_of_nobody(here: Merger) -> None:
    assert here.typing.types("history", "merger", "7") == 2
    assert "merger has no run 7: see `busyline calendar history merger`" in here.typing.err


def test_pauses_are_told(here: Merger) -> None:
    assert here.typing.types("pause", "merger", "south", "--why", "it moves") == 0
    assert here.typing.types("history", "merger") == 0
    assert "south is paused: it moves" in here.typing.out
    assert here.typing.json("history", "merger")["paused_spokes"] == {"south": "it moves"}
