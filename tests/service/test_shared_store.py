"""Tests of service/shared_store.py against a real Redis: what it keeps, and how it goes away and comes back."""

import asyncio
import re
import signal
import time
from collections.abc import Iterator
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path
from time import perf_counter

import pytest
from structlog.testing import capture_logs

from service.secrets import Secret
from service.shared_store import LARGEST, Entry, RedisStore, Wanted
from tests.clients.redis_server import RedisServer, redis_server
from tests.clients.tls import authority
from tests.house.tree import ROOT
from tests.service.slow_line import slow_line

MINUTE = 60_000
SLOW = timedelta(seconds=1)  # a busy machine is no failure here
ERA = b"era-one-+00000000000000"


@pytest.fixture(scope="module")
def running() -> Iterator[RedisServer]:
    with redis_server() as server:
        yield server


@pytest.fixture
def server(running: RedisServer) -> RedisServer:
    running.command("FLUSHALL")
    running.command("SET", "busyline:era", ERA)
    return running


def _wanted(*keys: bytes, younger_than: int = MINUTE) -> list[Wanted]:
    return [Wanted(key, younger_than) for key in keys]


class Pauses:
    """How often the store has waited before it tries again."""

    def __init__(self) -> None:
        self._made: asyncio.Queue[float] = asyncio.Queue()

    async def sleep(self, seconds: float) -> None:
        self._made.put_nowait(seconds)
        await asyncio.sleep(seconds)

    async def made(self, count: int) -> None:
        async with asyncio.timeout(20):
            for _ in range(count):
                await self._made.get()


async def _until_up(store: RedisStore) -> None:
    async with asyncio.timeout(20):
        await store.reached()


async def test_what_one_puts_another_finds(server: RedisServer) -> None:
    async with RedisStore(server.url, timeout=SLOW) as one, RedisStore(server.url, timeout=SLOW) as two:
        seen = await one.look(_wanted(b"a", b"b"), token=b"one")
        assert seen is not None
        assert [each.holder for each in seen.found] == [b"one", b"one"]
        other = await two.look(_wanted(b"b", b"c"), token=b"two")
        assert other is not None
        assert [each.holder for each in other.found] == [b"one", b"two"]
        await one.put([Entry(b"a", b"\0value\r\n", seen.now, MINUTE), Entry(b"b", None)], token=b"one", era=ERA)
        found = await two.look(_wanted(b"a", b"b"), token=b"three")
        assert found is not None
        assert (found.found[0].value, found.found[0].stamp, found.found[1].holder) == (
            b"\0value\r\n",
            seen.now,
            b"three",
        )


async def test_more_keys_than_go_at_once_keep_their_order(server: RedisServer) -> None:
    keys = [b"%d" % number for number in range(300)]
    async with RedisStore(server.url, timeout=SLOW) as store:
        seen = await store.look(_wanted(*keys), token=b"one")
        assert seen is not None
        await store.put([Entry(key, key, seen.now, MINUTE) for key in keys[::2]], token=b"one", era=ERA)
        again = await store.look(_wanted(*keys), token=b"two")
        assert again is not None
        assert [each.value for each in again.found[::2]] == keys[::2]
        assert {each.holder for each in again.found[1::2]} == {b"one"}
        await store.hold(keys, token=b"one")


async def test_what_is_too_large_is_not_put_and_not_believed(server: RedisServer) -> None:
    async with RedisStore(server.url, timeout=SLOW) as store:
        seen = await store.look(_wanted(b"a"), token=b"one")
        assert seen is not None
        await store.put([Entry(b"a", bytes(LARGEST + 1), seen.now, MINUTE)], token=b"one", era=ERA)
        assert server.command("KEYS", "*value*") == b""
        await store.put([Entry(b"a", bytes(LARGEST), seen.now, MINUTE)], token=b"one", era=ERA)
        server.command("APPEND", "busyline:value:a", "x")
        found = await store.look(_wanted(b"a"), token=b"two")
        assert found is not None
        assert (found.found[0].value, found.found[0].holder) == (None, b"")


