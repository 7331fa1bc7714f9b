"""Tests of calsync/spokes/exchange_calendar_asking.py."""

from datetime import timedelta

import pytest

from calsync.spokes.patience import ONE
from protocols.errors import PeerError
from protocols.model.event import Event
from protocols.model.freebusy import Reason
from protocols.model.intervals import BusyStatus
from simulation.exchange.calendar_folders import VERSIONS
from tests.calsync.spokes.exchange_calendar_world import SERIES, span, world
from tests.contracts.spoke_world import Reader, creation, done


async def test_a_busy_server_is_waited_for_while_it_is_read() -> None:
    async with world() as there:
        await there.anna.create(SERIES)
        spoke, waits = there.calendar(), iter([30.0, 2.0])
        await spoke.opened()
        there.desk.refuse = lambda operation: next(waits, None)
        assert len((await Reader(spoke).news()).items) == 1
        assert there.waits == [30.0, 2.0]


@pytest.mark.parametrize("newest", ["Exchange2010_SP1", "Exchange2013_SP1", "Exchange2016"])
async def test_the_newest_dialect_of_the_server_is_spoken(newest: str) -> None:
    async with world() as there:
        there.desk.versions = VERSIONS[: VERSIONS.index(newest) + 1]
        spoke = there.calendar()
        elsewhere = Event(when=span(9, 9), shows=BusyStatus.WORKING_ELSEWHERE)
        assert (await spoke.opened()).access.version == newest
        known = newest != "Exchange2010_SP1"
        fitting, _ = spoke.ability.fit(elsewhere)
        assert isinstance(fitting, Event)
        assert fitting.shows is (BusyStatus.WORKING_ELSEWHERE if known else BusyStatus.FREE)
        await done(spoke, creation(fitting))


async def test_a_version_that_is_set_is_not_asked_for() -> None:
    async with world() as there:
        spoke = there.calendar(version="Exchange2010")
        assert (await spoke.opened()).access.version == "Exchange2010"
        assert there.requests == []


async def test_it_is_not_waited_for_ever() -> None:
    async with world() as there:
        spoke = there.calendar()
        await spoke.opened()
        there.desk.refuse = lambda operation: 100.0
        with pytest.raises(PeerError) as raised:
            await Reader(spoke).news()
        assert raised.value.reason is Reason.THROTTLED
        assert sum(there.waits) <= ONE.total_seconds()


async def test_who_asks_for_longer_than_a_run_waits_is_heard() -> None:
    async with world() as there:
        spoke = there.calendar()
        await spoke.opened()
        there.desk.refuse = lambda operation: 240.0
        with pytest.raises(PeerError) as raised:
            await Reader(spoke).news()
        assert (raised.value.retry_after, there.waits) == (timedelta(seconds=240), [])


async def test_and_later_readings_know_it_without_asking() -> None:
    async with world() as there:
        spoke = there.calendar()
        await spoke.opened()
        there.desk.refuse = lambda operation: 240.0
        with pytest.raises(PeerError):
            await Reader(spoke).news()
        there.desk.refuse = lambda operation: None
        there.requests.clear()
        with pytest.raises(PeerError) as raised:
            await Reader(spoke).news()
        assert raised.value.reason is Reason.THROTTLED
        assert "SyncFolderItems" not in there.operations()
        there.clock.pass_(timedelta(seconds=240))
        assert (await Reader(spoke).news()).items == {}


async def test_another_fault_is_not_asked_again() -> None:
    async with world() as there:
        spoke = there.calendar()
        await spoke.opened()
        there.desk.impersonators = frozenset()
        there.requests.clear()
        with pytest.raises(PeerError):
            await spoke.look(["x"])
        assert len(there.requests) == 1
