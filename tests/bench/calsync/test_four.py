"""Tests of bench/calsync/four.py: people work in all four, and each has a spoke that reads it and can be told of it."""

import pytest

from bench.calsync.four import NAMES, ReachedAll, four, spokes
from bench.calsync.ground import Asked
from bench.calsync.hubs import NOW, appointment
from bench.calsync.ways import Faster, wire
from calsync.spoke import Watched
from tests.contracts.spoke_world import Reader

CLOCK = Faster(NOW, 1.0)


async def test_people_work_there_and_their_spokes_read_it() -> None:
    with four(Asked(calendars=1, mailbox=True, clock=CLOCK)) as there:
        assert isinstance(there.told, ReachedAll)
        keys = {name: await there.ask("create", name, appointment(place)) for place, name in enumerate(NAMES)}
        async with wire() as way:
            found = spokes(way, there.told, CLOCK)
            assert tuple(found) == NAMES
            for name, spoke in found.items():
                assert isinstance(spoke, Watched)
                assert set((await Reader(spoke).news()).items) == {keys[name]}
        assert (await there.ask("seen")).mails == 0


@pytest.mark.parametrize("spoke", NAMES)
async def test_what_nobody_carries_does_not_arrive(spoke: str) -> None:
    with four(Asked(calendars=1, mailbox=True, clock=CLOCK)) as there:
        key = await there.ask("create", spoke, appointment(1))
        assert await there.ask("arrived", spoke, key, appointment(1, words=" again"), 0.05) == 0.05
