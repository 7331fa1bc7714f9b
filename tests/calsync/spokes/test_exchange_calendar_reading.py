"""Tests of calsync/spokes/exchange_calendar_reading.py."""

from dataclasses import replace

import pytest

from calsync.spokes.exchange_calendar import ExchangeCalendar
from protocols.errors import PeerError
from protocols.http import HttpRequest, HttpResponse
from protocols.model.freebusy import Reason
from tests.calsync.spokes.exchange_calendar_world import SERIES, world
from tests.contracts.spoke_world import Reader


async def test_many_changes_come_in_parts() -> None:
    async with world() as there:
        there.desk.changes = 2
        keys = [await there.anna.create(replace(SERIES, subject=str(number))) for number in range(5)]
        assert set((await Reader(there.calendar()).news()).items) == set(keys)


async def test_an_item_that_no_xml_can_carry_stands_beside_the_others() -> None:
    async with world() as there:
        keys = [await there.anna.create(replace(SERIES, subject=f"Number {number}")) for number in range(3)]

        async def spoilt(request: HttpRequest) -> HttpResponse:
            response = await there.send(request)
            return replace(response, body=response.body.replace(b"Number 1", b"Number \x01"))

        spoke = ExchangeCalendar("fabrikam", replace(there.exchange(), send=spoilt))
        news = await Reader(spoke).news()
        assert (set(news.items), list(news.unread)) == ({keys[0], keys[2]}, [keys[1]])


async def test_a_denied_account_is_told_what_to_do() -> None:
    async with world() as there:
        there.desk.impersonators = frozenset()
        with pytest.raises(PeerError, match="ApplicationImpersonation"):
            await Reader(there.calendar()).news()


async def test_one_change_costs_the_same_in_any_calendar() -> None:
    async with world() as there:
        costs = []
        for more in (10, 240):
            plain = replace(SERIES, exceptions={})
            keys = [await there.anna.create(replace(plain, subject=str(number))) for number in range(more)]
            reader = Reader(there.calendar())
            await reader.news()
            await there.anna.change(keys[3], replace(SERIES, subject="Other"))
            there.requests.clear()
            assert set((await reader.news()).items) == {keys[3]}
            costs.append(there.operations())
        assert costs[0] == costs[1] == ["SyncFolderItems", "GetItem", "GetItem"]


async def test_one_failure_fails_the_reading() -> None:
    async with world() as there:
        for number in range(120):
            await there.anna.create(replace(SERIES, subject=str(number), exceptions={}))

        async def cut(request: HttpRequest) -> HttpResponse:
            if b"<m:GetItem" in request.body:
                raise PeerError(Reason.UNREACHABLE, "the line is cut")
            return await there.send(request)

        with pytest.raises(PeerError, match="the line is cut"):
            await Reader(ExchangeCalendar("fabrikam", replace(there.exchange(), send=cut))).news()
