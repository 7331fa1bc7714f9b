"""Tests of galsync/wiring/staff_exports.py: by each protocol, and by an application, a person or an account."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from certs import first_run, pem
from galsync.settings import GalsyncSettings
from galsync.settings.clouds import StaffExportDirectory
from galsync.settings.exchange import StaffExportEwsDirectory
from galsync.sides.staff_export_source import FILLING, PERMISSIONS
from galsync.wiring import staff_exports
from galsync.wiring.parts import Part
from protocols.errors import PeerError
from protocols.graph.contact_fields import fresh
from protocols.model.freebusy import Reason
from service.connections import Connection, Connections
from service.secrets import Secret
from simulation.estate import Estate
from simulation.exchange import Account, ExchangeServer
from simulation.exchange.contact_mailboxes import ContactsDesk as ExchangeDesk
from simulation.exchange.contact_mailboxes import Folder as ExchangeFolder
from simulation.graph.contact_objects import Folder, Item, put
from simulation.graph.contacts import ContactsDesk
from simulation.graph.server import TENANT, GraphServer
from simulation.graph.tokens import Application
from tests.contracts.export import THEIRS, ExportContract, Sides
from tests.galsync.wiring.world import NOW, no_sleep

EXPORT, OTHER = "export@contoso.example", "boss@contoso.example"
APPLICATION = Application(roles=("Contacts.ReadWrite",))
ACCOUNT = Account("svc-gal@contoso.example", "one-folder")


def part(section: dict[str, Any], directory: Path, stack: AsyncExitStack) -> tuple[Any, Part]:
    """The section as settings, and the part of the sync that fills it."""
    written = {"directories": {"hr": {"protocol": "csv", "path": "hr.csv"}, "export": section}}
    sync = {"name": THEIRS, "from": ["hr"], "to": "export"}
    read = GalsyncSettings.model_validate({**written, "directory_syncs": [sync]})
    made = Part(
        sync=read.directory_syncs[0],
        directories=read.directories,
        directory=directory,
        stack=stack,
        clock=lambda: NOW,
        sleep=no_sleep,
        chance=lambda: 0.0,
    )
    return read.directories["export"], made


async def sides(section: dict[str, Any], directory: Path, stack: AsyncExitStack) -> Sides:
    """What the settings make of the section."""
    settings, made = part(section, directory, stack)
    taking, _ = part(section | {"takes": [THEIRS]}, directory, stack)
    if isinstance(settings, StaffExportDirectory):
        target = await staff_exports.graph_target("export", settings, made)
        sources = [await staff_exports.graph_source("export", each, made, None) for each in (taking, settings)]
    else:
        assert isinstance(settings, StaffExportEwsDirectory)
        target = await staff_exports.ews_target("export", settings, made)
        sources = [await staff_exports.ews_source("export", each, made, None) for each in (taking, settings)]
    return Sides(target, *sources)


class TestByGraph(ExportContract):
    @pytest.fixture(autouse=True)
    def _directory(self, tmp_path: Path) -> None:
        self.directory = tmp_path

    def proof(self, server: GraphServer) -> dict[str, Any]:
        (self.directory / "secret").write_text(APPLICATION.secret)
        return {"secret": "file:secret"}

    def section(self, server: GraphServer, ca: Path) -> dict[str, Any]:
        return {
            "protocol": "staff-export",
            "tenant": TENANT,
            "client_id": APPLICATION.client_id,
            "mailbox": EXPORT,
            "folder": "Staff",
            "login_url": server.url,
            "graph_url": server.url,
            "ca": str(ca),
            **self.proof(server),
        }

    @asynccontextmanager
    async def served(self) -> AsyncIterator[tuple[GraphServer, Path]]:
        files = first_run.issue(self.directory / "tls", ["127.0.0.1"])
        tls = pem.load(files.chain, files.key, now=datetime.now(UTC)).context
        self.desk = ContactsDesk((EXPORT, OTHER))
        self.desk.reached = frozenset({EXPORT})
        self.folder = Folder({"id": "staff", "displayName": "Staff"})
        self.desk.mailboxes[EXPORT].folders["staff"] = self.folder
        estate = Estate(date(2026, 11, 23))
        async with GraphServer(estate, ssl=tls, contacts=self.desk, applications=(APPLICATION,)) as server:
            yield server, files.ca

    @asynccontextmanager
    async def started(self) -> AsyncIterator[Sides]:
        async with self.served() as (server, ca), AsyncExitStack() as stack:
            yield await sides(self.section(server, ca), self.directory, stack)

    async def typed(self, address: str) -> None:
        item = Item({})
        put(item, fresh({}, address, stamp=""), new=True)
        item.properties["id"] = "typed"
        self.folder.contacts["typed"] = item

    async def test_another_mailbox_is_refused_in_words(self) -> None:
        async with self.served() as (server, ca), AsyncExitStack() as stack:
            made = await sides(self.section(server, ca) | {"mailbox": OTHER}, self.directory, stack)
            for reading in (made.source.read(), anext(aiter(made.target.held(OTHER)))):
                with pytest.raises(PeerError, match="may not look into this mailbox") as raised:
                    await reading
                assert raised.value.reason is Reason.NO_ACCESS


class TestByAPersonAtGraph(TestByGraph):
    agreed: tuple[str, ...] = FILLING

    def proof(self, server: GraphServer) -> dict[str, Any]:
        refresh = server.tokens.people.agreed(EXPORT, self.agreed)
        connection = Connection(client_id=APPLICATION.client_id, account=EXPORT, refresh=Secret(refresh))
        Connections.at(self.directory).save("export", connection)
        return {"person": True}

    async def test_whoever_agreed_to_reading_alone_signs_in_again(self) -> None:
        async with self.served() as (server, ca), AsyncExitStack() as stack:
            self.agreed = PERMISSIONS
            made = await sides(self.section(server, ca), self.directory, stack)
            assert (await made.source.read()).people == []
            with pytest.raises(PeerError, match="run: busyline connect export") as raised:
                await anext(aiter(made.target.held(EXPORT)))
            assert raised.value.reason is Reason.UNAUTHORIZED


class TestByExchange(ExportContract):
    impersonates = False

    @pytest.fixture(autouse=True)
    def _directory(self, tmp_path: Path) -> None:
        self.directory = tmp_path
        (tmp_path / "password").write_text(ACCOUNT.password)

    def section(self, server: ExchangeServer) -> dict[str, Any]:
        return {
            "protocol": "staff-export-ews",
            "url": server.ews_url,
            "auth": {"kind": "basic", "username": ACCOUNT.username, "password": "file:password"},
            "mailbox": EXPORT,
            "folder": "Staff",
            "impersonate": self.impersonates,
        }

    @asynccontextmanager
    async def served(self) -> AsyncIterator[ExchangeServer]:
        self.desk = ExchangeDesk((EXPORT, OTHER), impersonators=(ACCOUNT.username,) if self.impersonates else ())
        self.desk.scope = frozenset({EXPORT})
        box = self.desk.mailboxes[EXPORT]
        box.delegates = frozenset() if self.impersonates else frozenset({ACCOUNT.username})
        self.folder: ExchangeFolder = self.desk.new_folder(box, box.contacts.key, "Staff")
        async with ExchangeServer(Estate(date(2026, 11, 23)), accounts=(ACCOUNT,), contacts=self.desk) as server:
            yield server

    @asynccontextmanager
    async def started(self) -> AsyncIterator[Sides]:
        async with self.served() as server, AsyncExitStack() as stack:
            yield await sides(self.section(server), self.directory, stack)

    async def typed(self, address: str) -> None:
        self.desk.put(self.folder, {("contacts:EmailAddress", "EmailAddress1"): address})

    async def test_another_mailbox_is_refused_in_words(self) -> None:
        words = "may not act for this mailbox" if self.impersonates else "may not look into this mailbox"
        async with self.served() as server, AsyncExitStack() as stack:
            made = await sides(self.section(server) | {"mailbox": OTHER}, self.directory, stack)
            for reading in (made.source.read(), anext(aiter(made.target.held(OTHER)))):
                with pytest.raises(PeerError, match=words):
                    await reading


class TestInTheMailboxsNameAtExchange(TestByExchange):
    impersonates = True
