"""A Google calendar that is read-only for a while, as its listing says by accessRole: all waits, and is caught up."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from calsync.engine.engine import Engine
from calsync.plans.refusals import NOT_NOW
from calsync.reports.report import HubReport
from calsync.reports.telling import text
from protocols.model.event import Event
from service.runs.states import RunState
from tests.calsync.bad_input.corners import Corner, graph
from tests.calsync.bad_input.gate import Gate, in_json
from tests.calsync.bad_input.joint import Joint, good, standing, subjects, together
from tests.calsync.spokes.google_calendar_world import OWNER, workspace


@dataclass(slots=True, kw_only=True)
class Lent:
    """A hub of a Google calendar, whose ``roles`` somebody else gives, and one of Microsoft 365."""

    made: Joint
    roles: dict[str, str]

    async def sync(self) -> HubReport:
        """One run, which may delete."""
        made = self.made
        engine = Engine(made.hub, made.ledger, clock=lambda: made.now[0], sleep=made.slept, holder="test")
        return await engine.sync()


@asynccontextmanager
async def lent(folder: Path) -> AsyncIterator[Lent]:
    """The hub."""
    async with workspace() as there, graph() as well:
        gate = Gate(there.send(), in_json)
        bad = Corner(spoke=there.spoke(gate), user=there.user, gate=gate, mails=lambda: there.store.mails)
        async with together(bad, well, folder) as made:
            yield Lent(made=made, roles=there.calendar.roles)


async def test_all_that_was_done_meanwhile_is_caught_up(tmp_path: Path) -> None:
    async with lent(tmp_path) as here:
        made = here.made
        user = made.well.user
        keys = {name: await user.create(good(name, 8 + at)) for at, name in enumerate(["Stays", "Changes", "Goes"])}
        assert (await here.sync()).well
        here.roles[OWNER] = "reader"
        await user.create(good("Comes", 15))
        await user.change(keys["Changes"], good("Changed", 16))
        await user.delete(keys["Goes"])
        for at in range(3):
            report = await here.sync()
            assert report.state is RunState.FAILED
            assert not report.well
            assert f"google {NOT_NOW}: 3 items" in report.words
            assert {left.words for left in report.left} == (set() if at else {NOT_NOW})
            assert f"google: {'3 items' if at else 'Comes'}: {NOT_NOW}" in text(report)
            assert await subjects(made.bad) == ["Changes", "Goes", "Stays"]
        here.roles[OWNER] = "owner"
        assert (await here.sync()).well
        assert await subjects(made.bad) == await subjects(made.well) == ["Changed", "Comes", "Stays"]
        assert (await here.sync()).tally.written.total() == 0


async def test_what_is_changed_at_both_meanwhile_is_merged_when_it_may_be_written(tmp_path: Path) -> None:
    async with lent(tmp_path) as here:
        made = here.made
        key = await made.well.user.create(good("One", 9))
        assert (await here.sync()).well
        here.roles[OWNER] = "reader"
        await made.well.user.change(key, good("Two", 9))
        await here.sync()
        [(copy, item)] = (await standing(made.bad)).items()
        assert isinstance(item.content, Event)
        await made.bad.user.change(copy, replace(item.content, location="Room"))
        await here.sync()
        here.roles[OWNER] = "owner"
        assert (await here.sync()).well
        told = [content for side in (made.bad, made.well) for content in (await standing(side)).values()]
        assert {(each.content.subject, each.content.location) for each in told if isinstance(each.content, Event)} == {
            ("Two", "Room")
        }  # fmt: skip
