"""The packed list: one look-up on either side, and memory given back bit by bit."""

import gc
from array import array

from routing.people import People


def _people(count: int) -> People:
    people = People(instants=array("q", [5]), batches=array("q", [-1]), counts=array("q", [count]))
    people.kinds = {f"p{n}@f.example": 0 for n in range(count)}
    people.origins = {f"p{n}@c.example": f"p{n}@f.example" for n in range(count)}
    return people


def test_somebody_is_known_on_both_sides() -> None:
    people = _people(3)
    assert len(people) == 3
    assert "p1@f.example" in people
    assert "p1@c.example" in people
    assert "p9@c.example" not in people
    assert people.origin("p1@f.example") == people.origin("p1@c.example") == "p1@f.example"
    assert people.origin("p9@f.example") is None


def test_half_a_million_people_cost_the_collector_nothing() -> None:
    people = _people(1_000)
    gc.collect()
    assert not gc.is_tracked(people.kinds)
    assert not gc.is_tracked(people.origins)


def test_memory_is_given_back_in_slices() -> None:
    people = _people(5)
    assert sum(1 for _ in people.emptied(slice_of=2)) == 6
    assert not people.kinds
    assert not people.origins
