"""An item that cannot be read is named, and no other waits for it; what can be read without guessing is carried."""

from pathlib import Path

import pytest

from calsync.reports.report import HubReport
from calsync.reports.telling import document
from service.runs.states import RunState
from tests.calsync.bad_input.joint import GOOD, Joint, joint, standing, subjects
from tests.calsync.bad_input.tables import CARRIED, UNREADABLE, Carried, Unreadable
from tests.contracts.spoke_world import Reader

SYSTEMS = sorted(UNREADABLE)
WITH_TOKENS = [
    "cyrus",
    "radicale",
    "xandikos",
    "ews",
    "google",
    "graph",
    "ews contacts",
    "google contacts",
    "graph contacts",
]


def named(report: HubReport) -> dict[str, str]:
    """What the report says of items that cannot be read, by key."""
    return {each["key"]: each["why"] for each in document(report)["unread"]}


async def copies(made: Joint) -> int:
    """How many stand on the side where all is well."""
    return len(await standing(made.well))


@pytest.mark.parametrize("system", SYSTEMS)
async def test_what_cannot_be_read_is_named_and_nothing_else_waits(system: str, tmp_path: Path) -> None:
    await all_is_named(system, UNREADABLE[system], tmp_path)


async def all_is_named(system: str, table: Unreadable, folder: Path) -> None:
    """What of ``table`` is wrong with an item of ``system`` is named, and all else goes on."""
    async with joint(system, folder) as made:
        await made.fill()
        keys = await made.enter(table)
        for name, key in keys.items():
            made.bad.spoil(key, table[name][0])
        report = await made.sync()
        assert report.state is RunState.DONE, report.words
        told = named(report)
        assert {name for name, key in keys.items() if not told.get(key)} == set()
        assert {name: told[key] for name, key in keys.items() if table[name][1] not in told[key]} == {}
        assert len(told) == len(keys)
        assert await subjects(made.well) == sorted(f"Good {number}" for number in range(GOOD))

        await made.quiet()
        kept = await made.ledger.asides(made.rules.name, made.bad.spoke.name, keys.values())
        assert {key: each.why for key, each in kept.items()} == {key: f"cannot be read: {told[key]}" for key in told}
        assert {name for name, key in keys.items() if key not in named(await made.quiet(whole=True))} == set()
        assert await copies(made) == GOOD

        made.bad.mend()
        for name, key in keys.items():
            await made.bad.user.change(key, made.good(f"Mended {name}"))
        assert (await made.sync()).well
        assert await copies(made) == GOOD + len(keys)
        assert await made.ledger.asides(made.rules.name, made.bad.spoke.name, keys.values()) == {}
        await made.quiet(whole=True)


@pytest.mark.parametrize("system", SYSTEMS)
async def test_what_was_carried_and_cannot_be_read_any_more_stays(system: str, tmp_path: Path) -> None:
    await all_stays(system, UNREADABLE[system], tmp_path)


async def all_stays(system: str, table: Unreadable, folder: Path) -> None:
    """What was carried before that was wrong with it stays as it was."""
    async with joint(system, folder) as made:
        keys = await made.enter(table)
        await made.fill()
        await made.sync()
        for name, key in keys.items():
            made.bad.spoil(key, table[name][0])
            await made.bad.user.change(key, made.good(f"Changed {name}"))
        there = set(named(await made.quiet()))
        assert {name for name, key in keys.items() if key not in there} == set()
        await made.quiet(whole=True)
        assert await copies(made) == GOOD + len(keys)
        made.bad.mend()
        for name, key in keys.items():
            await made.bad.user.change(key, made.good(f"Mended {name}"))
        assert (await made.sync()).well
        assert sorted(f"Mended {name}" for name in keys) == [
            each for each in await subjects(made.well) if "Good" not in each
        ]


@pytest.mark.parametrize("system", SYSTEMS)
async def test_what_can_be_read_without_guessing_is_carried(system: str, tmp_path: Path) -> None:
    await all_is_carried(system, CARRIED[system], tmp_path)


async def all_is_carried(system: str, table: Carried, folder: Path) -> None:
    """What of ``table`` is wrong with an item of ``system`` does not keep it from being carried."""
    async with joint(system, folder) as made:
        await made.fill()
        keys = await made.enter(table)
        for name, key in keys.items():
            made.bad.spoil(key, table[name])
        report = await made.sync()
        assert {name: named(report)[key] for name, key in keys.items() if key in named(report)} == {}
        assert [(each.title[:40], each.words) for each in report.tally.failures] == []
        assert report.well, report.words
        assert await copies(made) == GOOD + len(keys)
        await made.quiet()
        await made.quiet(whole=True)
        news = await Reader(made.well.spoke).news()
        assert (len(news.items), news.unread) == (GOOD + len(keys), {})


@pytest.mark.parametrize("system", WITH_TOKENS)
async def test_a_token_that_expired_has_all_read_and_nothing_else_follows(system: str, tmp_path: Path) -> None:
    async with joint(system, tmp_path) as made:
        keys = await made.fill()
        await made.sync()
        made.bad.expire()
        await made.quiet()
        await made.bad.user.create(made.good("Meanwhile", 20))
        await made.bad.user.change(keys[0], made.good("Changed", 21))
        made.bad.expire()
        assert (await made.sync()).well
        assert await subjects(made.well) == await subjects(made.bad)
        assert {"Meanwhile", "Changed"} < set(await subjects(made.well))
        await made.quiet()
