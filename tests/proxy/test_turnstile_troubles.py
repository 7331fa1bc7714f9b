"""Whoever hangs up, breaks, floods or comes too late takes nobody else's turn, and teaches the turnstile nothing."""

import asyncio
import gc
import weakref
from collections.abc import Callable
from datetime import timedelta

import pytest
import structlog
from aiohttp import HttpVersion11
from aiohttp.http_parser import RawRequestMessage
from multidict import CIMultiDict, CIMultiDictProxy
from yarl import URL

from proxy.turnstile import Turnstile
from service.prompt import Outcome
from tests.proxy.turned import Slow, clients, turning, until

WAYS = ("/once", "/long")


def _message(path: str = "/", method: str = "POST") -> RawRequestMessage:
    headers: CIMultiDictProxy[str] = CIMultiDictProxy(CIMultiDict())
    return RawRequestMessage(method, path, HttpVersion11, headers, (), False, None, False, False, URL(path))


def _turnstile(server: Slow, *, queue: float = 60) -> Turnstile:
    """In which a request counts for the address that it comes from."""
    return Turnstile(
        server,
        queue=timedelta(seconds=queue),
        whose=lambda _, peer: peer,
        exempt=frozenset({"/healthz"}),
        clock=server.clock,
        chance=lambda: 0.5,
    )


def _noting(found: list[str], name: str, outcome: Outcome = Outcome.ANSWERED) -> Callable[[bool], Outcome]:
    def called(admitted: bool) -> Outcome:
        found.append(name if admitted else f"not {name}")
        return outcome

    return called


def _working(server: Slow, found: list[str], name: str) -> Callable[[bool], Outcome]:
    """Whatever its answer is, it takes a millisecond."""
    note = _noting(found, name)

    def called(admitted: bool) -> Outcome:
        server.now += 0.001
        return note(admitted)

    return called


@pytest.mark.parametrize("way", WAYS)
async def test_who_breaks_stops_nobody_else(way: str) -> None:
    server = Slow()
    with structlog.testing.capture_logs() as events:
        async with turning(server) as (turns, door), clients(door, 40) as found, asyncio.timeout(10):
            for number, client in enumerate(found):
                client.ask(f"{way}/broken" if number == 20 else way)
            for number, client in enumerate(found):
                assert (await client.answer())[0] == (500 if number == 20 else 200)
            assert turns.waiting == 0
            found[0].ask(way)
            assert await found[0].answer() == (200, way)
    assert [event["event"] for event in events].count("not_answered_at_once") == (way == "/once")


@pytest.mark.parametrize("way", WAYS)
async def test_a_refusal_that_breaks_stops_nobody_else(way: str) -> None:
    server = Slow(cost=1.5)
    async with turning(server, queue=2) as (turns, door), clients(door, 20) as found, asyncio.timeout(10):
        for number, client in enumerate(found):
            client.ask(f"{way}/broken" if number == 18 else way)
        statuses = [(await client.answer())[0] for client in found]
        assert statuses.count(500) == 1
        assert statuses.count(503) == turns.turned.refused - 1 > 5
        found[0].ask(way)
        assert await found[0].answer() == (200, way)


async def test_whoever_cannot_even_be_called_is_passed_over() -> None:
    def broken(_: bool) -> Outcome:
        raise RuntimeError("whatever it is")

    turns, found = _turnstile(Slow()), list[str]()
    with structlog.testing.capture_logs() as events:
        turns.wait(_message(), "a", broken)
        turns.wait(_message(), "a", _noting(found, "next"))
        await asyncio.wait_for(until(lambda: not turns.waiting), 10)
        turns.wait(_message(), "a", broken)
        turns.wait(_message(), "a", _noting(found, "last"))
        turns.hand_over()
    assert found == ["next", "last"]
    assert [event["log_level"] for event in events] == ["error", "error"]


async def _let_on_in_one_slice(turns: Turnstile) -> int:
    found: list[str] = []
    for number in range(100):
        turns.wait(_message(), f"caller-{number}", _noting(found, "long", Outcome.UNDER_WAY))
    await until(lambda: bool(found))
    return len(found)


@pytest.mark.parametrize("outcome", [Outcome.GONE, Outcome.ANSWERED])
async def test_neither_hanging_up_nor_a_short_answer_teaches_what_the_long_way_costs(outcome: Outcome) -> None:
    turns = _turnstile(Slow())
    for _ in range(200):
        turns.wait(_message(), "a", _noting([], "", outcome))
    await until(lambda: not turns.waiting)
    assert await _let_on_in_one_slice(turns) == await _let_on_in_one_slice(_turnstile(Slow())) < 10


async def test_work_that_was_broken_off_teaches_nothing_either() -> None:
    server = Slow(cost=0.005)
    async with turning(server) as (turns, door), clients(door, 61) as found:
        server.order.clear()
        found[0].ask("/once")
        for client in found[1:]:
            client.ask("/long")
        await until(lambda: bool(server.order))
        server.cost, server.waits = 0.0, asyncio.Event()
        await until(lambda: len(server.order) == 61)
        assert turns.turned.waited == 60
        tasks = [task for task in asyncio.all_tasks() if "_handle_request" in repr(task.get_coro())]
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
        assert await _let_on_in_one_slice(turns) < 10


async def test_whoever_has_gone_is_not_charged() -> None:
    server, found = Slow(), list[str]()
    turns = _turnstile(server)
    for _ in range(40):
        turns.wait(_message(), "hasty", _noting(found, "gone", Outcome.GONE))
        turns.wait(_message(), "patient", _working(server, found, "patient"))
    turns.wait(_message(), "hasty", _noting(found, "hasty"))
    await until(lambda: not turns.waiting)
    assert found[: found.index("hasty")].count("patient") <= 2


