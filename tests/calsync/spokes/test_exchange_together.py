"""A hub that joins a mailbox and a public folder of one Exchange, carried out by the engine: all ways, and no mail."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest

from calsync.engine.engine import Engine
from calsync.hubs import Hub
from calsync.ledger.ledger import Ledger
from calsync.plans.guards import GUARDS
from calsync.reports.report import HubReport
from calsync.rules import HubRules, Kind, SpokeRules
from calsync.spoke import Spoke
from protocols.model.event import Event
from service.state.database import Database
from tests.calsync.spokes.exchange_calendar_world import SERIES, Outlook, World, world
from tests.calsync.world.world import ALL, EVERYTHING
from tests.contracts.quiet import loud
from tests.contracts.spoke_world import bare


@dataclass(slots=True)
class Joined:
    """Anna's calendar and the team's folder, and the engine over both."""

    there: World
    hub: Hub
    ledger: Ledger

    async def sync(self) -> HubReport:
        """One run, a minute after the last."""
        self.there.clock.pass_(timedelta(minutes=1))
        engine = Engine(
            self.hub,
            self.ledger,
            clock=lambda: self.there.clock.now,
            sleep=self.there.sleep,
            holder="here",
            random=lambda: 0.0,
        )
        return await engine.sync(allow=frozenset(GUARDS))

    async def stands(self, user: Outlook) -> list[Event]:
        """What stands in a folder, as its spoke tells it."""
        spoke = self.hub.spokes["fabrikam" if user.folder.owner else "shared"]
        told = await spoke.look(list(user.folder.entries))
        events = [bare(each.content) for each in told.values() if each is not None and hasattr(each, "content")]
        return sorted((each for each in events if isinstance(each, Event)), key=lambda each: each.subject)


@pytest.fixture
async def joined(tmp_path: Path) -> AsyncIterator[Joined]:
    async with world() as there, Database.open(f"sqlite:{tmp_path / 'state.db'}") as database:
        spokes: dict[str, Spoke] = {"fabrikam": there.calendar(), "shared": there.public()}
        rules = HubRules(
            name="merger",
            kind=Kind.CALENDAR,
            spokes=tuple(SpokeRules(name=name, gives=EVERYTHING, gets=ALL) for name in spokes),
        )
        hub = Hub(rules=rules, spokes=spokes, fingerprint=repr(rules))
        yield Joined(there, hub, Ledger(database, clock=lambda: there.clock.now))
        assert there.desk.mails == []
        assert loud(there.wire()) == []


async def test_all_ways_until_both_are_equal(joined: Joined) -> None:
    anna, team = joined.there.anna, joined.there.team
    await anna.create(SERIES)
    theirs = await team.create(replace(SERIES, subject="Of the team", exceptions={}))
    assert (await joined.sync()).well
    wanted = [replace(SERIES, subject="Of the team", exceptions={}), SERIES]
    assert await joined.stands(anna) == await joined.stands(team) == wanted
    again = await joined.sync()
    assert (again.well, list(again.steps)) == (True, [])

    await team.change(theirs, replace(SERIES, subject="Moved"))
    [copy] = [key for key, entry in team.folder.entries.items() if key != theirs]
    await team.change(copy, replace(SERIES, location="Here", exceptions={}))
    assert (await joined.sync()).well
    wanted = [replace(SERIES, subject="Moved"), replace(SERIES, location="Here", exceptions={})]
    assert await joined.stands(anna) == await joined.stands(team) == wanted

    await anna.delete(next(key for key, entry in anna.folder.entries.items() if entry.parts["Subject"].text == "Moved"))
    assert (await joined.sync()).well
    assert await joined.stands(anna) == await joined.stands(team) == wanted[1:]
    assert list((await joined.sync()).steps) == []


async def test_a_copy_that_became_a_meeting_is_left_alone(joined: Joined) -> None:
    anna, team = joined.there.anna, joined.there.team
    key = await anna.create(SERIES)
    await joined.sync()
    [copy] = team.folder.entries
    await team.invite(copy)
    await anna.change(key, replace(SERIES, subject="Other"))
    await joined.sync()
    assert team.stored(copy).parts["Subject"].text == SERIES.subject
    await anna.delete(key)
    await joined.sync()
    assert list(team.folder.entries) == [copy]
