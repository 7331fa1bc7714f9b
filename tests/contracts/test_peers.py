"""One property for all connectors: each keeps the contract of the peers over its simulated system."""

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar, TypeAlias

import pytest
from aiohttp import web

from protocols.model.window import TimeWindow
from simulation.exchange.server import ASSISTANT, ExchangeServer
from simulation.faults import Call, Trouble
from simulation.google import GoogleServer, ServiceAccount
from simulation.google_interop import ROLE_ACCOUNT, InteropServer
from simulation.graph import Application, GraphServer
from simulation.provider import TOKEN, ProviderServer
from simulation.server import SimulatedServer
from tests.clients.tls import Authority, authority
from tests.contracts.dav import DavServer, OutboxServer
from tests.contracts.peers import NOW, TELLS, PeerContract, System, subclasses
from tests.contracts.published import PublishedServer
from tests.contracts.world import BERLIN, LOOKER, WINDOW, World

ACCOUNT = ServiceAccount()  # its key is made once
APPLICATION = Application(roles=("Calendars.Read",))
Edit: TypeAlias = Callable[[str], str]


class Short(SimulatedServer):
    """A server whose answers speak of no time after an instant: ``shorten`` writes them so."""

    shorten: Edit | None = None

    async def answer(self, request: web.Request, call: Call, trouble: Trouble | None) -> web.Response:
        response = await super().answer(request, call, trouble)
        if self.shorten is not None and self.is_question(request.path):
            response.text = self.shorten(response.text or "")
        return response


class ShortExchange(Short, ExchangeServer):
    """Its answers say NoData."""


class ShortGraph(Short, GraphServer):
    """Its answers say unknown."""


class ShortGoogle(Short, GoogleServer):
    """Its answers end early."""


class ShortInterop(Short, InteropServer):
    """Its answers say NoData."""


class ShortProvider(Short, ProviderServer):
    """Its answers say where they end."""


def no_data(until: datetime) -> Edit:
    """[MS-OXWAVLS] 2.2.4.3: LegacyFreeBusyStatus NoData."""
    gap = TimeWindow(until, WINDOW.end)
    times = "".join(
        f"<{name}>{edge.replace(tzinfo=None).isoformat()}</{name}>"
        for name, edge in (("StartTime", gap.start), ("EndTime", gap.end))
    )
    event = f"<CalendarEvent>{times}<BusyType>NoData</BusyType></CalendarEvent></CalendarEventArray>"
    return lambda text: text.replace("</CalendarEventArray>", event)


def in_json(change: Callable[[dict[str, Any]], None]) -> Edit:
    """An edit of a JSON document."""

    def edit(text: str) -> str:
        document = json.loads(text)
        change(document)
        return json.dumps(document)

    return edit


