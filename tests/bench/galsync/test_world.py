"""Tests of bench/galsync/world.py: both worlds are alike, and the one in a file outlives its owner."""

from dataclasses import replace
from pathlib import Path

import pytest

from bench.galsync.world import File, Memory, World
from tests.galsync.stock import held


@pytest.fixture(params=["memory", "file"])
def world(request: pytest.FixtureRequest, tmp_path: Path) -> World:
    return Memory() if request.param == "memory" else File(tmp_path / "world.db")


def test_what_is_put_stands_there_until_it_is_dropped(world: World) -> None:
    world.put("", held("ann"))
    world.put("box", held("bob"))
    assert world.standing("") == [held("ann")]
    assert world.find("", "object-ann") == held("ann")
    assert world.find("box", "object-ann") is None
    world.drop("", "object-ann")
    assert world.standing("") == []
    world.drop("", "object-ann")


def test_who_answers_to_an_address_changes_with_the_object(world: World) -> None:
    world.put("", held("ann", address="old@a.example"))
    world.put("", held("ann"))
    assert world.owners("", "old@a.example") == []
    assert world.owners("", "ann@a.example") == [held("ann")]
    assert world.owners("box", "ann@a.example") == []


def test_no_number_comes_twice(world: World) -> None:
    assert len({world.number() for _ in range(5)}) == 5


def test_a_file_outlives_whoever_wrote_it(tmp_path: Path) -> None:
    first = File(tmp_path / "world.db")
    first.put("", replace(held("ann"), hidden=True))
    number = first.number()
    first.close()
    again = File(tmp_path / "world.db")
    assert again.find("", "object-ann") == replace(held("ann"), hidden=True)
    assert again.number() > number
    again.close()
