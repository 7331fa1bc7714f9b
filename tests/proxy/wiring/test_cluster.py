"""Two nodes with a real Redis between them, before the simulated Exchange: one fetches, both answer."""

import asyncio
from collections.abc import Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from structlog.testing import capture_logs

from protocols.model.freebusy import Answer, Availability, Detail, Question, Reason, Unavailable
from protocols.model.mailbox import Mailbox
from protocols.model.window import TimeWindow
from proxy.connector import Connector, utc_now
from proxy.layers.cache import AnswerStore
from proxy.settings import ProxySettings
from proxy.settings.connectors import EwsConnector
from proxy.wiring import build
from proxy.wiring.cluster import Sharing, seal_of, sharing
from proxy.wiring.stacks import Shared, connector
from service.exchange_sign_in import BasicAuth
from service.metrics import Metrics
from service.secrets import Reference, SecretError
from simulation.estate import Estate
from simulation.exchange.server import ASSISTANT, ExchangeServer
from tests.clients.redis_server import RedisServer, redis_server
from tests.clients.tls import authority
from tests.proxy.served import Busy, configuration, password_hash

_TODAY = datetime.now(UTC).date()
_NOON = datetime(_TODAY.year, _TODAY.month, _TODAY.day, 12, tzinfo=UTC)
QUESTION = Question(window=TimeWindow(_NOON, _NOON + timedelta(days=1)))
KEY = "5e" * 32
SLOW = "1s"  # a busy machine is no failure here


@pytest.fixture(scope="module")
def running() -> Iterator[RedisServer]:
    with redis_server() as server:
        yield server


@pytest.fixture
def redis(running: RedisServer) -> RedisServer:
    running.command("FLUSHALL")
    return running


@dataclass
class Node:
    """One connector of a node, and what it shares."""

    asked: Connector
    sharing: Sharing
    metrics: Metrics

    async def lookup(self, mailboxes: list[Mailbox], question: Question = QUESTION) -> list[Answer]:
        """And wait until what is shared is there."""
        answers = await self.asked.lookup(mailboxes, question)
        await self.sharing.cluster.flights.close(grace=timedelta(seconds=5))
        return answers

    def counted(self, name: str) -> float:
        """A metric without labels."""
        return next(
            float(line.split()[1])
            for line in self.metrics.exposition()[0].decode().splitlines()
            if line.startswith(f"{name} ")
        )


async def _node(
    stack: AsyncExitStack, place: Path, exchange: str, *, differs: dict[str, Any] | None = None, **cluster: object
) -> Node:
    more = differs or {}
    (place / "password").write_text(ASSISTANT.password)
    (place / "cluster.key").write_text(more.get("key", KEY))
    settings = _settings(**cluster)
    cache = type(settings.cache).model_validate(more.get("cache", {}))
    settings = settings.model_copy(update={"cache": cache})
    metrics = Metrics()
    found = await sharing(settings, place, metrics=metrics, stack=stack)
    assert found is not None
    auth = BasicAuth(kind="basic", username=ASSISTANT.username, password=Reference.parse("file:password"))
    section = {"protocol": "ews", "url": f"{exchange}/EWS/Exchange.asmx", "auth": auth, **more.get("settings", {})}
    ews = EwsConnector.model_validate(section)
    shared = Shared(directory=place, store=AnswerStore(), metrics=metrics, clock=utc_now, hop="", sharing=found)
    return Node(await connector(more.get("name", "fabrikam"), ews, shared, stack), found, metrics)


def _settings(**cluster: object) -> ProxySettings:
    return ProxySettings.model_validate(
        {**configuration(), "cluster": {"key": "file:cluster.key", "timeout": SLOW, **cluster}}
    )


def _secrets(place: Path) -> None:
    (place / "cluster.key").write_text(KEY)
    (place / "interop.hash").write_text(password_hash())


def _people(count: int) -> list[Mailbox]:
    estate = Estate(_TODAY)
    return [Mailbox.parse(p.address) for p in estate.people if p.address.endswith("@fabrikam.example")][:count]