def z(moment: datetime) -> str:
    """RFC 3339 in UTC."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class TestEws(PeerContract):
    """Exchange Server."""

    name, kind = "ews", "ews"

    @asynccontextmanager
    async def started(self, world: World, directory: Path, *, until: datetime | None) -> AsyncIterator[System]:
        (directory / "password").write_text(ASSISTANT.password)
        async with ShortExchange(world) as server:
            server.shorten = no_data(until) if until else None
            auth = {"kind": "basic", "username": ASSISTANT.username, "password": "file:password"}
            yield System(server, {"protocol": "ews", "url": server.ews_url, "auth": auth})


class TestGraph(PeerContract):
    """Microsoft 365; its sign-in wants TLS."""

    name, kind = "graph", "graph"
    tls: ClassVar[Authority]

    @pytest.fixture(scope="class", autouse=True)
    @staticmethod
    def _tls(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> None:
        request.cls.tls = authority(tmp_path_factory.mktemp("tls"))

    @asynccontextmanager
    async def started(self, world: World, directory: Path, *, until: datetime | None) -> AsyncIterator[System]:
        (directory / "secret").write_text(APPLICATION.secret)

        def unknown(document: dict[str, Any]) -> None:
            times = zip(("start", "end"), (until, WINDOW.end), strict=True)
            edges = {edge: {"dateTime": z(at).removesuffix("Z"), "timeZone": "UTC"} for edge, at in times if at}
            for schedule in document["value"]:
                schedule["scheduleItems"].append({"isPrivate": False, "status": "unknown", **edges})

        async with ShortGraph(world, ssl=self.tls.server, applications=(APPLICATION,)) as server:
            server.shorten = in_json(unknown) if until else None
            yield System(
                server,
                {
                    "protocol": "graph",
                    "tenant": server.tenant,
                    "client_id": APPLICATION.client_id,
                    "secret": "file:secret",
                    "anchors": [LOOKER],
                    "login_url": server.url,
                    "graph_url": server.url,
                    "ca": self.tls.ca,
                },
            )


class TestGoogleFreeBusy(PeerContract):
    """Google Workspace by freeBusy."""

    name, kind = "google freeBusy", "google"
    more: ClassVar[dict[str, Any]] = {"subject": LOOKER}

    @asynccontextmanager
    async def started(self, world: World, directory: Path, *, until: datetime | None) -> AsyncIterator[System]:
        def ends(document: dict[str, Any]) -> None:
            assert until is not None
            document["timeMax"] = z(until)

        async with ShortGoogle(world, account=ACCOUNT) as server:
            (directory / "account.json").write_text(server.service_account_file())
            self.shorten(server, in_json(ends) if until else None)
            written = {"protocol": "google", "service_account": "file:account.json", "api_url": server.url}
            yield System(server, {**written, **self.more})

    def shorten(self, server: ShortGoogle, edit: Edit | None) -> None:
        """An answer tells where it ends."""
        server.shorten = edit


class TestGoogleEvents(TestGoogleFreeBusy):
    """Google Workspace by events.list, each person asked as themself."""

    name = "google events"
    more: ClassVar[dict[str, Any]] = {"subject": LOOKER, "statuses": True}

    def shorten(self, server: ShortGoogle, edit: Edit | None) -> None:
        """A page is missing."""
        server.faults.trouble = Trouble.LOST_PAGE if edit else None


class TestInterop(PeerContract):
    """Google Workspace by its service for Exchange."""

    name, kind = "google-interop", "google"

    @asynccontextmanager
    async def started(self, world: World, directory: Path, *, until: datetime | None) -> AsyncIterator[System]:
        (directory / "password").write_text(ROLE_ACCOUNT.password)
        async with ShortInterop(world) as server:
            server.shorten = no_data(until) if until else None
            yield System(
                server,
                {
                    "protocol": "google-interop",
                    "username": ROLE_ACCOUNT.username,
                    "password": "file:password",
                    "autodiscover_url": server.autodiscover_url,
                },
            )


class TestProvider(PeerContract):
    """An in-house system."""

    name, kind = "http", "any"

    @asynccontextmanager
    async def started(self, world: World, directory: Path, *, until: datetime | None) -> AsyncIterator[System]:
        (directory / "token").write_text(TOKEN)

        def complete(document: dict[str, Any]) -> None:
            for entry in document["mailboxes"]:
                entry["completeUntil"] = z(until) if until else None

        async with ShortProvider(world) as server:
            server.shorten = in_json(complete) if until else None
            auth = {"kind": "bearer", "token": "file:token"}
            yield System(server, {"protocol": "http", "url": server.question_url, "auth": auth})


class Published(PeerContract):
    """Files at URLs. ``kind`` is their suffix; ``protocol`` who asks for them."""

    written: ClassVar[dict[str, Any]] = {"protocol": "ical", "zone": BERLIN}
    server_of: ClassVar[type[PublishedServer]] = PublishedServer

    @asynccontextmanager
    async def started(self, world: World, directory: Path, *, until: datetime | None) -> AsyncIterator[System]:
        del directory
        async with self.server_of(world, until=until) as server:
            yield System(server, {**self.written, **self.place(server, until)})

    def place(self, server: PublishedServer, until: datetime | None) -> dict[str, Any]:
        """Where the files are."""
        raise NotImplementedError


class TestIcalFreeBusy(Published):
    """A free/busy file per person."""

    name, kind = "ical free/busy", "ifb"

    def place(self, server: PublishedServer, until: datetime | None) -> dict[str, Any]:
        return {"url": f"{server.url}/{{address}}.ifb"}


class TestIcalEvents(Published):
    """A calendar file per person; how far it goes is in the settings."""

    name, kind = "ical events", "ics"

    def place(self, server: PublishedServer, until: datetime | None) -> dict[str, Any]:
        ahead = {"published_ahead": f"{int((until - NOW).total_seconds())}s"} if until else {}
        return {"url": f"{server.url}/{{address}}.ics", **ahead}


class TestCaldavFile(Published):
    """A CalDAV server's free/busy file."""

    name, kind = "caldav free/busy file", "ifb"
    written: ClassVar[dict[str, Any]] = {"protocol": "caldav", "strategy": "ifb", "zone": BERLIN}

    def place(self, server: PublishedServer, until: datetime | None) -> dict[str, Any]:
        return {"url": server.url, "ifb": "/{address}.ifb"}


class TestCaldavEvents(Published):
    """A CalDAV server's events."""

    name, kind = "caldav events", "dav"
    server_of = DavServer
    written: ClassVar[dict[str, Any]] = {"protocol": "caldav", "strategy": "expand", "zone": BERLIN}

    def place(self, server: PublishedServer, until: datetime | None) -> dict[str, Any]:
        return {"url": server.url, "home": "/{address}/"}


class TestCaldavReport(TestCaldavEvents):
    """A CalDAV server's free-busy-query."""

    name = "caldav report"
    written: ClassVar[dict[str, Any]] = {"protocol": "caldav", "strategy": "report", "zone": BERLIN}


class TestCaldavOutbox(Published):
    """A CalDAV server's scheduling outbox."""

    name, kind = "caldav outbox", "dav"
    server_of = OutboxServer
    written: ClassVar[dict[str, Any]] = {"protocol": "caldav", "strategy": "outbox", "zone": BERLIN}

    def place(self, server: PublishedServer, until: datetime | None) -> dict[str, Any]:
        return {"url": server.url}


def test_every_line_of_the_table_is_kept_by_somebody() -> None:
    assert {each.name for each in subclasses() if hasattr(each, "name")} == set(TELLS)
