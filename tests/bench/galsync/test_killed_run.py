"""Tests of bench/galsync/killed_run.py: the same world every time, and another in every generation."""

from datetime import timedelta
from pathlib import Path

from bench.galsync.killed_run import PEOPLE, Generations, carried_out, grace_of, people_of


def test_a_generation_is_the_same_every_time_and_another_than_the_next() -> None:
    assert people_of(1, 2) == people_of(1, 2)
    assert people_of(1, 2) != people_of(1, 3)
    assert 0 < len(people_of(1, 2)) < PEOPLE


def test_no_address_is_there_twice() -> None:
    for generation in range(20):
        addresses = [person.primary for person in people_of(3, generation).values()]
        assert len(set(addresses)) == len(addresses)


def test_some_worlds_hide_first() -> None:
    assert {grace_of(1), grace_of(2)} == {timedelta(), timedelta(days=30)}


async def test_changes_and_everybody_tell_the_same() -> None:
    source = Generations(1, 5)
    everybody = {person.anchor: person for person in (await source.read()).people}
    changes = await source.read("4")
    there = people_of(1, 4) | {person.anchor: person for person in changes.people}
    for anchor in changes.gone:
        del there[anchor]
    assert there == everybody
    assert not changes.whole


async def test_a_run_that_nobody_kills(tmp_path: Path) -> None:
    points: list[str] = []
    report = await carried_out(tmp_path, 1, 0, points.append)
    assert report.words == ""
    assert {"read", "begun", "before", "after", "written", "agreed", "ended"} <= set(points)
    again = await carried_out(tmp_path, 1, 0, points.append)
    assert again.planned.total() == 0
