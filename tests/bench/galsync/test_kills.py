"""Tests of bench/galsync/kills.py: a sync that is killed loses and doubles nothing; if it did, that would be seen."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from bench.galsync.killed_run import carried_out
from bench.galsync.kills import Tally, _judge, _prepared, kill_and_resume, main
from bench.galsync.world import File
from galsync.entries import Held


def test_killed_twenty_times_it_loses_nothing_and_doubles_nothing() -> None:
    tally = kill_and_resume(20, 2026)
    assert (tally.lost, tally.doubled, tally.wrong, tally.words) == (0, 0, 0, [])
    assert tally.points.total() >= 20
    assert len(tally.points) >= 3, "at more than one kind of point"
    assert "silence" not in tally.points


@pytest.fixture
def filled(tmp_path: Path) -> Path:
    """The first generation of a world, as it should be."""
    _prepared(tmp_path)
    asyncio.run(carried_out(tmp_path, 1, 0, lambda _: None))
    return tmp_path


def judged(folder: Path) -> tuple[int, int, int]:
    tally = Tally()
    _judge(folder, 1, 0, tally)
    assert tally.well is (tally.lost == tally.doubled == tally.wrong == 0)
    return tally.lost, tally.doubled, tally.wrong


def some(world: File) -> Held:
    return next(held for held in world.standing("") if held.stamp)


def test_a_world_as_it_should_be(filled: Path) -> None:
    assert judged(filled) == (0, 0, 0)


def test_who_is_lost_is_seen(filled: Path) -> None:
    world = File(filled / "world.db")
    world.drop("", some(world).key)
    world.close()
    assert judged(filled) == (1, 0, 0)


def test_who_is_doubled_is_seen(filled: Path) -> None:
    world = File(filled / "world.db")
    world.put("", replace(some(world), key="twin"))
    world.close()
    assert judged(filled) == (0, 2, 0), "the object, and its address"


def test_what_was_not_ours_to_touch_is_seen(filled: Path) -> None:
    world = File(filled / "world.db")
    world.drop("", "theirs")
    world.close()
    assert judged(filled) == (0, 0, 1)


def test_the_command_tells_the_figures(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--times", "1", "--seed", "5"]) == 0
    assert "kills: 0 lost, 0 doubled, 0 otherwise wrong" in capsys.readouterr().out