async def test_what_one_fetched_the_other_answers_alike(redis: RedisServer, tmp_path: Path) -> None:
    people = [*_people(5), Mailbox.parse("nobody@fabrikam.example")]
    async with ExchangeServer(Estate(_TODAY)) as exchange, AsyncExitStack() as stack:
        one = await _node(stack, tmp_path, exchange.url, redis=redis.url)
        two = await _node(stack, tmp_path, exchange.url, redis=redis.url)
        first = await one.lookup(people)
        second = await two.lookup(people)
        assert len(exchange.questions) == 1
        assert isinstance(second[-1], Unavailable)
        assert second[-1].reason is Reason.NO_SUCH_MAILBOX
        for ours, theirs in zip(second[:-1], first[:-1], strict=True):
            assert isinstance(ours, Availability)
            assert isinstance(theirs, Availability)
            assert (ours.intervals, ours.working_hours, ours.source) == (
                theirs.intervals,
                theirs.working_hours,
                theirs.source,
            )
            assert timedelta() <= theirs.as_of - ours.as_of < timedelta(seconds=5)  # rather older than younger
        assert (two.counted("busyline_cluster_hits_total"), two.counted("busyline_cluster_up")) == (6, 1)
        await two.lookup(people)
        assert two.counted("busyline_cluster_hits_total") == 6  # by now in its own store


async def test_a_crowd_on_two_nodes_is_one_call(redis: RedisServer, tmp_path: Path) -> None:
    people = _people(5)
    async with ExchangeServer(Estate(_TODAY)) as exchange, AsyncExitStack() as stack:
        exchange.faults.latency = 0.3
        nodes = [await _node(stack, tmp_path, exchange.url, redis=redis.url) for _ in range(2)]
        found = await asyncio.gather(*(node.asked.lookup(people, QUESTION) for node in nodes * 20))
        assert all(isinstance(answer, Availability) for answers in found for answer in answers)
        assert len(exchange.questions) == 1


async def test_keys_and_values_tell_nothing(redis: RedisServer, tmp_path: Path) -> None:
    (ann,) = _people(1)
    async with ExchangeServer(Estate(_TODAY)) as exchange, AsyncExitStack() as stack:
        node = await _node(stack, tmp_path, exchange.url, redis=redis.url)
        await node.lookup([ann])
        era = redis.command("GET", "busyline:era")
        redis.command("DEL", "busyline:era")
        (key,) = redis.command("KEYS", "*").splitlines()
        value = redis.command("GET", key)
        assert ann.local.encode() not in key + value + era
        assert b"fabrikam" not in key + value + era
        assert 0 < int(redis.command("PTTL", key)) <= 60_000
        assert len(value) < 1200


async def test_details_are_shared_only_by_tls_and_password(tmp_path: Path) -> None:
    people, details = _people(2), Question(window=QUESTION.window, detail=Detail.DETAILS)
    authority(tmp_path)
    (tmp_path / "redis-password").write_text("pw")
    knobs: dict[str, Any] = {"ca": "ca.pem", "password": "file:redis-password"}
    with redis_server(password="pw", tls=tmp_path) as redis:
        async with ExchangeServer(Estate(_TODAY)) as exchange, AsyncExitStack() as stack:
            calls = []
            for shares in (False, True):
                for _ in range(2):
                    node = await _node(stack, tmp_path, exchange.url, redis=redis.url, details=shares, **knobs)
                    answers = await node.lookup(people, details)
                    assert any(isinstance(each, Availability) and each.intervals.has_details for each in answers)
                    calls.append(len(exchange.questions))
            assert calls == [1, 2, 3, 3]


async def test_without_redis_a_node_is_alone_and_says_so(tmp_path: Path) -> None:
    people = _people(3)
    with redis_server() as redis, capture_logs() as logs:
        async with ExchangeServer(Estate(_TODAY)) as exchange, AsyncExitStack() as stack:
            one = await _node(stack, tmp_path, exchange.url, redis=redis.url)
            two = await _node(stack, tmp_path, exchange.url, redis=redis.url)
            assert one.sharing.notes() == []
            redis.kill()
            for node in (one, two):
                assert all(isinstance(each, Availability) for each in await node.lookup(people))
                assert node.counted("busyline_cluster_up") == 0
                assert "this node is alone" in node.sharing.notes()[0]
            assert len(exchange.questions) == 2
            redis.start()
            await one.sharing.shared.reached()
            assert one.counted("busyline_cluster_up") == 1
    told = [log for log in logs if log["event"].startswith("cluster")]
    assert [log["event"] for log in told[:2]] == ["cluster_lost", "cluster_lost"]
    assert not [mailbox for mailbox in people if mailbox.address in str(told)]


