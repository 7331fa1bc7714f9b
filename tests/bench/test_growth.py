"""The figures of growth are of the same questions asked of a small and a large server, seen in a short run."""

import os
import time
from pathlib import Path

from bench.growth import NAMES, Size, on_core, rows, settings_of, spread
from tests.needs import program


def test_those_asked_about_are_spread_over_all() -> None:
    order = list(spread(1_000, 10))
    assert sorted(order) == list(range(1_000))
    assert [order.index(number) for number in range(10)] == [100 * n for n in range(10)]
    assert list(spread(10, 10)) == list(range(10))


def test_every_second_person_has_a_route_and_the_domain_the_last_one() -> None:
    routes = settings_of(Size(routes=5, kept=1), 8080).routes
    assert [route.match.partition("@")[0] for route in routes[:-1]] == [f"person{2 * n:06}" for n in range(4)]
    assert routes[-1].match == "fabrikam.example"


def test_the_time_on_a_core_is_that_of_the_process() -> None:
    before, began = on_core(os.getpid()), time.process_time()
    while time.process_time() - began < 0.1:
        pass
    assert 0.05 < on_core(os.getpid()) - before < 1


async def test_a_short_run(tmp_path: Path) -> None:
    program("wrk")
    found = await rows(tmp_path, rounds=1, seconds=1, routes=(2, 50), kept=(1_000, 2_000))
    assert [row.name for row in found] == list(NAMES)
    for row in found:
        assert row.value is not None
        assert 0.1 < row.value < 10
        assert row.at_most == 1.1
        assert "a look at any of all takes" in row.note
