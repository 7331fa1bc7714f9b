"""Tests of calsync/spokes/exchange_calendar_series.py."""

from dataclasses import replace
from datetime import timedelta

import pytest

from calsync.event_fields import name_of
from calsync.items import Unread
from calsync.spokes.exchange_calendar import ExchangeCalendar
from protocols.errors import PeerError
from protocols.http import HttpRequest, HttpResponse
from protocols.model.freebusy import Reason
from tests.calsync.spokes.exchange_calendar_world import FOURTH, SECOND, SERIES, THIRD, World, span, world
from tests.contracts.spoke_world import Reader, bare, creation, deletion, done, failed, removed, update

LATER = timedelta(hours=2)


class Cut:
    """A way to the server that ends at the operation of that name, before it comes there or after."""

    def __init__(self, there: World, operation: str, *, after: bool = False) -> None:
        self.there, self.operation, self.after = there, operation, after

    async def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.headers.get("SOAPAction", "").endswith(f'/{self.operation}"'):
            if self.after:
                await self.there.send(request)
            raise PeerError(Reason.UNREACHABLE, "the line is cut")
        return await self.there.send(request)


def _cut(there: World, operation: str, *, after: bool = False) -> ExchangeCalendar:
    exchange = replace(there.exchange(), send=Cut(there, operation, after=after))
    return ExchangeCalendar("fabrikam", exchange)


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("operation", ["CreateItem", "DeleteItem", "UpdateItem"])
async def test_a_series_that_is_half_made_is_gone_on_with(operation: str, *, after: bool) -> None:
    async with world() as there:
        write = creation(SERIES)
        outcome = await failed(_cut(there, operation, after=after), write)
        assert outcome.doubt
        whole = there.calendar()
        news = await Reader(whole).news()
        made, ended = after or operation != "CreateItem", after and operation == "UpdateItem"
        assert (len(news.items), len(news.unread)) == (int(ended), int(made and not ended))
        [found] = await whole.find([write])
        assert (found is not None) == ended
        item = await done(whole, write)
        assert bare(item.content) == SERIES
        assert list((await Reader(whole).news()).items) == [item.key]
        assert await whole.find([write]) == [item]


@pytest.mark.parametrize("operation", ["DeleteItem", "UpdateItem"])
async def test_a_series_that_is_half_changed_is_gone_on_with(operation: str) -> None:
    async with world() as there:
        before = await done(there.calendar(), creation(SERIES))
        other = replace(
            SERIES, when=span(9, 11, zone="Europe/Berlin"), exceptions={SECOND.replace(hour=11): None}
        )  # fmt: skip
        write = update(
            before, other, "when", f"at {name_of(SECOND)}", f"at {name_of(THIRD)}", "at 2026-11-16T11:00:00Z"
        )
        assert (await failed(_cut(there, operation, after=True), write)).doubt
        [told] = (await there.calendar().look([before.key])).values()
        if operation == "DeleteItem":
            assert isinstance(told, Unread)
        item = await done(there.calendar(), write)
        assert bare(item.content) == other


async def test_what_is_half_written_is_deleted_by_the_version_before() -> None:
    async with world() as there:
        before = await done(there.calendar(), creation(SERIES))
        other = replace(SERIES, exceptions={FOURTH: None, **SERIES.exceptions})
        await failed(_cut(there, "DeleteItem"), update(before, other, f"at {name_of(FOURTH)}"))
        await removed(there.calendar(), deletion(before))
        assert there.anna.folder.entries == {}


async def test_what_is_half_written_for_long_is_what_it_is() -> None:
    async with world() as there:
        await failed(_cut(there, "DeleteItem"), creation(SERIES))
        there.clock.pass_(LATER)
        [item] = (await Reader(there.calendar()).news()).items.values()
        assert bare(item.content) == replace(SERIES, exceptions={})


async def test_occurrences_follow_their_series_in_what_they_do_not_differ() -> None:
    async with world() as there:
        before = await done(there.calendar(), creation(SERIES))
        after = await done(there.calendar(), update(before, replace(SERIES, subject="Other"), "subject"))
        assert bare(after.content) == replace(SERIES, subject="Other")


async def test_an_occurrence_thrown_away_comes_back() -> None:
    async with world() as there:
        before = await done(there.calendar(), creation(SERIES))
        there_again = replace(SERIES, exceptions={SECOND: SERIES.exceptions[SECOND]})
        after = await done(there.calendar(), update(before, there_again, f"at {name_of(THIRD)}"))
        assert bare(after.content) == there_again