async def test_readiness_tells_of_it_and_turns_nobody_away(tmp_path: Path) -> None:
    _secrets(tmp_path)
    with redis_server() as redis:
        settings = _settings(redis=redis.url)
        async with (
            build(settings, directory=tmp_path, connectors={"fabrikam": Busy()}) as proxy,
            aiohttp.ClientSession() as session,
        ):
            found = []
            for away in (False, True):
                if away:
                    redis.kill()
                    assert proxy.cluster is not None
                    await proxy.cluster.shared.look([], token=b"one")
                    await proxy.cluster.shared.hold([b"a"], token=b"one")
                async with session.get(f"{proxy.url}/readyz") as response:
                    found.append((response.status, await response.text()))
    assert found[0] == (200, "ok\n")
    assert found[1][0] == 200
    assert found[1][1].startswith("ok\nthe shared cache is away, this node is alone: 127.0.0.1:")


async def test_who_asks_in_process_shares_nothing(redis: RedisServer, tmp_path: Path) -> None:
    _secrets(tmp_path)
    async with build(
        _settings(redis=redis.url), directory=tmp_path, connectors={"fabrikam": Busy()}, listen=False
    ) as it:
        assert it.cluster is None


async def test_nothing_written_nothing_shared(tmp_path: Path) -> None:
    async with AsyncExitStack() as stack:
        settings = ProxySettings.model_validate(configuration())
        assert await sharing(settings, tmp_path, metrics=Metrics(), stack=stack) is None


@pytest.mark.parametrize("text", [None, "short", "zz" * 32])
def test_a_key_that_is_none_keeps_the_server_from_starting(tmp_path: Path, text: str | None) -> None:
    if text is not None:
        (tmp_path / "cluster.key").write_text(text)
    cluster = _settings(redis="redis://127.0.0.1").cluster
    assert cluster is not None
    with pytest.raises(SecretError, match=r"cluster\.key"):
        seal_of(cluster, tmp_path)


async def test_a_ca_that_is_not_there_keeps_the_server_from_starting(tmp_path: Path) -> None:
    (tmp_path / "cluster.key").write_text(KEY)
    async with AsyncExitStack() as stack:
        with pytest.raises(FileNotFoundError):
            await sharing(_settings(redis="rediss://127.0.0.1", ca="ca.pem"), tmp_path, metrics=Metrics(), stack=stack)


@pytest.mark.parametrize(
    ("second", "calls"),
    [
        ({"settings": {"concurrency": 3, "deadline": "9s", "budget": ["60/1m"]}}, 1),
        ({"settings": {"private_network": True}}, 2),
        ({"name": "northwind"}, 2),
        ({"cache": {"ttl": "61s"}}, 2),
        ({"key": "6f" * 32}, 2),
    ],
    ids=["another share", "another configuration", "another name", "another life", "another key"],
)
async def test_nodes_share_where_all_that_answers_depend_on_is_the_same(
    redis: RedisServer, tmp_path: Path, second: dict[str, Any], calls: int
) -> None:
    people = _people(2)
    async with ExchangeServer(Estate(_TODAY)) as exchange, AsyncExitStack() as stack:
        for knobs in ({}, second):
            node = await _node(stack, tmp_path, exchange.url, redis=redis.url, differs=knobs)
            assert all(isinstance(each, Availability) for each in await node.lookup(people))
        assert len(exchange.questions) == calls


async def test_from_the_start_it_is_known_how_the_clock_goes(redis: RedisServer, tmp_path: Path) -> None:
    async with ExchangeServer(Estate(_TODAY)) as exchange, AsyncExitStack() as stack:
        node = await _node(stack, tmp_path, exchange.url, redis=redis.url)
        era = redis.command("GET", "busyline:era")
        assert len(era) == 23
        assert node.counted("busyline_cluster_clock_steps_total") == 0
        assert node.counted("busyline_cluster_vain_waits_total") == 0