async def test_who_leaves_its_place_is_forgotten_with_all_that_it_sent() -> None:
    class Request:
        def called(self, _: bool) -> Outcome:
            raise AssertionError("nobody is here")

    turns, request = _turnstile(Slow()), Request()
    gone = weakref.ref(request)
    turns.wait(_message(), "a", _noting([], "first"))
    place = turns.wait(_message(), "a", request.called)
    assert turns.waiting == 2
    place.leave()
    place.leave()
    del request, place
    gc.collect()
    assert turns.waiting == 1
    assert gone() is None
    await until(lambda: not turns.waiting)


async def test_a_connection_that_ends_leaves_its_place() -> None:
    server, found = Slow(), list[str]()
    async with turning(server) as (turns, door), clients(door, 100) as opened:
        for client in opened[:60]:
            client.ask("/once")
        await until(lambda: turns.waiting > 40)
        for client in opened[10:60]:
            client.writer.transport.abort()
        await until(lambda: door.crowd.size == 50)
        turns.wait(_message(), "a", _noting(found, "found"))
        assert turns.waiting < 20
        for client in opened[:10]:
            assert (await client.answer())[0] == 200
        await until(lambda: bool(found))


async def test_more_of_the_same_connection_costs_no_place() -> None:
    server = Slow()
    async with turning(server) as (turns, door), clients(door, 41) as found:
        server.order.clear()
        for number, client in enumerate(found):
            client.ask(f"/once/{number}")
        await until(lambda: turns.waiting > 30)
        found[20].ask("/once/second")
        for number, client in enumerate(found):
            assert await client.answer() == (200, f"/once/{number}")
        assert await found[20].answer() == (200, "/once/second")
    assert server.order.index("/once/20") < server.order.index("/once/22")
    assert turns.turned.refused == 0


async def test_a_second_request_makes_the_patience_of_the_first_no_longer() -> None:
    server = Slow(cost=0.1)
    async with turning(server, queue=2) as (turns, door), clients(door, 40) as found, asyncio.timeout(10):
        for client in found:
            client.ask("/once")
        await until(lambda: 0 < turns.waiting < 30)
        found[39].ask("/once/second")
        await until(lambda: not turns.waiting)
        assert (await found[39].answer())[0] == 503


async def test_a_head_alone_is_refused_without_a_body() -> None:
    turns = _turnstile(Slow())
    whole, head = (turns.refusal(_message(method=method), b"", "a") for method in ("POST", "HEAD"))
    assert whole is not None
    assert head is not None
    assert b"".join(whole).endswith(b"\r\n\r\nlater")
    assert b"".join(head).endswith(b"\r\n\r\n")
    assert b"Content-Length: 5\r\n" in b"".join(head)  # RFC 9110 9.3.2: as if it were GET


async def test_a_flood_of_health_checks_waits_like_everybody_and_the_one_of_a_balancer_does_not() -> None:
    server = Slow()
    async with turning(server) as (_, door), clients(door, 81) as found:
        server.order.clear()
        for client in found[:40]:
            client.ask("/long", whose="big")
        for client in found[40:80]:
            client.ask("/healthz", whose="stranger")
        found[80].ask("/readyz", whose="balancer")
        for client in found:
            assert (await client.answer())[0] == 200
    assert server.order.index("/readyz") <= 6
    assert server.order[:40].count("/long") >= 12


async def test_no_more_than_a_few_health_checks_come_before_those_who_wait() -> None:
    server, found = Slow(cost=0.0), list[str]()
    turns = _turnstile(server)
    turns.wait(_message(), "big", _noting(found, "big"))
    for number in range(50):
        turns.wait(_message("/healthz"), f"address-{number}", _noting(found, "check"))
    await until(lambda: not turns.waiting)
    assert 0 < found.index("big") <= 4
    assert found.count("check") == 50


async def test_health_checks_are_answered_when_the_door_closes_and_left_when_they_hang_up() -> None:
    turns, found = _turnstile(Slow()), list[str]()
    turns.wait(_message("/healthz"), "a", _noting(found, "left")).leave()
    turns.wait(_message("/healthz"), "a", _noting(found, "stays"))
    turns.hand_over()
    assert found == ["stays"]
    await asyncio.sleep(0)
    assert found == ["stays"]


async def test_once_handed_over_nobody_waits_any_more() -> None:
    server, found = Slow(), list[str]()
    turns = _turnstile(server)
    assert turns.is_open()
    server.now += 1
    assert not turns.is_open()
    turns.wait(_message(), "a", _noting(found, "a"))
    turns.hand_over()
    for _ in range(3):
        assert turns.is_open()
        server.now += 1
        await asyncio.sleep(0)
    assert found == ["a"]


async def test_refusals_are_paid_for() -> None:
    server, found = Slow(), list[str]()
    turns = _turnstile(server, queue=1)

    for _ in range(40):
        turns.wait(_message(), "late", _working(server, found, "late"))
    server.now += 2
    for _ in range(40):
        turns.wait(_message(), "late", _working(server, found, "late"))
        turns.wait(_message(), "other", _working(server, found, "other"))
    await until(lambda: not turns.waiting)
    assert found.count("not late") == 40
    served = [each for each in found if each != "not late"]
    assert served[:30].count("other") >= 25, "the turns of one pay for the refusals of its others"
