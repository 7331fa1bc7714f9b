"""Who declines one date of a series at Google, in Microsoft 365 or on an Exchange server is free then at every copy."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Final, TypeAlias

import pytest

from calsync.rules import Gives
from protocols.model.event import Event, Occurrence, Response
from protocols.model.recurrence import Frequency, Recurrence
from protocols.recurrence.differing import usual
from simulation.exchange.calendar_items import plain
from simulation.graph.calendar_objects import Altered
from tests.calsync.spokes.exchange_calendar_world import world
from tests.calsync.spokes.google_calendar_world import CALENDAR, GUEST, workspace
from tests.calsync.spokes.graph_calendar_world import ANNA, mailbox
from tests.calsync.spokes.pairs.pair import pair, standing
from tests.calsync.spokes.pairs.sides import WRITABLE, Side
from tests.contracts.spoke_events import span
from tests.contracts.spoke_world import Stage

SERIES: Final = Event(
    when=span(10, 9, zone="Europe/Berlin"), rule=Recurrence(frequency=Frequency.DAILY, count=5), subject="Planning"
)
SECOND: Final = span(11, 9).start
Answer: TypeAlias = Callable[[str, Response], Awaitable[None]]
"""The owner of the calendar answers the second date of the series under a key; ACCEPTED like all others."""
Asked: TypeAlias = Callable[[], AbstractAsyncContextManager[tuple[Side[Event], Answer]]]
_GRAPH: Final = {
    Response.DECLINED: "declined",
    Response.ACCEPTED: "accepted",
    Response.TENTATIVE: "tentativelyAccepted",
}
_EWS: Final = {Response.DECLINED: "Decline", Response.ACCEPTED: "Accept", Response.TENTATIVE: "Tentative"}


@asynccontextmanager
async def at_google() -> AsyncIterator[tuple[Side[Event], Answer]]:
    """Somebody else's series in a Google calendar."""
    async with workspace() as there:

        async def answer(key: str, response: Response) -> None:
            there.calendar.events[key]["organizer"] = {"email": GUEST}
            people = [{"email": GUEST, "responseStatus": "accepted"}, {"email": CALENDAR, "responseStatus": "accepted"}]
            there.store.patch(there.calendar, key, {"attendees": people}, told="none")
            own = [people[0], {"email": CALENDAR, "responseStatus": response.value}]
            there.user.occurrence(key, SECOND, {"attendees": own})

        yield Side(stage=there.stage(), mails=lambda: there.store.mails), answer


@asynccontextmanager
async def at_microsoft() -> AsyncIterator[tuple[Side[Event], Answer]]:
    """Somebody else's series in Microsoft 365."""
    async with mailbox() as there:

        async def answer(key: str, response: Response) -> None:
            event = there.user.stored(key)
            event.organiser = GUEST
            event.properties["responseStatus"] = {"response": "accepted"}
            event.altered[SECOND.date()] = Altered({"responseStatus": {"response": _GRAPH[response]}})
            there.desk.touch(ANNA, key)

        yield Side(stage=there.stage(), mails=lambda: there.desk.mails), answer


@asynccontextmanager
async def at_exchange() -> AsyncIterator[tuple[Side[Event], Answer]]:
    """Somebody else's series on an Exchange server."""
    async with world() as there:

        async def answer(key: str, response: Response) -> None:
            await there.anna.invite(key)
            entry = there.anna.stored(key)
            entry.parts["MyResponseType"] = plain("MyResponseType", "Accept")
            one = entry.occurrence(2)
            one.parts["MyResponseType"] = plain("MyResponseType", _EWS[response])
            entry.differ(2, one, {"MyResponseType"})
            there.desk.touch(there.anna.folder, entry)

        stage = Stage(spoke=there.calendar(), user=there.anna, wire=there.wire, expire=there.desk.expire)
        yield Side(stage=stage, pass_=there.clock.pass_, mails=lambda: there.desk.mails), answer


ASKED: Final[Mapping[str, Asked]] = {"google": at_google, "graph": at_microsoft, "ews": at_exchange}


async def only(side: Side[Event]) -> Event:
    """All that stands there."""
    [item] = (await standing(side)).values()
    assert isinstance(item.content, Event)
    return item.content


@pytest.mark.parametrize(
    ("asked", "copied"),
    [("google", "graph"), ("google", "public"), ("graph", "ews"), ("graph", "google"), ("ews", "google")],
)
async def test_a_declined_date_goes_and_comes_back(asked: str, copied: str, tmp_path: Path) -> None:
    async with ASKED[asked]() as (one, answer), WRITABLE[copied]() as other, pair(one, other, tmp_path) as here:
        first, second = here.rules.spokes
        here.rules = replace(here.rules, spokes=(replace(first, gives=Gives()), second))
        key = await one.stage.user.create(SERIES)
        await answer(key, Response.ACCEPTED)
        await here.sync()
        assert (await only(other)).exceptions == {}
        for response, stands in (
            (Response.DECLINED, {SECOND: None}),
            (Response.ACCEPTED, {}),
            (Response.DECLINED, {SECOND: None}),
            (Response.TENTATIVE, {}),
        ):
            await answer(key, response)
            await here.sync()
            told = await only(one)
            assert told.meeting
            if response is Response.ACCEPTED:
                assert told.exceptions == {}
            else:
                differing = told.exceptions[SECOND]
                assert isinstance(differing, Occurrence)
                assert (differing.response, differing.when) == (response, usual(SERIES.when, SECOND))
            there = (await only(other)).exceptions
            assert {start: each for start, each in there.items() if each is None} == stands
            assert (await only(other)).when == SERIES.when
            await here.quiet()
        await here.quiet(whole=True)
        assert {link.left for each in await here.agreed() for link in each.links.values()} == {""}
        assert (await only(one)).response is Response.ACCEPTED
