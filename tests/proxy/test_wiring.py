"""The whole proxy as wired from settings, in front of the three simulated systems, tokens and TLS included."""

import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from structlog.testing import capture_logs

from certs import first_run, pem
from protocols.model.freebusy import Availability, Detail, Question, Reason, Unavailable
from protocols.model.mailbox import Mailbox
from protocols.model.window import TimeWindow
from proxy.settings import ProxySettings
from proxy.wiring import Proxy, build
from service.secrets import SecretError
from simulation.estate import Estate
from simulation.exchange.server import FEDERATION, ExchangeServer
from simulation.google.server import GoogleServer
from simulation.graph.server import TENANT, GraphServer
from simulation.graph.tokens import Application
from tests.proxy.served import EWS, XML, Busy, configuration, login, password_hash, question, serving

TODAY = datetime.now(UTC).date()
MIDNIGHT = datetime(TODAY.year, TODAY.month, TODAY.day, tzinfo=UTC)
WEEK = TimeWindow(MIDNIGHT, MIDNIGHT + timedelta(days=7))
COMPANIES = {"graph": "contoso", "google": "northwind", "ews": "fabrikam"}


@dataclass(frozen=True)
class World:
    """The three servers and the proxy before them."""

    estate: Estate
    exchange: ExchangeServer
    graph: GraphServer
    google: GoogleServer
    proxy: Proxy

    def people(self, company: str) -> list[Mailbox]:
        """Those of one company."""
        return [
            Mailbox.parse(person.address)
            for person in self.estate.people
            if person.address.endswith(f"@{company}.example")
        ]


def _connectors(exchange: str, graph: str, anchor: str, subject: str, google: str) -> dict[str, Any]:
    return {
        "fabrikam": {
            "protocol": "ews",
            "url": f"{exchange}/EWS/Exchange.asmx",
            "auth": {"kind": "basic", "username": FEDERATION.username, "password": "file:fabrikam.txt"},
            "ca": "ca.pem",
        },
        "contoso": {
            "protocol": "graph",
            "tenant": TENANT,
            "client_id": Application().client_id,
            "secret": "file:contoso.txt",
            "anchors": [anchor],
            "login_url": graph,
            "graph_url": graph,
            "ca": "ca.pem",
        },
        "northwind": {
            "protocol": "google",
            "service_account": "file:northwind.json",
            "subject": subject,
            "api_url": google,
            "ca": "ca.pem",
        },
    }


@asynccontextmanager
async def world(directory: Path, *, subject: str | None = None, **caller: Any) -> AsyncIterator[World]:
    """All of it, running."""
    estate = Estate(TODAY)
    files = first_run.issue(directory, ["localhost", "127.0.0.1"])
    tls = pem.load(files.chain, files.key, now=datetime.now(UTC)).context
    async with (
        ExchangeServer(estate, ssl=tls) as exchange,
        GraphServer(estate, ssl=tls) as graph,
        GoogleServer(estate, ssl=tls) as google,
    ):
        (directory / "fabrikam.txt").write_text(FEDERATION.password)
        (directory / "contoso.txt").write_text("contoso-secret")
        (directory / "northwind.json").write_text(google.service_account_file())
        (directory / "interop.hash").write_text(password_hash())
        people = [person.address for person in estate.people]
        anchor = next(address for address in people if address.endswith("@contoso.example"))
        fixed = next(address for address in people if address.endswith("@northwind.example"))
        settings = configuration(may_ask=["*"], **caller) | {
            "connectors": _connectors(exchange.url, graph.url, anchor, subject or fixed, google.url),
            "routes": [{"match": f"{name}.example", "via": name} for name in COMPANIES.values()],
        }
        async with build(ProxySettings.model_validate(settings), directory=directory) as proxy:
            yield World(estate, exchange, graph, google, proxy)


@pytest.mark.parametrize("company", COMPANIES.values())
async def test_the_truth_of_each_company_comes_through(tmp_path: Path, company: str) -> None:
    async with world(tmp_path) as here:
        people = here.people(company)
        answers = await here.proxy.asker("northwind").lookup(people, Question(window=WEEK))
        known = [answer for answer in answers if isinstance(answer, Availability)]
        assert len(known) >= len(people) - 2, answers
        for answer in known:
            expected = {window.seconds for window in here.estate.expected_busy(answer.mailbox.address, WEEK)}
            found = _united([interval.window for interval in answer.intervals if interval.status > 1])
            assert {window.seconds for window in found} == expected, answer.mailbox


async def test_all_three_are_asked_in_one_question_and_the_next_needs_nobody(tmp_path: Path) -> None:
    async with world(tmp_path) as here, aiohttp.ClientSession(headers=login()) as session:
        people = [here.people(company)[1].address for company in COMPANIES.values()]
        for _ in range(2):
            async with session.post(here.proxy.url + EWS, data=question(*people), headers=XML) as answer:
                assert (await answer.text()).count("NoError") == 3
        assert [len(each.questions) for each in (here.exchange, here.graph, here.google)] == [1, 1, 1]


