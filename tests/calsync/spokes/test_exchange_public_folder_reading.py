"""Tests of calsync/spokes/exchange_public_folder_reading.py."""

from dataclasses import replace
from datetime import timedelta

import pytest

from calsync.spoke import ExpiredError
from protocols.errors import PeerError
from protocols.model.event import Event
from tests.calsync.spokes.exchange_calendar_world import span, world
from tests.contracts.spoke_world import Reader

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
ONE = Event(when=span(9, 9), subject="One")


async def test_what_changed_is_found_by_its_time_and_told_once() -> None:
    async with world() as there:
        keys = [await there.team.create(replace(ONE, subject=str(number))) for number in range(60)]
        reader = Reader(there.public(HOUR))
        assert set((await reader.news()).items) == set(keys)
        there.clock.pass_(5 * MINUTE)
        await there.team.change(keys[7], replace(ONE, subject="Other"))
        new = await there.team.create(ONE)
        there.requests.clear()
        assert set((await reader.news()).items) == {keys[7], new}
        assert there.operations() == ["FindItem", "GetItem"]
        there.requests.clear()
        assert not (await reader.news()).items
        assert there.operations() == ["FindItem"]
        assert b"IsGreaterThanOrEqualTo" in there.requests[0].body


async def test_what_two_wrote_in_the_same_second_is_told_to_the_last() -> None:
    async with world() as there:
        reader = Reader(there.public(HOUR))
        await there.team.create(ONE)
        assert len((await reader.news()).items) == 1
        late = await there.team.create(replace(ONE, subject="In the same second"))
        assert set((await reader.news()).items) == {late}


async def test_what_was_deleted_is_found_by_the_next_listing() -> None:
    async with world() as there:
        keys = [await there.team.create(replace(ONE, subject=str(number))) for number in range(3)]
        reader = Reader(there.public(HOUR))
        await reader.news()
        await there.team.delete(keys[1])
        there.clock.pass_(10 * MINUTE)
        assert not (await reader.news()).gone
        there.clock.pass_(HOUR)
        assert (await reader.news()).gone == {keys[1]}
        there.requests.clear()
        assert not (await reader.news()).gone
        assert there.operations() == ["FindItem"]


async def test_what_was_deleted_is_found_at_once_where_somebody_heard_of_it() -> None:
    async with world() as there:
        keys = [await there.team.create(replace(ONE, subject=str(number))) for number in range(3)]
        spoke = there.public(HOUR)
        reader = Reader(spoke)
        await reader.news()
        await there.team.delete(keys[1])
        await there.team.change(keys[2], replace(ONE, subject="Other"))
        spoke.list_all()
        told = await reader.news()
        assert told.gone == {keys[1]}
        assert set(told.items) == {keys[2]}
        there.requests.clear()
        await reader.news()
        assert b"IsGreaterThanOrEqualTo" in there.requests[0].body


async def test_who_failed_to_list_lists_the_next_time() -> None:
    async with world() as there:
        key = await there.team.create(ONE)
        spoke = there.public(HOUR)
        reader = Reader(spoke)
        await reader.news()
        await there.team.delete(key)
        spoke.list_all()
        there.desk.refuse = lambda operation: 1_000.0
        with pytest.raises(PeerError):
            await reader.news()
        there.desk.refuse = lambda operation: None
        there.clock.now += timedelta(seconds=1_000)
        assert (await reader.news()).gone == {key}


async def test_a_listing_finds_what_the_times_did_not_tell() -> None:
    async with world() as there:
        key = await there.team.create(ONE)
        await there.team.create(replace(ONE, subject="Newer"))
        reader = Reader(there.public(HOUR))
        await reader.news()
        await there.team.change(key, replace(ONE, subject="Put back by an archive"))
        there.team.stored(key).changed_at -= timedelta(days=30)
        assert not (await reader.news()).items
        there.clock.pass_(HOUR)
        assert set((await reader.news()).items) == {key}


async def test_a_folder_longer_than_a_page_is_read_whole() -> None:
    async with world() as there:
        there.desk.page = 2
        keys = [await there.team.create(replace(ONE, subject=str(number))) for number in range(5)]
        assert set((await Reader(there.public()).news()).items) == set(keys)


@pytest.mark.parametrize("token", ["x", "{}", '{"seen": 1, "listed": "", "told": []}', "[]"])
async def test_a_token_of_somebody_else_is_read_whole(token: str) -> None:
    async with world() as there:
        with pytest.raises(ExpiredError):
            await Reader(there.public(), token=token).news()
