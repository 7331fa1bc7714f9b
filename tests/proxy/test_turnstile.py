"""Requests in turns: nobody waits where all can be answered, each caller has its share, and no one waits for ever."""

import asyncio
from datetime import timedelta

import pytest

from tests.proxy.turned import Slow, clients, turning, until

WAYS = ("/once", "/long")


@pytest.mark.parametrize("way", WAYS)
async def test_who_comes_alone_never_waits(way: str) -> None:
    server = Slow(cost=1)
    async with turning(server) as (turns, door), clients(door, 1) as [client]:
        for number in range(20):
            client.ask(f"{way}/{number}")
            assert await client.answer() == (200, f"{way}/{number}")
    assert turns.turned.waited == 0


@pytest.mark.parametrize("way", WAYS)
async def test_one_request_of_another_caller_goes_between_those_of_one_that_sends_many(way: str) -> None:
    server = Slow()
    async with turning(server) as (turns, door), clients(door, 61) as found:
        server.order.clear()
        for number, client in enumerate(found[:-1]):
            client.ask(f"{way}/{number}")
        found[-1].ask(f"{way}/small", whose="small")
        for number, client in enumerate(found[:-1]):
            assert await client.answer() == (200, f"{way}/{number}")
        assert await found[-1].answer() == (200, f"{way}/small")
    assert server.order.index(f"{way}/small") <= 4
    assert len(server.order) == 61
    assert turns.turned.waited > 50
    assert turns.waiting == 0


async def test_shares_go_by_weight() -> None:
    server = Slow()
    async with turning(server, weights={"heavy": 3}) as (_, door), clients(door, 80) as found:
        server.order.clear()
        for number, client in enumerate(found):
            whose = "heavy" if number >= 40 else "usual"
            client.ask(f"/once/{whose}", whose=whose)
        for client in found:
            await client.answer()
    first = server.order[2:42]  # two of the first slice came before anybody waited
    assert first.count("/once/heavy") == pytest.approx(30, abs=2)


async def test_turns_cost_what_they_took() -> None:
    server = Slow()
    async with turning(server) as (_, door), clients(door, 80) as found:
        server.order.clear()
        whole = server._work

        def work(path: str) -> None:
            whole(path)
            server.now += 0.027 if path == "/once/dear" else 0

        server._work = work  # type: ignore[method-assign]  # the double's own work, made dearer
        for number, client in enumerate(found):
            whose = "dear" if number < 40 else "cheap"
            client.ask(f"/once/{whose}", whose=whose)
        for client in found:
            await client.answer()
    assert server.order[:40].count("/once/dear") <= 10


@pytest.mark.parametrize("way", WAYS)
async def test_whose_turn_comes_too_late_is_refused_unheard(way: str) -> None:
    server = Slow(cost=1.5)
    async with turning(server, queue=2) as (turns, door), clients(door, 20) as found:
        server.order.clear()
        for number, client in enumerate(found):
            client.ask(f"{way}/{number}", body=b"<question/>")
        answers = [await client.answer() for client in found]
        statuses = [status for status, _ in answers]
        assert statuses.count(200) == len(server.order) < 6
        assert statuses.count(503) == 20 - len(server.order) == turns.turned.refused
        assert {wait for _, wait in server.turned} == {timedelta(seconds=3)}
        found[-1].ask(f"{way}/again")
        assert await found[-1].answer() == (200, f"{way}/again"), "the connection is as good as before"


async def test_a_health_check_does_not_wait() -> None:
    server = Slow()
    async with turning(server) as (_, door), clients(door, 31) as found:
        server.order.clear()
        for client in found[:-1]:
            client.ask("/long")
        found[-1].ask("/healthz", whose="")
        for client in found:
            await client.answer()
    assert server.order.index("/healthz") <= 4


async def test_strangers_wait_like_everybody() -> None:
    server = Slow()
    async with turning(server) as (turns, door), clients(door, 1) as [known], clients(door, 0):
        opened = [await asyncio.open_connection(door.addresses[0].host, door.addresses[0].port) for _ in range(30)]
        server.order.clear()
        for _, writer in opened:
            writer.write(b"POST /stranger HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n")
        known.ask("/once/known")
        assert await known.answer() == (200, "/once/known")
        for reader, writer in opened:
            await reader.readuntil(b"/stranger")
            writer.close()
    assert server.order.index("/once/known") <= 4
    assert turns.turned.waited > 20


async def test_what_is_waited_for_elsewhere_is_no_work() -> None:
    others = asyncio.Event()
    server = Slow(waits=others)
    async with turning(server) as (turns, door):
        opened = [await asyncio.open_connection(door.addresses[0].host, door.addresses[0].port) for _ in range(30)]
        for _, writer in opened:
            writer.write(b"POST /long HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n")
        await until(lambda: len(server.order) == 30)
        assert turns.waiting == 0, "all wait for somebody else, none for its turn"
        others.set()
        for reader, writer in opened:
            await reader.readuntil(b"/long")
            writer.close()


async def test_a_request_behind_another_on_its_connection_has_no_turn_of_its_own_accord() -> None:
    server = Slow()
    async with turning(server) as (_, door), clients(door, 21) as found:
        server.order.clear()
        for number in range(20):
            found[0].ask(f"/once/greedy-{number}", whose="greedy")
        for number in range(1, 21):
            found[number].ask(f"/once/{number}", whose=f"caller-{number}")
        for client in found[1:]:
            await client.answer()
        for number in range(20):
            assert await found[0].answer() == (200, f"/once/greedy-{number}")
    assert sum("greedy" in each for each in server.order[:24]) <= 5


async def test_whoever_hangs_up_is_not_worked_for() -> None:
    server = Slow()
    async with turning(server) as (turns, door), clients(door, 40) as found:
        server.order.clear()
        for client in found:
            client.ask("/once")
        for client in found[20:]:
            client.writer.transport.abort()
        for client in found[:20]:
            await client.answer()
        await until(lambda: not turns.waiting)
    assert 20 <= len(server.order) < 40


@pytest.mark.parametrize("way", WAYS)
async def test_whoever_waits_when_the_door_closes_is_answered(way: str) -> None:
    server = Slow()
    async with turning(server) as (_, door), clients(door, 40) as found:
        for client in found:
            client.ask(way)
        await until(lambda: bool(server.order[40:]))
        closing = asyncio.create_task(door.__aexit__(None, None, None))
        for client in found:
            assert await client.answer() == (200, way)
        await closing


async def test_below_the_front_it_is_known_since_when_a_request_is_here() -> None:
    server = Slow()
    async with turning(server) as (_, door), clients(door, 30) as found:
        server.since.clear()
        server.waited.clear()
        began = server.now
        for client in found:
            client.ask("/long")
        for client in found:
            await client.answer()
    assert max(server.since) < began + 0.05, "not since its turn came, up to 90 ms later"
    assert server.waited[0] == 0
    assert server.waited[-1] == pytest.approx(server.now - began, abs=0.02), "it had to wait for all the others"
