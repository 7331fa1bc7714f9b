"""Accounts with budgets, and calls made beside late ones, against simulated systems."""

from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter

from protocols.model.freebusy import Answer, Reason, Unavailable
from protocols.model.mailbox import Mailbox
from proxy.connector import Connector, utc_now
from proxy.layers.cache import AnswerStore
from proxy.layers.hedge import Beside
from proxy.settings.connectors import ConnectorSettings
from proxy.wiring.lanes import Ways, accounts, hedged
from proxy.wiring.peers import peer
from proxy.wiring.stacks import Shared, connector
from service.metrics import Metrics
from simulation.exchange.server import FEDERATION, ExchangeServer
from simulation.faults import Trouble
from simulation.google import GoogleServer, ServiceAccount
from tests.contracts.scripted import reasons
from tests.proxy.wiring.peers.asking import BUSY, START, estate, windows

JACK, MIA = "jack.thompson@northwind.example", "mia.robertson@northwind.example"
PEOPLE = [Mailbox.parse(p.address) for p in estate().people if p.address.endswith("@fabrikam.example")][:16]
BRIAN, SLOW = Mailbox.parse("brian.sullivan@fabrikam.example"), PEOPLE[5]
ACCOUNT = ServiceAccount()


async def _built(written: dict[str, Any], directory: Path, metrics: Metrics, stack: AsyncExitStack) -> Connector:
    adapter: TypeAdapter[ConnectorSettings] = TypeAdapter(ConnectorSettings)
    store = AnswerStore(mailboxes=0)
    shared = Shared(directory=directory, store=store, metrics=metrics, clock=lambda: START, hop="")
    return await connector("x", adapter.validate_python(written), shared, stack)


def _exchange(server: ExchangeServer, directory: Path, **more: Any) -> dict[str, Any]:
    (directory / "s").write_text(FEDERATION.password)
    auth = {"kind": "basic", "username": FEDERATION.username, "password": "file:s"}
    return {"protocol": "ews", "url": server.ews_url, "auth": auth, **more}


def _google(server: GoogleServer, directory: Path, **more: Any) -> dict[str, Any]:
    (directory / "account.json").write_text(server.service_account_file())
    written = {"protocol": "google", "service_account": "file:account.json", "subject": JACK, "api_url": server.url}
    return {**written, "further_subjects": [MIA], **more}


def _metric(metrics: Metrics, name: str) -> float:
    lines = metrics.exposition()[0].decode().splitlines()
    return next(float(line.split()[-1]) for line in lines if line.startswith(f'{name}{{connector="x"}}'))


async def test_budgets_are_used_up_account_by_account_and_then_it_is_said_how_long(tmp_path: Path) -> None:
    metrics, found = Metrics(), list[Answer]()
    async with GoogleServer(estate(), account=ACCOUNT) as server, AsyncExitStack() as stack:
        asked = await _built(_google(server, tmp_path, budget=["3/1h"]), tmp_path, metrics, stack)
        for _ in range(8):
            found += await asked.lookup([Mailbox.parse(MIA)], BUSY)
        assert sorted(call.user for call in server.questions) == [JACK] * 3 + [MIA] * 3
    assert all(windows(answer) == windows(found[0]) for answer in found[:6])
    assert reasons(found[6:]) == [Reason.THROTTLED] * 2
    for answer in found[6:]:
        assert isinstance(answer, Unavailable)
        assert answer.retry_after is not None
        assert 3500 < answer.retry_after.total_seconds() <= 3600
    assert _metric(metrics, "busyline_budget_spent") == 2
    assert _metric(metrics, "busyline_breaker_open") == 0


async def test_what_all_accounts_may_do_together_is_kept_to(tmp_path: Path) -> None:
    async with GoogleServer(estate(), account=ACCOUNT) as server, AsyncExitStack() as stack:
        asked = await _built(_google(server, tmp_path, total_budget=["5/1h"]), tmp_path, Metrics(), stack)
        found = [(await asked.lookup([Mailbox.parse(MIA)], BUSY))[0] for _ in range(7)]
        assert len(server.questions) == 5
    assert reasons(found) == [None] * 5 + [Reason.THROTTLED] * 2


async def test_a_slow_mailbox_holds_itself_alone(tmp_path: Path) -> None:
    """The peer never answers a call that asks about it; all others are answered for, by their portions."""
    metrics = Metrics()
    async with ExchangeServer(estate()) as server, AsyncExitStack() as stack:
        asked = await _built(_exchange(server, tmp_path, deadline="3s", overdue="150ms"), tmp_path, metrics, stack)
        await asked.lookup([BRIAN], BUSY)  # a password is tried by one call, until it is known to be right
        server.faults.trouble = Trouble.HANG
        server.faults.only = lambda call: SLOW.address in call.addresses
        found = await asked.lookup(PEOPLE, BUSY)
        assert len(server.calls) <= 2 + 16
    assert [answer.mailbox for answer in found] == PEOPLE
    for person, answer in zip(PEOPLE, found, strict=True):
        if person is SLOW:
            assert reasons([answer]) == [Reason.TIMEOUT]
        elif isinstance(answer, Unavailable):
            assert answer.reason in {Reason.NO_SUCH_MAILBOX, Reason.NO_ACCESS}
        else:
            assert answer.window == BUSY.window
    assert sum(map(bool, reasons(found))) < 4
    assert 2 * 4 <= _metric(metrics, "busyline_extra_calls_total") <= 16
    assert _metric(metrics, "busyline_extra_calls_helped_total") >= 4
    assert _metric(metrics, "busyline_breaker_open") == 0


async def test_a_call_that_got_lost_is_made_again_and_answered(tmp_path: Path) -> None:
    async with ExchangeServer(estate()) as server, AsyncExitStack() as stack:
        asked = await _built(_exchange(server, tmp_path, overdue="50ms"), tmp_path, Metrics(), stack)
        await asked.lookup(PEOPLE[:1], BUSY)
        server.faults.trouble, server.faults.times = Trouble.HANG, 1
        [answer] = await asked.lookup([BRIAN], BUSY)
        assert [call.addresses for call in server.calls[1:]] == [(BRIAN.address,)] * 2
    assert windows(answer)


async def test_a_peer_that_throttles_is_not_asked_besides(tmp_path: Path) -> None:
    async with ExchangeServer(estate()) as server, AsyncExitStack() as stack:
        server.faults.trouble, server.faults.retry_after = Trouble.THROTTLED, 60
        asked = await _built(_exchange(server, tmp_path, overdue="50ms"), tmp_path, Metrics(), stack)
        for _ in range(3):
            assert reasons(await asked.lookup([BRIAN], BUSY)) == [Reason.THROTTLED]
        assert len(server.calls) == 1


@pytest.mark.parametrize(("share", "beside"), [(0, False), (0.05, True)])
async def test_nothing_is_asked_besides_where_that_is_not_wanted(tmp_path: Path, share: float, beside: bool) -> None:
    async with ExchangeServer(estate()) as server, AsyncExitStack() as stack:
        adapter: TypeAdapter[ConnectorSettings] = TypeAdapter(ConnectorSettings)
        settings = adapter.validate_python(_exchange(server, tmp_path, extra_calls=share))
        ways = Ways(name="x", settings=settings, clock=utc_now, metrics=Metrics())
        lane = accounts((await peer("x", settings, tmp_path, stack)).asks, ways)
        assert (hedged(lane, Beside(lane, lane.idle), ways) is not lane) == beside
