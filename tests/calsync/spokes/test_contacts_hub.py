"""A hub of contacts in Microsoft 365, Exchange and Google: what changes in one is in the others, nothing twice."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from calsync.engine.engine import Engine
from calsync.hubs import Hub
from calsync.items import Item
from calsync.ledger.ledger import Ledger
from calsync.reports.report import HubReport
from calsync.rules import Gets, HubRules, Kind, SpokeRules
from calsync.spoke import Spoke
from protocols.model.card import Address, Card, Phone, Place
from service.state.database import Database
from tests.calsync.spokes import test_exchange_contacts, test_google_contacts, test_graph_contacts
from tests.calsync.spokes.contacts_world import ANN, never
from tests.contracts.spoke_world import NOW, Reader, User

ALL = Gets(create=True, change=True, delete=True)
NAMES = ("m365", "exchange", "google")
FULL = replace(
    ANN,
    company="Contoso",
    title="Head",
    phones={Phone.BUSINESS: "+49 30 1", Phone.MOBILE: "+49 170 2"},
    places={Place.BUSINESS: Address(street="Domstr. 1", city="Köln", postal_code="50667")},
    birthday=date(1604, 2, 29),
    notes="Two\nlines",
)


@dataclass(frozen=True, slots=True)
class World:
    """The spokes and their users by name, and what makes them equal."""

    spokes: dict[str, Spoke]
    users: dict[str, User[Card]]
    engine: Engine

    async def sync(self) -> HubReport:
        """One run, which has to go well."""
        report = await self.engine.sync()
        assert report.well, report
        return report

    async def told(self, name: str) -> list[Item]:
        """What stands at a spoke, by the name that it shows."""
        items = (await Reader(self.spokes[name]).news()).items.values()
        return sorted(items, key=lambda item: item.content.display_name if isinstance(item.content, Card) else "")

    async def everywhere(self) -> list[Card]:
        """The contacts, which have to be the same at each."""
        found = [[item.content for item in await self.told(name)] for name in NAMES]
        assert found[0] == found[1] == found[2]
        return [card for card in found[0] if isinstance(card, Card)]


@asynccontextmanager
async def joined(folder: Path) -> AsyncIterator[World]:
    async with (
        test_graph_contacts.staged(called="m365") as (graph, *_),
        test_exchange_contacts.staged(called="exchange") as (exchange, *_),
        test_google_contacts.staged(called="google") as (google, *_),
        Database.open(f"sqlite:{folder / 'state.db'}") as database,
    ):
        stages = dict(zip(NAMES, (graph, exchange, google), strict=True))
        spokes = {name: stage.spoke for name, stage in stages.items()}
        rules = HubRules(
            name="merger", kind=Kind.CONTACTS, spokes=tuple(SpokeRules(name=name, gets=ALL) for name in NAMES)
        )  # fmt: skip
        hub = Hub(rules=rules, spokes=spokes, fingerprint="1")
        ledger = Ledger(database, clock=lambda: NOW)
        engine = Engine(hub, ledger, clock=lambda: NOW, sleep=never, holder="test", random=lambda: 0.0)
        yield World(spokes, {name: stage.user for name, stage in stages.items()}, engine)


async def test_three_folders_become_equal_and_stay_so(tmp_path: Path) -> None:
    async with joined(tmp_path) as world:
        cards = [replace(FULL, display_name=f"Ann {name}", surname=name) for name in NAMES]
        for name, card in zip(NAMES, cards, strict=True):
            await world.users[name].create(card)
        report = await world.sync()
        assert report.tally.written.total() == 6
        assert await world.everywhere() == sorted(cards, key=lambda card: card.display_name)
        assert (await world.sync()).tally.written.total() == 0


async def test_two_people_change_two_telephones_of_one_contact(tmp_path: Path) -> None:
    async with joined(tmp_path) as world:
        await world.users["google"].create(FULL)
        await world.sync()
        keys = {name: (await world.told(name))[0].key for name in NAMES}
        await world.users["exchange"].change(
            keys["exchange"], replace(FULL, phones={**FULL.phones, Phone.BUSINESS: "9"})
        )
        await world.users["m365"].change(keys["m365"], replace(FULL, phones={**FULL.phones, Phone.MOBILE: "8"}))
        await world.sync()
        assert await world.everywhere() == [replace(FULL, phones={Phone.BUSINESS: "9", Phone.MOBILE: "8"})]
        assert (await world.sync()).tally.written.total() == 0


async def test_what_is_deleted_where_it_came_from_goes_everywhere(tmp_path: Path) -> None:
    async with joined(tmp_path) as world:
        key = await world.users["exchange"].create(FULL)
        await world.users["exchange"].create(replace(FULL, display_name="Bob", given_name="Bob"))
        await world.sync()
        await world.users["exchange"].delete(key)
        await world.sync()
        assert [card.display_name for card in await world.everywhere()] == ["Bob"]
