"""Tests of console/hubs/pausing.py."""

from tests.console.hubs.merger import Merger


def test_a_hub_waits_until_it_is_resumed(here: Merger) -> None:
    typing = here.typing
    assert typing.json("pause", "merger", "--why", "the move") == {"hub": "merger", "spoke": "", "paused": "the move"}
    assert typing.types("sync", "merger", "--yes") == 1
    assert "merger is paused: the move; `busyline calendar resume merger` ends the pause" in typing.err
    assert typing.types("resume", "merger") == 0
    assert "merger may run again" in typing.out
    assert typing.types("resume", "merger") == 0
    assert "merger was not paused" in typing.out
    assert typing.types("sync", "merger", "--yes") == 0
    assert here.standing("south") == ["Kick-off"]


def test_a_spoke_waits_alone(here: Merger) -> None:
    typing = here.typing
    assert typing.types("pause", "merger", "south") == 0
    assert (
        "south of merger is paused; a run that goes on ends first. `busyline calendar resume merger south`"
        in typing.out
    )
    assert typing.types("sync", "merger", "--yes") == 0
    assert here.standing("south") == []
    assert typing.types("resume", "merger") == 0
    assert "south stays paused: paused by hand; `busyline calendar resume merger south` ends that" in typing.out
    assert typing.json("resume", "merger", "south") == {
        "hub": "merger",
        "spoke": "south",
        "was_paused": True,
        "still_paused": {},
    }
    assert typing.types("sync", "merger", "--yes") == 0
    assert here.standing("south") == ["Kick-off"]


def test_a_spoke_that_is_none(here: Merger) -> None:
    assert here.typing.types("pause", "merger", "suoth") == 2
    assert "did you mean south?" in here.typing.err
