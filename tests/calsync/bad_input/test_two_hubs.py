"""Two hubs that write one calendar or folder: neither copies the other's copies, and each of them names the other."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from calsync.engine.engine import Engine
from calsync.ledger.ledger import Ledger
from calsync.reports.telling import text
from service.state.database import Database
from tests.calsync.bad_input.corners import CORNERS
from tests.calsync.bad_input.folders import FOLDERS
from tests.calsync.bad_input.joint import Joint, subjects, together


@dataclass(frozen=True, slots=True)
class Two:
    """``one`` joins a calendar with ``shared``, ``other`` another one with it; each has a ledger of its own."""

    one: Joint
    other: Joint

    async def shared(self) -> list[str]:
        """What stands in the calendar that both write."""
        return await subjects(self.one.bad)


@asynccontextmanager
async def two(system: str, folder: Path) -> AsyncIterator[Two]:
    every, kind = CORNERS | FOLDERS, " contacts" if system in FOLDERS else ""
    others = [each + kind for each in ("google", "graph", "ews") if each + kind != system]
    async with (
        every[system]() as shared,
        every[others[0]]() as left,
        every[others[1]]() as right,
        Database.open(f"sqlite:{folder / 'other.db'}") as database,
    ):
        shared.spoke._name = "shared"  # type: ignore[attr-defined]  # of the same system as another one
        async with together(shared, left, folder) as one:
            theirs = replace(one.rules.spokes[1], name=right.spoke.name)
            rules = replace(one.rules, name="second", spokes=(one.rules.spokes[0], theirs))
            other = replace(one, well=right, ledger=Ledger(database, clock=lambda: one.now[0]), rules=rules)
            yield Two(one, other)


def engine(joint: Joint) -> Engine:
    now = joint.now
    return Engine(joint.hub, joint.ledger, clock=lambda: now[0], sleep=joint.slept, holder="test", random=lambda: 0.0)


@pytest.mark.parametrize("system", ["ews", "google", "graph", "public", *sorted(FOLDERS)])
async def test_neither_copies_the_other_and_each_names_it(system: str, tmp_path: Path) -> None:
    async with two(system, tmp_path) as both:
        await both.one.well.user.create(both.one.good("Of the left"))
        await both.other.well.user.create(both.one.good("Of the right", 12))
        own = await both.one.bad.user.create(both.one.good("Own", 15))
        await both.one.sync()
        assert "is a copy that merger made" in text(await both.other.sync())
        assert "is a copy that second made" in text(await both.one.sync())
        for _ in range(3):
            await both.other.quiet(whole=True)
            await both.one.quiet(whole=True)
        assert await both.shared() == ["Of the left", "Of the right", "Own"]
        assert await subjects(both.one.well) == ["Of the left", "Own"]
        assert await subjects(both.other.well) == ["Of the right", "Own"]

        await both.one.bad.user.change(own, both.one.good("Own anew", 15))
        await both.one.sync()
        await both.other.sync()
        await engine(both.one).purge()
        assert await both.shared() == ["Of the right", "Own anew"]
        assert await subjects(both.one.well) == ["Of the left"]
        await both.other.quiet()
        assert await subjects(both.other.well) == ["Of the right", "Own anew"]
