"""The sources of automatic replies, before the three simulated systems: the right token, and only where it is on."""

from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from protocols.model.automatic_replies import AutomaticReply
from protocols.model.freebusy import Reason, Unavailable
from protocols.model.mailbox import Mailbox
from proxy.automatic_replies import Source, Told
from proxy.scopes import GMAIL_SETTINGS, GRAPH_MAILBOX_SETTINGS
from proxy.settings import ProxySettings
from proxy.wiring.automatic_replies import reply_sources
from simulation.estate import Estate
from simulation.exchange.server import FEDERATION, ExchangeServer
from simulation.google import GoogleServer, ServiceAccount
from simulation.google.keys import SCOPES
from simulation.graph import Application, GraphServer
from simulation.replies import SECRET, Reply
from tests.clients.tls import authority
from tests.proxy.served import configuration, password_hash

_NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
_HOUR = timedelta(hours=1)
_PEOPLE = {
    "contoso": "anna.schneider@contoso.example",
    "northwind": "jack.thompson@northwind.example",
    "fabrikam": "brian.sullivan@fabrikam.example",
}
_ACCOUNT = ServiceAccount()


class _Systems:
    """The three, while they run, and the settings that lead to them."""

    def __init__(self, directory: Path, stack: AsyncExitStack) -> None:
        self.estate = Estate(_NOW.date())
        self.directory, self.stack, self.tls = directory, stack, authority(directory)

    async def start(self, *, roles: tuple[str, ...], scopes: tuple[str, ...]) -> None:
        """Opens them; ``roles`` are those of the application in Graph, ``scopes`` those delegated in Google."""
        enter = self.stack.enter_async_context
        application = Application(roles=roles)
        self.graph = await enter(GraphServer(self.estate, ssl=self.tls.server, applications=(application,)))
        account = ServiceAccount(scopes=scopes)
        account.__dict__["key"] = _ACCOUNT.key  # making one is slow
        self.google = await enter(GoogleServer(self.estate, ssl=self.tls.server, account=account))
        self.exchange = await enter(ExchangeServer(self.estate, ssl=self.tls.server))
        texts = {"graph.secret": application.secret, "google.json": self.google.service_account_file()}
        texts |= {"password": FEDERATION.password, "interop.hash": password_hash()}
        for name, text in texts.items():
            (self.directory / name).write_text(text)
            (self.directory / name).chmod(0o600)

    def settings(self, *, mailtips: bool = True, **switches: bool) -> ProxySettings:
        """``switches``: automatic_replies by connector, on where it is not named."""
        contoso = {
            "protocol": "graph",
            "tenant": self.graph.tenant,
            "client_id": Application().client_id,
            "secret": "file:graph.secret",
            "anchors": [_PEOPLE["contoso"]],
            "login_url": self.graph.url,
            "graph_url": self.graph.url,
        }
        northwind = {
            "protocol": "google",
            "service_account": "file:google.json",
            "subject": _PEOPLE["northwind"],
            "api_url": self.google.url,
        }
        auth = {"kind": "basic", "username": FEDERATION.username, "password": "file:password"}
        fabrikam = {"protocol": "ews", "url": self.exchange.ews_url, "auth": auth}
        connectors: dict[str, dict[str, Any]] = {"contoso": contoso, "northwind": northwind, "fabrikam": fabrikam}
        for name, written in connectors.items():
            written |= {"automatic_replies": switches.get(name, True), "ca": self.tls.ca}
        return ProxySettings.model_validate(configuration(mailtips=mailtips) | {"connectors": connectors})

    async def sources(self, settings: ProxySettings) -> dict[str, Source]:
        """What is wired."""
        return await reply_sources(settings, self.directory, self.stack, clock=lambda: _NOW)

    async def told(self, settings: ProxySettings) -> dict[str, Told]:
        """What is told of the person of each system."""
        sources = await self.sources(settings)
        return {name: await source.told(Mailbox.parse(_PEOPLE[name])) for name, source in sources.items()}


async def _systems(
    directory: Path,
    stack: AsyncExitStack,
    *,
    roles: tuple[str, ...] = (GRAPH_MAILBOX_SETTINGS,),
    scopes: tuple[str, ...] = (GMAIL_SETTINGS,),
) -> _Systems:
    systems = _Systems(directory, stack)
    await systems.start(roles=roles, scopes=scopes)
    return systems


async def test_each_system_tells_the_external_reply_alone(tmp_path: Path) -> None:
    async with AsyncExitStack() as stack:
        systems = await _systems(tmp_path, stack)
        reply = Reply(external="<p>Away</p>", start=_NOW - _HOUR, end=_NOW + _HOUR)
        systems.estate.replies = dict.fromkeys(_PEOPLE.values(), reply)
        told = await systems.told(systems.settings())
        assert told == dict.fromkeys(_PEOPLE, AutomaticReply("Away"))
        assert SECRET not in str([each.text for each in told.values() if isinstance(each, AutomaticReply)])
        assert all(call.user != "busyline" for call in systems.google.calls)
        assert [call.user for call in systems.google.calls if "vacation" in call.path] == [_PEOPLE["northwind"]]


@pytest.mark.parametrize(
    "reply",
    [
        Reply(external="Away", audience="known"),
        Reply(external="Away", audience="none"),
        Reply(external="Away", enabled=False),
        Reply(external="Away", start=_NOW + _HOUR, end=_NOW + 2 * _HOUR),
        Reply(external="Away", start=_NOW - 2 * _HOUR, end=_NOW),
        Reply(external=""),
        None,
    ],
)
async def test_no_system_tells_what_not_everybody_gets_now(tmp_path: Path, reply: Reply | None) -> None:
    async with AsyncExitStack() as stack:
        systems = await _systems(tmp_path, stack)
        systems.estate.replies = dict.fromkeys(_PEOPLE.values(), reply) if reply is not None else {}
        assert await systems.told(systems.settings()) == dict.fromkeys(_PEOPLE)


async def test_somebody_nobody_knows_and_a_permission_that_is_missing(tmp_path: Path) -> None:
    async with AsyncExitStack() as stack:
        systems = await _systems(tmp_path, stack)
        for name, source in (await systems.sources(systems.settings())).items():
            told = await source.told(Mailbox.parse(f"nobody@{_PEOPLE[name].partition('@')[2]}"))
            assert isinstance(told, Unavailable)
            assert told.reason is Reason.NO_SUCH_MAILBOX, name
    async with AsyncExitStack() as stack:
        systems = await _systems(tmp_path, stack, roles=("Calendars.ReadBasic",), scopes=SCOPES[:1])
        systems.estate.replies = dict.fromkeys(_PEOPLE.values(), Reply(external="Away"))
        told_of = await systems.told(systems.settings(fabrikam=False))
        assert all(isinstance(each, Unavailable) for each in told_of.values())
        assert set(told_of) == {"contoso", "northwind"}


async def test_only_what_is_switched_on_is_wired(tmp_path: Path) -> None:
    async with AsyncExitStack() as stack:
        systems = await _systems(tmp_path, stack)
        assert await systems.sources(systems.settings(mailtips=False)) == {}
        assert list(await systems.sources(systems.settings(contoso=False, fabrikam=False))) == ["northwind"]
        without = await reply_sources(
            systems.settings(), tmp_path, stack, clock=lambda: _NOW, without={"contoso", "northwind"}
        )
        assert list(without) == ["fabrikam"]
        assert not [*systems.graph.calls, *systems.google.calls, *systems.exchange.calls], "nobody is asked yet"
