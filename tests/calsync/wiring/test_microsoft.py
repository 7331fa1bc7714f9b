"""Tests of calsync/wiring/microsoft.py: found by its name when it is needed, and asked for no more than that."""

from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from calsync.settings.microsoft import GraphAccountSpoke, GraphSpoke
from calsync.spoke import Watched
from calsync.wiring.later import LaterWatched
from calsync.wiring.microsoft import graph, graph_account, scopes_of
from protocols.errors import PeerError
from tests.calsync.settings.merger import TWO_WAY, hub
from tests.calsync.wiring.parts_of import part


@pytest.mark.parametrize(
    ("kind", "writes", "scope"),
    [
        ("calendar", False, "Calendars.Read"),
        ("calendar", True, "Calendars.ReadWrite"),
        ("contacts", False, "Contacts.Read"),
        ("contacts", True, "Contacts.ReadWrite"),
    ],
)
async def test_to_read_alone_unless_something_may_be_written(
    tmp_path: Path, kind: str, writes: bool, scope: str
) -> None:
    async with AsyncExitStack() as stack:
        made = part(hub("google", "graph", kind=kind, graph={"get": TWO_WAY if writes else {}}), tmp_path, stack)
        spoke = made.hub.spokes["graph"]
        assert isinstance(spoke, GraphSpoke)
        assert scopes_of(spoke, of_contacts=made.of_contacts) == (scope,)


@pytest.mark.parametrize(("kind", "key"), [("calendar", "calendar"), ("contacts", "folder")])
async def test_a_name_is_looked_for_when_it_is_needed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, key: str
) -> None:
    monkeypatch.setenv("GRAPH_SECRET", "s")
    async with AsyncExitStack() as stack:
        written = hub("google", "graph", kind=kind)
        written["spokes"]["graph"][key] = "Merger"
        made = part(written, tmp_path, stack)
        settings = made.hub.spokes["graph"]
        assert isinstance(settings, GraphSpoke)
        spoke = await graph("graph", settings, made)
        assert type(spoke) is LaterWatched
        assert (spoke.name, spoke.ability.writable) == ("graph", False)


@pytest.mark.parametrize("kind", ["calendar", "contacts"])
async def test_what_needs_no_looking_for_is_watched_as_well(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    monkeypatch.setenv("GRAPH_SECRET", "s")
    async with AsyncExitStack() as stack:
        made = part(hub("google", "graph", kind=kind), tmp_path, stack)
        settings = made.hub.spokes["graph"]
        assert isinstance(settings, GraphSpoke)
        assert isinstance(await graph("graph", settings, made), Watched)


async def test_that_nobody_has_signed_in_is_said_when_it_is_asked(tmp_path: Path) -> None:
    async with AsyncExitStack() as stack:
        made = part(hub("google", "graph-account"), tmp_path, stack)
        settings = made.hub.spokes["graph-account"]
        assert isinstance(settings, GraphAccountSpoke)
        spoke = await graph_account("graph-account", settings, made)
        with pytest.raises(PeerError, match="run: busyline connect merger-graph-account"):
            await spoke.look(["x"])