async def test_a_key_of_another_kind_sends_the_node_away_from_it(server: RedisServer) -> None:
    server.command("LPUSH", "busyline:value:a", "x")
    async with RedisStore(server.url, timeout=SLOW) as store:
        with capture_logs() as logs:
            assert await store.look(_wanted(b"a"), token=b"one") is None
        assert [log["event"] for log in logs] == ["cluster_lost"]
        await _until_up(store)


async def test_a_redis_that_dies_is_left_at_once_and_found_again() -> None:
    with redis_server() as server, capture_logs() as logs:
        async with RedisStore(server.url, timeout=SLOW) as store:
            assert store.trouble == ""
            server.kill()
            assert await store.look(_wanted(b"a"), token=b"one") is None
            assert not store.up
            assert f"127.0.0.1:{server.port}" in store.trouble
            assert await store.look(_wanted(b"a"), token=b"one") is None
            assert store.failures == 1  # nobody asks any more
            server.start()
            await _until_up(store)
            assert store.trouble == ""
            assert await store.look(_wanted(b"a"), token=b"one") is not None
    assert [log["event"] for log in logs] == ["cluster_lost", "cluster_back"]
    assert logs[0]["mend"]


async def test_what_times_out_together_counts_once() -> None:
    with redis_server() as server:
        async with RedisStore(server.url, timeout=timedelta(milliseconds=100)) as store:
            server.process.send_signal(signal.SIGSTOP)
            try:
                burst = await asyncio.gather(*(store.look(_wanted(b"a"), token=b"one") for _ in range(20)))
                assert (burst, store.trouble) == ([None] * 20, "")
                assert await store.look(_wanted(b"a"), token=b"one") is None
                assert "in time" in store.trouble
            finally:
                server.process.send_signal(signal.SIGCONT)
            await _until_up(store)


async def test_what_came_while_this_process_was_busy_has_come(server: RedisServer) -> None:
    async with RedisStore(server.url, timeout=timedelta(milliseconds=100)) as store:

        async def busy() -> None:
            time.sleep(0.5)  # noqa: ASYNC251  that is what it is about

        *seen, _ = await asyncio.gather(*(store.look(_wanted(b"a"), token=b"one") for _ in range(3)), busy())
        assert None not in seen
        assert (store.up, store.failures) == (True, 0)


async def test_however_far_it_is_no_question_waits_for_a_connection_to_be_made(server: RedisServer) -> None:
    """Making one takes a turn here, and each turn more than half of the time there is."""
    async with slow_line(server.port) as line:
        line.delay = 0.1
        async with RedisStore(f"redis://127.0.0.1:{line.port}", timeout=timedelta(seconds=0.15)) as store:
            seen = await asyncio.gather(*(store.look(_wanted(b"a"), token=b"one") for _ in range(20)))
            assert None not in seen
            assert (store.up, store.failures) == (True, 0)


async def test_a_connection_that_ends_while_nobody_asks_is_opened_anew_without_a_word(server: RedisServer) -> None:
    """As one that somebody between here and there has found idle."""
    pauses = Pauses()
    with capture_logs() as logs:
        async with RedisStore(server.url, timeout=SLOW, sleep=pauses.sleep) as store:
            server.command("CLIENT", "KILL", "TYPE", "normal")
            await pauses.made(1)
            await _until_up(store)
            assert await store.look(_wanted(b"a"), token=b"one") is not None
            assert store.failures == 0
    assert logs == []


async def test_a_redis_that_ends_while_nobody_asks_is_told_of() -> None:
    pauses = Pauses()
    with redis_server() as server, capture_logs() as logs:
        async with RedisStore(server.url, timeout=SLOW, sleep=pauses.sleep) as store:
            server.kill()
            await pauses.made(2)  # the first is none: it is tried at once
            assert "nothing listens" in store.trouble
    assert [log["event"] for log in logs] == ["cluster_lost"]


