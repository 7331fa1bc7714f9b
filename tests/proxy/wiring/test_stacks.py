"""A connector's stack against the simulated Exchange: one flight for many, one call for a hundred, one breaker."""

import asyncio
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

from structlog.testing import capture_logs

from protocols.model.freebusy import Availability, Question, Reason, Unavailable
from protocols.model.mailbox import Mailbox
from protocols.model.window import TimeWindow
from proxy.connector import Connector, utc_now
from proxy.layers.cache import AnswerStore
from proxy.settings.connectors import EwsConnector
from proxy.wiring.stacks import Shared, connector
from service.exchange_sign_in import BasicAuth
from service.metrics import Metrics
from service.secrets import Reference
from simulation.estate import Estate
from simulation.exchange.server import FEDERATION, ExchangeServer

_TODAY = datetime.now(UTC).date()
_NOON = datetime(_TODAY.year, _TODAY.month, _TODAY.day, 12, tzinfo=UTC)
QUESTION = Question(window=TimeWindow(_NOON, _NOON + timedelta(days=1)))


async def _stack(url: str, directory: Path, metrics: Metrics, stack: AsyncExitStack) -> Connector:
    (directory / "password").write_text(FEDERATION.password)
    auth = BasicAuth(kind="basic", username=FEDERATION.username, password=Reference.parse("file:password"))
    settings = EwsConnector(protocol="ews", url=f"{url}/EWS/Exchange.asmx", auth=auth)
    shared = Shared(directory=directory, store=AnswerStore(), metrics=metrics, clock=utc_now, hop="")
    return await connector("fabrikam", settings, shared, stack)


def _mailboxes(count: int) -> list[Mailbox]:
    return [Mailbox.parse(f"person{number}@fabrikam.example") for number in range(count)]


async def test_a_hundred_mailboxes_asked_by_many_at_once_are_one_call(tmp_path: Path) -> None:
    metrics = Metrics()
    async with ExchangeServer(Estate(_TODAY)) as server, AsyncExitStack() as stack:
        asked = await _stack(server.url, tmp_path, metrics, stack)
        found = await asyncio.gather(*(asked.lookup(_mailboxes(100), QUESTION) for _ in range(20)))
        assert len(server.questions) == 1
        assert all(len(answers) == 100 for answers in found)
    assert 'busyline_upstream_calls_total{connector="fabrikam"} 1.0' in metrics.exposition()[0].decode()


async def test_a_known_person_is_answered_and_kept(tmp_path: Path) -> None:
    estate = Estate(_TODAY)
    ann = next(Mailbox.parse(p.address) for p in estate.people if p.address.endswith("@fabrikam.example"))
    async with ExchangeServer(estate) as server, AsyncExitStack() as stack:
        asked = await _stack(server.url, tmp_path, Metrics(), stack)
        for _ in range(3):
            (answer,) = await asked.lookup([ann], QUESTION)
            assert isinstance(answer, Availability)
            assert answer.source == "fabrikam"
        assert len(server.questions) == 1


async def test_a_peer_that_is_down_is_left_alone_after_a_while(tmp_path: Path) -> None:
    metrics = Metrics()
    async with ExchangeServer(Estate(_TODAY)) as server:
        url = server.url
    async with AsyncExitStack() as stack:
        asked = await _stack(url, tmp_path, metrics, stack)
        assert 'busyline_breaker_open{connector="fabrikam"} 0.0' in metrics.exposition()[0].decode()
        with capture_logs() as logs:
            await asked.lookup(_mailboxes(1), QUESTION)
        assert [(log["event"], log["reason"]) for log in logs] == [("peer_failed", "unreachable")]
        for _ in range(6):
            (answer,) = await asked.lookup(_mailboxes(1), QUESTION)
            assert isinstance(answer, Unavailable)
            assert answer.reason is Reason.UNREACHABLE
        assert 'busyline_breaker_open{connector="fabrikam"} 1.0' in metrics.exposition()[0].decode()
