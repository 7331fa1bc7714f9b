"""Real CalDAV servers joined with each other and with every other system, edited by python-caldav."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest

from protocols.model.event import Event
from tests.calsync.spokes.pairs import raw
from tests.calsync.spokes.pairs.nasty import TABLE
from tests.calsync.spokes.pairs.pair import Pair, entered, pair, standing
from tests.calsync.spokes.pairs.sides import SIDES, WRITABLE, Side
from tests.calsync.spokes.pairs.walk import becomes_equal, comes_back, enter, goes_away, stays_equal
from tests.clients.caldav_servers import SERVERS
from tests.clients.caldav_user import CaldavUser
from tests.clients.test_caldav_spokes import EVERY, Servers, holdable, lasting, staged
from tests.contracts.spoke_world import bare

pytestmark = pytest.mark.client

DAV: Final = tuple(SERVERS)
PAIRS: Final = [
    ("radicale", "xandikos"),
    ("xandikos", "cyrus"),
    ("cyrus", "radicale"),
    *(("ics", other) for other in DAV),
    *(
        (one, other) if (place + number) % 2 else (other, one)
        for place, one in enumerate(WRITABLE)
        for number, other in enumerate(DAV)
    ),
    ("sabre", "davical"),
    ("ews", "sabre"),
    ("davical", "google"),
    ("graph", "sogo"),
]
"""Each two of them once: what comes back tells of the other way."""
STRANGE: Final = [*((one, "xandikos") for one in SIDES), *((one, "graph") for one in EVERY), ("google", "cyrus")]


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    """Each server, started once."""
    started = Servers(tmp_path_factory)
    yield started
    started.stop()


@asynccontextmanager
async def side(name: str, servers: Servers) -> AsyncIterator[Side[Event]]:
    """The calendar of that name, empty."""
    if name not in EVERY:
        async with SIDES[name]() as found:
            yield found
        return
    async with staged(servers.named(name)) as stage:
        user = stage.user
        assert isinstance(user, CaldavUser)
        texts = raw.icalendar_texts()
        if name in ("cyrus", "sogo"):
            del texts["no end"]  # which the one refuses, and the other makes an hour of
        yield Side(
            stage=stage, plant=lambda: {each: user.enter(raw.vevent(text, each)) for each, text in texts.items()}
        )


@asynccontextmanager
async def joined(names: tuple[str, str], servers: Servers, folder: Path) -> AsyncIterator[Pair[Event]]:
    """A pair of two empty calendars, of which one at least is on a CalDAV server."""
    async with side(names[0], servers) as here, side(names[1], servers) as there, pair(here, there, folder) as made:
        yield made


def carried(two: Pair[Event]) -> list[Event]:
    """What both can hold: Cyrus takes a comma in a category for the end of it, begins no text with a space, and refuses
    what takes no time, which is how others write an hour at whose end the clock shows the same. SOGo makes an hour of
    what takes no time."""
    one, other = (side.stage.spoke.name for side in (two.one, two.other))
    if "sogo" in (one, other):
        return [lasting(each) for each in TABLE.values()]
    if "cyrus" not in (one, other):
        return list(TABLE.values())
    found = {name: holdable(replace(each, body=each.body.lstrip())) for name, each in TABLE.items()}
    return [each for name, each in found.items() if name != "in the hour that comes twice"]


@pytest.mark.parametrize("names", PAIRS, ids="-".join)
async def test_all_becomes_equal_and_stays_so(names: tuple[str, str], servers: Servers, tmp_path: Path) -> None:
    async with joined(names, servers, tmp_path) as two:
        assert await enter(two, carried(two)) > len(TABLE) / 2
        await becomes_equal(two)
        await stays_equal(two)
        if two.one.stage.spoke.ability.writable:
            await comes_back(two)
            await goes_away(two)


@pytest.mark.parametrize("names", STRANGE, ids="-".join)
async def test_what_is_strange_is_carried_as_well_as_it_can_be(
    names: tuple[str, str], servers: Servers, tmp_path: Path
) -> None:
    async with joined(names, servers, tmp_path) as two:
        keys = two.one.plant()
        if "cyrus" in names and "no end" in keys:
            await two.one.stage.user.delete(keys["no end"])  # what takes no time it refuses
        await becomes_equal(two)
        await stays_equal(two)
        if two.one.stage.spoke.ability.writable:
            await comes_back(two)


async def test_what_a_server_writes_its_own_way_is_nobodys_change(servers: Servers, tmp_path: Path) -> None:
    wanted = replace(TABLE["lines that begin with spaces"], categories=("Blue, dark",))
    async with joined(("google", "cyrus"), servers, tmp_path) as two:
        here, there = two.one, two.other
        key = await here.stage.user.create(wanted)
        await two.sync()
        [copy] = (await standing(there)).values()
        assert isinstance(copy.content, Event)
        assert copy.content.body != wanted.body
        await two.quiet()
        await two.quiet(whole=True)
        await there.stage.user.change(copy.key, replace(copy.content, subject="Edited"))
        await two.sync()
        assert bare((await standing(here))[key].content) == replace(holdable_by(here, wanted), subject="Edited")
        await two.quiet()


async def test_an_hour_that_comes_twice_is_taken_by_cyrus(servers: Servers, tmp_path: Path) -> None:
    async with joined(("google", "cyrus"), servers, tmp_path) as two:
        await two.one.stage.user.create(TABLE["in the hour that comes twice"])
        await becomes_equal(two)
        await stays_equal(two)


def holdable_by(side: Side[Event], content: Event) -> Event:
    """As that side holds it."""
    held = entered(side, content)
    assert held is not None
    return held
