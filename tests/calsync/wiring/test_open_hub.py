"""Tests of calsync/wiring/open_hub.py: a hub is opened once for many runs, and anew when that is due."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any, Final, TypeAlias

import pytest

from calsync.ledger.ledger import Ledger
from calsync.wiring.open_hub import LONGEST, OpenHub
from calsync.wiring.opening import ledger_of
from service.runs.states import RunState
from service.runs.trying import PausedError, UnopenedError
from service.state.settings import StateSettings
from simulation.faults import Trouble
from tests.calsync.settings.merger import TWO_WAY
from tests.calsync.spokes import exchange_calendar_world
from tests.calsync.wiring.merger_world import World, around, world
from tests.calsync.wiring.parts_of import of
from tests.contracts.spoke_world import NOW
from tests.service.jobs.ticking import Time


@pytest.fixture
def time() -> Time:
    return Time(NOW)


@pytest.fixture
async def here(tmp_path: Path, time: Time) -> AsyncIterator[World]:
    async with world(tmp_path, time.clock) as it:
        yield it


@pytest.fixture
async def ledger(tmp_path: Path, time: Time) -> AsyncIterator[Ledger]:
    async with ledger_of(StateSettings(), tmp_path, clock=time.clock) as opened:
        yield opened


@pytest.fixture
async def hub(here: World, ledger: Ledger, tmp_path: Path, time: Time) -> AsyncIterator[OpenHub]:
    it = OpenHub(of({"name": "merger", "spokes": here.spokes}), ledger, around(tmp_path, time))
    yield it
    await it.close()


async def test_tokens_are_had_once_for_many_runs_and_anew_after_half_an_hour(
    hub: OpenHub, here: World, time: Time
) -> None:
    for _ in range(3):
        assert (await hub.sync(None)).state is RunState.DONE
    assert _tokens(here) == 1
    time.now += LONGEST + timedelta(seconds=1)
    await hub.sync(None)
    assert _tokens(here) == 2


async def test_after_a_failure_it_is_opened_anew(hub: OpenHub, here: World) -> None:
    await hub.sync(None)
    here.google.faults.trouble = Trouble.BROKEN
    assert (await hub.sync(None)).state is RunState.FAILED
    assert _tokens(here) == 1
    here.google.faults.clear()
    assert (await hub.sync(None)).state is RunState.DONE
    assert _tokens(here) == 2


async def test_how_long_a_server_asked_to_be_left_alone_is_known_to_the_next_run(
    hub: OpenHub, here: World, time: Time
) -> None:
    await hub.sync(None)
    limits = here.graph.desk.limits
    limits.refuse = lambda method, path: 600.0
    assert (await hub.sync(None)).state is RunState.FAILED
    limits.refuse = lambda method, path: None
    report = await hub.sync(frozenset({"contoso"}))
    assert [(each.spoke, "left alone for 600 s" in each.words) for each in report.outlook.troubles] == [
        ("contoso", True)
    ]
    time.now += timedelta(minutes=10)
    assert (await hub.sync(frozenset({"contoso"}))).state is RunState.DONE


async def test_a_pause_is_nothing_that_opening_mends(hub: OpenHub, ledger: Ledger) -> None:
    await ledger.pause("merger", "a move goes on")
    with pytest.raises(PausedError):
        await hub.sync(None)
    await ledger.resume("merger")
    assert (await hub.sync(None)).state is RunState.DONE


async def test_what_is_used_stays_open(hub: OpenHub, here: World, time: Time) -> None:
    async with hub.watched() as spokes:
        assert sorted(spokes) == ["contoso", "north"]
        time.now += LONGEST + timedelta(seconds=1)
        assert (await hub.sync(None)).state is RunState.DONE
        assert _tokens(here) == 1
        watch = await spokes["north"].watch("https://hooks.example.com/hooks/1", "secret", time.now + LONGEST)
        await spokes["north"].unwatch(watch)


async def test_a_target_alone_need_not_tell_of_changes(here: World, ledger: Ledger, tmp_path: Path, time: Time) -> None:
    spokes = {**here.spokes, "contoso": {**here.spokes["contoso"], "read": False}}
    hub = OpenHub(of({"name": "merger", "spokes": spokes}), ledger, around(tmp_path, time))
    async with hub.watched() as watched:
        assert list(watched) == ["north"]
    await hub.close()
    await hub.close()


async def test_of_contacts_microsoft_365_tells_and_google_does_not(
    here: World, ledger: Ledger, tmp_path: Path, time: Time
) -> None:
    north = {key: value for key, value in here.spokes["north"].items() if key != "calendar"}
    spokes = {"north": north, "contoso": here.spokes["contoso"]}
    hub = OpenHub(of({"name": "merger", "kind": "contacts", "spokes": spokes}), ledger, around(tmp_path, time))
    async with hub.watched() as watched:
        assert list(watched) == ["contoso"]
    await hub.close()


TOLD: Final = frozenset({"shared"})
Folder: TypeAlias = tuple[exchange_calendar_world.World, OpenHub]


@pytest.fixture
async def folder(here: World, ledger: Ledger, tmp_path: Path, time: Time) -> AsyncIterator[Folder]:
    """A public folder with three items, whose copies stand at Google, and the hub of both."""
    (tmp_path / "exchange").write_text(exchange_calendar_world.SVC.password)
    async with exchange_calendar_world.world() as there:
        spokes = {"north": here.spokes["north"], "shared": _public(there)}
        hub = OpenHub(of({"name": "merger", "spokes": spokes}), ledger, around(tmp_path, time))
        for _ in range(3):
            await there.team.create(here.event("Moved on"))
        await hub.sync(None)
        assert len(here.at_google()) == 3
        yield there, hub
        await hub.close()


async def test_what_is_gone_from_a_public_folder_is_found_in_the_run_that_was_told_so(
    here: World, folder: Folder, time: Time
) -> None:
    there, hub = folder
    await there.team.delete(next(iter(there.team.folder.entries)))
    await hub.sync(TOLD)
    assert len(here.at_google()) == 3  # nobody said that anything may be gone
    there.desk.refuse = lambda operation: 1_000.0
    assert (await hub.sync(TOLD, TOLD)).state is RunState.FAILED
    there.desk.refuse = lambda operation: None
    time.now += timedelta(seconds=1_000)
    await hub.sync(frozenset({"north"}))
    await hub.sync(TOLD)
    assert len(here.at_google()) == 2


async def test_what_is_gone_from_a_public_folder_that_is_paused_is_found_when_it_goes_on(
    here: World, ledger: Ledger, folder: Folder, time: Time
) -> None:
    there, hub = folder
    await there.team.delete(next(iter(there.team.folder.entries)))
    await ledger.pause("merger", "somebody looks", "shared")
    await hub.sync(TOLD, TOLD)
    time.now += LONGEST + timedelta(seconds=1)  # opened anew meanwhile
    await ledger.resume("merger", "shared")
    await hub.sync(TOLD)
    assert len(here.at_google()) == 2


async def test_what_is_gone_is_looked_for_again_where_a_guard_stopped_the_run(here: World, folder: Folder) -> None:
    """What was read then is not kept."""
    there, hub = folder
    for key in list(there.team.folder.entries):
        await there.team.delete(key)
    for _ in range(2):
        report = await hub.sync(TOLD, TOLD)
        assert (report.state, report.kept) == (RunState.STOPPED, False)
    assert len(here.at_google()) == 3
    for number in range(2):
        await there.team.create(here.event(f"New {number}"))
    assert not (await hub.sync(TOLD)).kept  # looked for still: nobody had to say it once more


def _public(there: exchange_calendar_world.World) -> dict[str, Any]:
    account = exchange_calendar_world.SVC.username
    return {
        "protocol": "ews",
        "url": there.server.ews_url,
        "mailbox": account,
        "public_folder": exchange_calendar_world.PATH,
        "autodiscover": f"{there.server.url}/autodiscover/autodiscover.svc",
        "auth": {"kind": "basic", "username": account, "password": "file:exchange"},
        "get": TWO_WAY,
    }


async def test_what_cannot_be_opened_says_why_and_is_tried_again(hub: OpenHub, tmp_path: Path) -> None:
    secret = (tmp_path / "graph").read_text()
    (tmp_path / "graph").unlink()
    for _ in range(2):
        with pytest.raises(UnopenedError, match="graph"):
            await hub.sync(None)
    (tmp_path / "graph").write_text(secret)
    assert (await hub.sync(None)).state is RunState.DONE


def _tokens(here: World) -> int:
    """How often Google was asked for one."""
    return sum(call.path == "/token" for call in here.google.calls)
