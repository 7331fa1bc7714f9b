"""A calendar in a mailbox of a simulated Exchange as a spoke: what every spoke promises, and what is Exchange's own."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest

from calsync.spokes.exchange_calendar import ExchangeCalendar
from protocols.errors import PeerError
from protocols.model.event import Event
from protocols.model.freebusy import Reason
from tests.calsync.spokes.exchange_calendar_world import ANNA, SERIES, world
from tests.contracts.spoke_world import creation, done
from tests.contracts.spokes import SpokeContract, Stage


@asynccontextmanager
async def _staged() -> AsyncIterator[Stage[Event]]:
    async with world() as there:
        yield Stage(spoke=there.calendar(), user=there.anna, wire=there.wire, expire=there.desk.expire)
        assert there.desk.mails == []


class TestCalendar(SpokeContract):
    def staged(self, folder: Path) -> AbstractAsyncContextManager[Stage[Event]]:
        return _staged()


async def test_a_calendar_below_the_own_one_is_found_by_its_name() -> None:
    async with world() as there:
        own = there.anna.folder
        team = there.desk.new_calendar(ANNA.username, "Team")
        spoke = ExchangeCalendar("fabrikam", there.exchange(), folder="team")
        item = await done(spoke, creation(SERIES))
        assert list(team.entries) == [item.key]
        assert own.entries == {}
        with pytest.raises(PeerError) as raised:
            await ExchangeCalendar("fabrikam", there.exchange(), folder="Nobody's").look(["x"])
        assert raised.value.reason is Reason.NO_CALENDAR