async def test_each_person_as_themself_at_google(tmp_path: Path) -> None:
    async with world(tmp_path, subject="target", sees="details") as here:
        people = here.people("northwind")[:3]
        answers = await here.proxy.asker("northwind").lookup(people, Question(window=WEEK, detail=Detail.DETAILS))
        assert all(isinstance(answer, Availability) for answer in answers)
        assert {call.user for call in here.google.questions} == {person.address for person in people}
        assert len(here.google.questions) == len(people)


async def test_strangers_at_google_are_no_sign_that_google_is_down(tmp_path: Path) -> None:
    async with world(tmp_path, subject="target") as here:
        strangers = [Mailbox.parse(f"nobody{number}@northwind.example") for number in range(8)]
        known = here.people("northwind")[0]
        ask = here.proxy.asker("northwind").lookup
        *unknown, answer = await ask([*strangers, known], Question(window=WEEK))
        assert {each.reason for each in unknown if isinstance(each, Unavailable)} == {Reason.NO_SUCH_MAILBOX}
        assert isinstance(answer, Availability)
        (answer,) = await ask([here.people("northwind")[1]], Question(window=WEEK))  # the breaker has not opened
        assert isinstance(answer, Availability)


async def test_a_wrong_password_of_ours_is_words_in_the_log_and_no_answer(tmp_path: Path) -> None:
    async with world(tmp_path) as here:
        pass
    (tmp_path / "fabrikam.txt").write_text("wrong")
    async with ExchangeServer(Estate(TODAY)) as exchange:
        settings = configuration() | {
            "connectors": {
                "fabrikam": {
                    "protocol": "ews",
                    "url": f"{exchange.url}/EWS/Exchange.asmx",
                    "auth": {"kind": "basic", "username": "svc", "password": "file:fabrikam.txt"},
                }
            }
        }
        async with build(ProxySettings.model_validate(settings), directory=tmp_path, listen=False) as proxy:
            (answer,) = await proxy.asker("northwind").lookup(here.people("fabrikam")[:1], Question(window=WEEK))
            assert isinstance(answer, Unavailable)
            assert answer.reason is Reason.UNAUTHORIZED


async def test_tls_of_the_first_run(tmp_path: Path) -> None:
    settings = configuration()
    settings["server"] |= {"public_url": "https://x.example", "certificate": {"kind": "first-run", "directory": "tls"}}
    async with serving(tmp_path, settings=settings) as proxy, aiohttp.ClientSession() as session:
        trusted = ssl.create_default_context(cafile=proxy.ca)
        async with session.get(proxy.url + "/healthz", ssl=trusted) as answer:
            assert answer.status == 200
            assert proxy.url.startswith("https://127.0.0.1:")


async def test_a_password_in_plain_is_refused_at_the_start(tmp_path: Path) -> None:
    (tmp_path / "interop.hash").write_text("hunter2")
    settings = ProxySettings.model_validate(configuration())
    with pytest.raises(SecretError, match="is not a hash") as raised:
        async with build(settings, directory=tmp_path):
            pass
    assert "hunter2" not in str(raised.value)


async def test_a_hash_cheaper_than_another_is_told_at_the_start(tmp_path: Path) -> None:
    (tmp_path / "interop.hash").write_text(password_hash())
    cheap = "$argon2id$v=19$m=19456,t=1,p=1$c29tZXNhbHRzb21lc2FsdA$aGFzaGhhc2hoYXNoaGFzaA"
    (tmp_path / "cheap.hash").write_text(cheap)
    written = configuration()
    other = {"name": "contoso", "basic": {"usernames": ["c"], "password": "file:cheap.hash"}, "may_ask": ["*"]}
    for callers, told in ((written["callers"], []), ([*written["callers"], other], ["contoso"])):
        settings = ProxySettings.model_validate({**written, "callers": callers})
        with capture_logs() as logs:
            async with build(settings, directory=tmp_path, connectors={"fabrikam": Busy()}, listen=False):
                pass
        assert [log["caller"] for log in logs if log["event"] == "password_hash"] == told


def test_a_route_of_rooms_is_one_in_the_table(tmp_path: Path) -> None:
    written = configuration()
    written["routes"].append({"match": "rooms.fabrikam.example", "via": "fabrikam", "rooms": True})
    proxy = build(ProxySettings.model_validate(written), directory=tmp_path)
    assert [route.rooms for route in proxy.table.routes] == [False, True]


def _united(windows: list[TimeWindow]) -> list[TimeWindow]:
    united: list[TimeWindow] = []
    for clipped in sorted(clip for window in windows if (clip := window.clip(WEEK))):
        if united and clipped.start <= united[-1].end:
            united[-1] = TimeWindow(united[-1].start, max(united[-1].end, clipped.end))
        else:
            united.append(clipped)
    return united