async def test_however_many_are_wanted_it_is_one_turn(server: RedisServer) -> None:
    async with AsyncExitStack() as stack:
        line = await stack.enter_async_context(slow_line(server.port))
        async with RedisStore(f"redis://127.0.0.1:{line.port}", timeout=SLOW) as store:
            line.turns = 0
            wanted = _wanted(*(b"%d" % number for number in range(1000)))
            seen = await store.look(wanted, token=b"one")
            assert seen is not None
            assert len(seen.found) == 1000
            assert line.turns == 1
            await store.put([Entry(one.key, b"value", seen.now, MINUTE) for one in wanted], token=b"one", era=ERA)
            assert line.turns <= 3  # it learns the script first
            again = await store.look(wanted, token=b"two")
            assert again is not None
            assert {each.value for each in again.found} == {b"value"}


async def test_an_era_is_begun_by_one_and_seen_by_all(server: RedisServer) -> None:
    async with RedisStore(server.url, timeout=SLOW) as one, RedisStore(server.url, timeout=SLOW) as two:
        assert await one.begin(ERA, b"era-two-") == b"era-two-"
        assert await two.begin(ERA, b"era-3---") == b"era-two-"
        seen = await two.look([], token=b"two")
        assert seen is not None
        assert (seen.era, seen.found) == (b"era-two-", [])


async def test_those_who_wait_are_told_of_a_second_failure(server: RedisServer) -> None:
    async with RedisStore(server.url, timeout=SLOW) as store:
        seen = await store.look(_wanted(b"a"), token=b"one")
        assert seen is not None
        for note in (b"first", b"second"):
            await store.put([Entry(b"a", None, seen.now, note=note)], token=b"one", era=ERA)
        told = await store.look(_wanted(b"a"), token=b"two", waiting=seen.now)
        assert told is not None
        assert [(each.note, each.stamp, each.value) for each in told.found] == [(b"second", seen.now, None)]


@pytest.mark.parametrize("now", [10**17, 10**13, 10**12 - 1, -5, 0])
async def test_a_clock_that_tells_what_cannot_be_is_not_believed(now: int) -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while command := await reader.read(65_536):
            count = command.count(b"SETINFO") or command.count(b"TIME")
            writer.write(b"+OK\r\n" * count or b"*3\r\n:%d\r\n$0\r\n\r\n$6\r\n-probe\r\n" % now)
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as listening:
        with capture_logs() as logs:
            async with RedisStore(f"redis://127.0.0.1:{listening.sockets[0].getsockname()[1]}", timeout=SLOW) as store:
                assert not store.up
    assert logs[0]["what"] == "its clock tells a time that cannot be"


async def test_a_redis_that_does_not_answer_is_left_after_two_timeouts() -> None:
    with redis_server() as server, capture_logs() as logs:
        async with RedisStore(server.url, timeout=timedelta(milliseconds=100)) as store:
            process = server.process
            process.send_signal(signal.SIGSTOP)
            try:
                began = perf_counter()
                for _ in range(50):
                    assert await store.look(_wanted(b"a"), token=b"one") is None
                assert perf_counter() - began < 5  # two of fifty waited
                assert not store.up
            finally:
                process.send_signal(signal.SIGCONT)
            await _until_up(store)
            seen = await store.look(_wanted(b"b"), token=b"two")
            assert seen is not None
            assert seen.found[0].holder == b"two"
    assert [log["event"] for log in logs] == ["cluster_lost", "cluster_back"]


async def test_an_answer_that_comes_late_is_never_taken_for_another() -> None:
    with redis_server() as server:
        server.command("SET", "busyline:era", ERA)
        async with RedisStore(server.url, timeout=timedelta(milliseconds=100)) as store:
            seen = await store.look(_wanted(b"a", b"b"), token=b"one")
            assert seen is not None
            await store.put([Entry(key, key, seen.now, MINUTE) for key in (b"a", b"b")], token=b"one", era=ERA)
            server.process.send_signal(signal.SIGSTOP)
            assert await store.look(_wanted(b"a"), token=b"one") is None
            server.process.send_signal(signal.SIGCONT)
            await _until_up(store)
            found = await store.look(_wanted(b"b"), token=b"one")
            assert found is not None
            assert [each.value for each in found.found] == [b"b"]


