"""Tests of service/shared_line.py against a real Redis."""

import asyncio
import signal
from collections.abc import Iterator

import pytest
from redis.exceptions import ResponseError

from service.shared_line import Line, opener
from tests.clients.redis_server import RedisServer, redis_server


@pytest.fixture(scope="module")
def server() -> Iterator[RedisServer]:
    with redis_server() as server:
        yield server


async def _line(server: RedisServer, ended: list[tuple[str, bool]]) -> Line:
    open_one = opener(server.url, None, None, None)
    return await Line.opened(open_one, lambda error, idle: ended.append((type(error).__name__, idle)))


async def test_all_at_once_are_answered_each_in_its_own_words(server: RedisServer) -> None:
    line = await _line(server, [])
    asked = [line.said([("SET", f"k{number}", number), ("GET", f"k{number}")]) for number in range(200)]
    found = await asyncio.gather(*asked)
    await line.close()
    assert [said[1] for said in found] == [b"%d" % number for number in range(200)]


async def test_an_error_is_of_whom_it_concerns(server: RedisServer) -> None:
    line = await _line(server, [])
    asked = [line.said([("NONSENSE",), ("ECHO", "b")]), line.said([("ECHO", "c")])]
    found = await asyncio.gather(*asked, return_exceptions=True)
    await line.close()
    assert isinstance(found[0], ResponseError)
    assert found[1] == [b"c"]


async def test_who_waits_no_longer_takes_nobody_elses_answer(server: RedisServer) -> None:
    line = await _line(server, [])
    given_up = asyncio.ensure_future(line.said([("ECHO", "a")]))
    await asyncio.sleep(0)
    given_up.cancel()
    assert await line.said([("ECHO", "b")]) == [b"b"]
    await line.close()


async def test_its_end_is_told_to_all_who_wait_and_once() -> None:
    ended: list[tuple[str, bool]] = []
    with redis_server() as server:
        line = await _line(server, ended)
        server.process.send_signal(signal.SIGSTOP)
        asked = [asyncio.ensure_future(line.said([("ECHO", "a")])) for _ in range(3)]
        await asyncio.sleep(0)
        server.kill()
        found = await asyncio.gather(*asked, return_exceptions=True)
        assert {type(each).__name__ for each in found} == {"ConnectionError"}
        assert ended == [("ConnectionError", False)]
        with pytest.raises(Exception, match=r".") as later:
            await line.said([("ECHO", "a")])
        assert type(later.value).__name__ == "ConnectionError"
        await line.close()
    assert len(ended) == 1


async def test_closing_tells_who_waits_and_nobody_else() -> None:
    ended: list[tuple[str, bool]] = []
    with redis_server() as server:
        line = await _line(server, ended)
        server.process.send_signal(signal.SIGSTOP)
        asked = asyncio.ensure_future(line.said([("ECHO", "a")]))
        await asyncio.sleep(0)
        await line.close()
        with pytest.raises(ConnectionError):
            await asked
        server.process.send_signal(signal.SIGCONT)
    assert ended == []


async def test_one_that_speaks_unasked_is_no_redis() -> None:
    ended: list[tuple[str, bool]] = []
    heard = asyncio.Event()

    async def greet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.write(b"+OK\r\n" * 3)
        await writer.drain()
        await heard.wait()
        writer.close()

    def note(error: Exception, idle: bool) -> None:
        ended.append((str(error), idle))
        heard.set()

    async with await asyncio.start_server(greet, "127.0.0.1", 0) as listening:
        url = f"redis://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
        line = await Line.opened(opener(url, None, None, None), note)
        async with asyncio.timeout(20):
            await heard.wait()
        await line.close()
    assert ended == [("it speaks without being asked", True)]
