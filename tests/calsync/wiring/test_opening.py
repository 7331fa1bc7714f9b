"""Tests of calsync/wiring/opening.py: a hub of the settings carries appointments from one system to the others."""

from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, get_args

import pytest

from calsync.engine.engine import Engine
from calsync.settings.spokes import SpokeSettings
from calsync.wiring.opening import SPOKES, ledger_of, opened
from protocols.model.event import Event
from service.runs.states import RunState
from service.secrets import SecretError
from service.state.settings import StateSettings
from simulation.exchange import ExchangeServer
from simulation.exchange.calendar_folders import CalendarDesk
from simulation.google import GoogleServer, ServiceAccount
from simulation.google.calendar_api import CalendarApi
from simulation.graph import Application, GraphServer
from simulation.graph.calendar_desk import Calendar as Kept
from simulation.graph.calendar_desk import CalendarDesk as GraphDesk
from simulation.graph.calendar_front import CalendarFront
from tests.calsync.settings.merger import CONTACTS, TWO_WAY, hub
from tests.calsync.settings.merger import SPOKES as ALL
from tests.calsync.spokes import exchange_calendar_world, google_calendar_world, graph_calendar_world
from tests.calsync.wiring.parts_of import SECRETS, furnished, no_sleep, of
from tests.clients.tls import Authority, authority
from tests.contracts.spoke_events import span
from tests.contracts.spoke_world import NOW

KNOBS: dict[str, Any] = {"clock": lambda: NOW, "sleep": no_sleep, "chance": lambda: 0.0}


def test_every_protocol_of_the_settings_has_its_maker() -> None:
    assert set(SPOKES) == set(get_args(get_args(SpokeSettings)[0]))


@pytest.mark.parametrize(("kind", "names"), [("calendar", tuple(ALL)), ("contacts", CONTACTS)])
async def test_a_hub_is_opened_and_nobody_is_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, names: tuple[str, ...]
) -> None:
    for name, secret in SECRETS.items():
        monkeypatch.setenv(name, secret)
    writable = {name.replace("-", "_"): {"get": TWO_WAY} for name in names[:2]}
    async with opened(of(hub(*names, kind=kind, **writable)), furnished(tmp_path), **KNOBS) as made:
        assert list(made.spokes) == list(names)
        assert [name for name, spoke in made.spokes.items() if spoke.ability.writable] == list(names[:2])


async def test_a_secret_that_is_not_there_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GRAPH_SECRET", raising=False)
    with pytest.raises(SecretError, match="GRAPH_SECRET"):
        async with opened(of(hub("google", "graph")), furnished(tmp_path), **KNOBS):
            pass


async def test_an_appointment_reaches_all_others_and_its_change_comes_back(tmp_path: Path) -> None:
    async with AsyncExitStack() as stack:
        tls = authority(tmp_path)
        google, graph, exchange = [await each(tmp_path, tls, stack) for each in (_google, _graph, _exchange)]
        settings = of({"name": "merger", "spokes": {"north": google[0], "contoso": graph[0], "fabrikam": exchange[0]}})
        jack, anna, team = google[1], graph[1], exchange[1]
        made = await stack.enter_async_context(opened(settings, tmp_path, **KNOBS))
        ledger = await stack.enter_async_context(ledger_of(StateSettings(), tmp_path, clock=lambda: NOW))
        engine = Engine(made, ledger, clock=lambda: NOW, sleep=no_sleep, holder="here", random=lambda: 0.0)
        await jack.create(Event(when=span(9, 9), subject="Kick-off"))
        first = await engine.sync()
        assert (first.state, first.words) == (RunState.DONE, "")
        assert [each.properties["subject"] for each in _events(graph[2])] == ["Kick-off"]
        [entry] = team.folder.entries.values()
        assert entry.parts["Subject"].text == "Kick-off"
        await anna.change(_events(graph[2])[0].key, Event(when=span(9, 9), subject="Kick-off, moved room"))
        second = await engine.sync()
        assert second.state is RunState.DONE
        [event] = jack.calendar.events.values()
        assert event["summary"] == "Kick-off, moved room"
        [entry] = team.folder.entries.values()
        assert entry.parts["Subject"].text == "Kick-off, moved room"
        assert (graph[2].mails, exchange[2].mails) == ([], [])


def _events(desk: GraphDesk) -> list[Any]:
    return list(desk.mailboxes[graph_calendar_world.ANNA][graph_calendar_world.TEAM].events.values())


async def _google(folder: Path, _: Authority, stack: AsyncExitStack) -> tuple[Any, ...]:
    world = google_calendar_world
    account = ServiceAccount(scopes=world.SCOPES)
    server = await stack.enter_async_context(GoogleServer(world.ESTATE, account=account))
    server.calendars = CalendarApi(lambda: NOW)
    calendar = server.calendars.store.add(world.CALENDAR, owner=world.OWNER, zone="Europe/Zurich", reminders=())
    (folder / "google.json").write_text(server.service_account_file())
    written = {
        "protocol": "google",
        "service_account": "file:google.json",
        "subject": world.OWNER,
        "calendar": world.CALENDAR,
        "api_url": server.url,
        "get": TWO_WAY,
    }
    return written, world.GoogleUser(server.calendars.store, calendar)


async def _graph(folder: Path, tls: Authority, stack: AsyncExitStack) -> tuple[Any, ...]:
    world = graph_calendar_world
    application = Application(roles=world.WRITER)
    desk = GraphDesk([world.ANNA], clock=lambda: NOW)
    desk.mailboxes[world.ANNA][world.TEAM] = Kept("Team")
    server = await stack.enter_async_context(GraphServer(world.ESTATE, ssl=tls.server, applications=(application,)))
    server.calendars = CalendarFront(desk)
    (folder / "graph").write_text(application.secret)
    written = {
        "protocol": "graph",
        "tenant": server.tenant,
        "client_id": application.client_id,
        "secret": "file:graph",
        "mailbox": world.ANNA,
        "calendar": "team",
        "login_url": server.url,
        "graph_url": server.url,
        "ca": str(tls.ca),
        "get": TWO_WAY,
    }
    return written, world.Outlook(desk, world.TEAM), desk


async def _exchange(folder: Path, _: Authority, stack: AsyncExitStack) -> tuple[Any, ...]:
    world = exchange_calendar_world
    desk = CalendarDesk([world.ANNA.username], impersonators=[world.SVC.username], clock=lambda: NOW)
    desk.public.tree, desk.public.anchor = world.TREE, world.ANCHOR
    desk.public_folder(world.PATH, content=world.CONTENT)
    server = await stack.enter_async_context(
        ExchangeServer(world.ESTATE, accounts=(world.ANNA, world.SVC), calendars=desk)
    )
    (folder / "ews").write_text(world.SVC.password)
    written = {
        "protocol": "ews",
        "url": server.ews_url,
        "mailbox": world.SVC.username,
        "public_folder": world.PATH,
        "autodiscover": f"{server.url}/autodiscover/autodiscover.svc",
        "auth": {"kind": "basic", "username": world.SVC.username, "password": "file:ews"},
        "get": TWO_WAY,
    }
    return written, world.Outlook(desk, desk.public_folder(world.PATH)), desk