async def test_without_a_redis_at_the_start_the_node_is_alone(unused: int) -> None:
    with capture_logs() as logs:
        async with RedisStore(f"redis://127.0.0.1:{unused}") as store:
            assert not store.up
            assert await store.look(_wanted(b"a"), token=b"one") is None
            await store.put([Entry(b"a", b"x", 1, 1)], token=b"one", era=ERA)
            await store.hold([b"a"], token=b"one")
    assert [(log["event"], log["what"]) for log in logs] == [("cluster_lost", "nothing listens there")]


@pytest.fixture
def unused() -> int:
    """A port at which nothing listens."""
    with redis_server() as server:
        return server.port


async def test_tls_and_a_password(tmp_path: Path) -> None:
    authority(tmp_path)
    (tmp_path / "else").mkdir()
    authority(tmp_path / "else")
    right, wrong, ca = Secret("correct horse"), Secret("hunter2"), str(tmp_path / "ca.pem")
    with redis_server(password="correct horse", tls=tmp_path) as server, capture_logs() as logs:
        async with RedisStore(server.url, password=right, ca=ca, timeout=SLOW) as store:
            assert store.up
            assert await store.look(_wanted(b"a"), token=b"one") is not None
        for knobs in (
            {"password": wrong, "ca": ca},
            {"ca": ca},
            {"password": right, "ca": str(tmp_path / "else/ca.pem")},
        ):
            async with RedisStore(server.url, **knobs) as store:
                assert not store.up
    told = [log["what"] for log in logs]
    assert ["password" in told[0], "password" in told[1], "certificate" in told[2]] == [True] * 3
    assert "hunter2" not in str(logs)


async def test_a_user_with_the_rights_of_the_guide(server: RedisServer) -> None:
    guide = (ROOT / "docs/guides/cluster.md").read_text(encoding="utf-8")
    (rights,) = re.findall(r"^ACL SETUSER busyline on >\S+ (.+)$", guide, re.MULTILINE)
    server.command("ACL", "SETUSER", "busyline", "on", ">pw", *rights.split())
    async with RedisStore(server.url, username="busyline", password=Secret("pw"), timeout=SLOW) as store:
        assert (store.up, store.trouble) == (True, "")
        await store.hold([b"a"], token=b"one")
        assert store.up
    server.command("ACL", "SETUSER", "busyline", "-set")
    with capture_logs() as logs:
        async with RedisStore(server.url, username="busyline", password=Secret("pw"), timeout=SLOW) as store:
            assert not store.up
    assert "too little" in logs[0]["what"] or "not do" in logs[0]["what"]


async def test_a_full_redis_is_left_alone(server: RedisServer) -> None:
    server.command("CONFIG", "SET", "maxmemory", "1")
    try:
        with capture_logs() as logs:
            async with RedisStore(server.url, timeout=SLOW) as store:
                assert not store.up
        assert "memory is full" in logs[0]["what"]
    finally:
        server.command("CONFIG", "SET", "maxmemory", "0")


async def test_scripts_that_were_forgotten_are_loaded_again(server: RedisServer) -> None:
    async with RedisStore(server.url, timeout=SLOW) as store:
        server.command("SCRIPT", "FLUSH")
        assert await store.look(_wanted(b"a"), token=b"one") is not None


@pytest.mark.parametrize(
    "words",
    [
        b"220 mail.example ESMTP\r\n",
        b"-NONSENSE \xff\xfe\r\n" * 9,
        b"$99999999999999\r\n",
        b"*-7\r\n",
        b"*3\r\n:1\r\n$1\r\nx\r\n",
        b":\r\n" * 9,
        b"+OK\r\n" * 99,
        b"\0" * 99,
        b"",
    ],
    ids=["mail", "error", "bulk", "array", "half", "number", "praise", "nought", "nothing"],
)
async def test_what_is_no_redis_is_left_alone(words: bytes) -> None:
    async def greet(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(words)
        await writer.drain()
        writer.close()

    listening = await asyncio.start_server(greet, "127.0.0.1", 0)
    async with listening:
        with capture_logs() as logs:
            async with RedisStore(f"redis://127.0.0.1:{listening.sockets[0].getsockname()[1]}") as store:
                assert not store.up
    assert logs[0]["event"] == "cluster_lost"
