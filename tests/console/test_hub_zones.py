"""Tests of console/hub_zones.py: the zone of a mailbox as its server tells it, beside what the settings say."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from console.configuration import Configuration
from console.findings import Finding
from console.hub_zones import check_zones
from simulation.estate import Estate
from simulation.exchange import ExchangeServer
from simulation.exchange.server import ASSISTANT
from simulation.faults import Trouble
from simulation.graph import Application, GraphServer
from tests.calsync.settings.merger import hub
from tests.clients.tls import authority
from tests.proxy.served import configuration

NOW = datetime(2026, 11, 2, 8, tzinfo=UTC)
APPLICATION = Application(roles=("Calendars.ReadWrite",))
ANNA, MATTHIAS = "anna.schneider@contoso.example", "matthias.krueger@contoso.example"
"""In Berlin, both; the mailbox of the second one spells its zone out by rules, as all of Exchange's do."""
BRIAN = "brian.sullivan@fabrikam.example"


@dataclass(frozen=True, slots=True)
class World:
    """Both servers; ``graph`` and ``ews`` are spokes over one mailbox of each, by the right clocks."""

    exchange: ExchangeServer
    graph_server: GraphServer
    folder: Path
    graph: dict[str, Any]
    ews: dict[str, Any]

    async def found(self, **more: dict[str, str]) -> list[Finding]:
        """What is said of a hub of both."""
        written = hub("graph", "ews")
        written["spokes"]["graph"] = self.graph | more.get("graph", {})
        written["spokes"]["ews"] = self.ews | more.get("ews", {})
        read = Configuration.model_validate(configuration() | {"hubs": [written]})
        return await check_zones(read, self.folder, NOW)


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    tls, estate = authority(tmp_path), Estate(NOW.date())
    (tmp_path / "password").write_text(ASSISTANT.password)
    (tmp_path / "secret").write_text(APPLICATION.secret)
    async with (
        ExchangeServer(estate) as exchange,
        GraphServer(estate, ssl=tls.server, applications=(APPLICATION,)) as at,
    ):
        graph = {"protocol": "graph", "tenant": at.tenant, "client_id": APPLICATION.client_id, "ca": str(tls.ca)}
        graph |= {"secret": "file:secret", "login_url": at.url, "graph_url": at.url}
        graph |= {"mailbox": ANNA, "zone": "Europe/Berlin"}
        ews = {"protocol": "ews", "url": exchange.ews_url, "impersonate": False}
        ews |= {"mailbox": BRIAN, "zone": "America/New_York"}
        ews |= {"auth": {"kind": "basic", "username": ASSISTANT.username, "password": "file:password"}}
        yield World(exchange, at, tmp_path, graph, ews)


async def test_the_right_zones_need_no_word(world: World) -> None:
    assert await world.found() == []
    alike = {"mailbox": MATTHIAS, "zone": "Europe/Rome"}  # whose clocks are the same
    assert await world.found(graph=alike, ews={"zone": "America/Toronto"}) == []


@pytest.mark.parametrize(
    ("spoke", "keys", "words"),
    [
        ("graph", {"zone": "UTC"}, f"the clocks of UTC, and {ANNA} lives by those of Europe/Berlin"),
        ("graph", {"zone": "Africa/Lagos"}, f"the clocks of Africa/Lagos, and {ANNA} lives by those of Europe/Berlin"),
        ("graph", {"mailbox": MATTHIAS, "zone": "UTC"}, f"and {MATTHIAS} lives by those of UTC+0100"),
        ("ews", {"zone": "Europe/Berlin"}, f"the clocks of Europe/Berlin, and {BRIAN} lives by those of UTC-0500"),
    ],
)
async def test_another_zone_is_named(world: World, spoke: str, keys: dict[str, str], words: str) -> None:
    [told] = await world.found(**{spoke: keys})
    assert (told.severity, told.key) == ("warning", f"hubs[1].spokes.{spoke}.zone")
    assert words in told.what


async def test_what_cannot_be_asked_is_said(world: World) -> None:
    world.graph_server.faults.trouble = world.exchange.faults.trouble = Trouble.BROKEN
    told = await world.found(ews={"mailbox": "nobody@fabrikam.example"})
    assert [(each.severity, each.key) for each in told] == [
        ("note", "hubs[1].spokes.graph.zone"),
        ("note", "hubs[1].spokes.ews.zone"),
    ]
    world.graph_server.faults.clear()
    world.exchange.faults.clear()
    (world.folder / "secret").unlink()
    told = await world.found(ews={"mailbox": "nobody@fabrikam.example"})
    assert "secret" in told[0].what
    assert [each.severity for each in told] == ["note", "note"]


async def test_neither_contacts_nor_public_folders_have_one(world: World) -> None:
    keys = ("calendar", "zone", "owners")
    plain = {
        name: {key: each for key, each in getattr(world, name).items() if key not in keys} for name in ("graph", "ews")
    }
    written = hub("graph", "ews", kind="contacts")
    written["spokes"] = plain
    read = Configuration.model_validate(configuration() | {"hubs": [written]})
    assert await check_zones(read, world.folder, NOW) == []
    [told] = await world.found(graph={"zone": "UTC"}, ews={"public_folder": "/Shared/Team"})
    assert told.key == "hubs[1].spokes.graph.zone"
