"""Tests of proxy/flights.py."""

import asyncio
from datetime import timedelta

import pytest

from proxy.flights import Flights
from tests.contracts.virtual import elapsed, run


@pytest.mark.parametrize(("grace", "landed", "seconds"), [(0, False, 0), (2, False, 2), (5, True, 3)])
def test_close_waits_for_the_grace_and_leaves_nothing(grace: float, landed: bool, seconds: float) -> None:
    async def closed() -> tuple[bool, float, int]:
        flights = Flights()
        task = flights.start(asyncio.sleep(3))
        await asyncio.sleep(0)
        await flights.close(grace=timedelta(seconds=grace))
        return not task.cancelled(), elapsed(), len(flights)

    assert run(closed()) == (landed, seconds, 0)


def test_flights_that_have_landed_are_forgotten() -> None:
    async def counted() -> list[int]:
        flights = Flights()
        counts = [len(flights)]
        flights.start(asyncio.sleep(1))
        counts.append(len(flights))
        await asyncio.sleep(2)
        return [*counts, len(flights)]

    assert run(counted()) == [0, 1, 0]
