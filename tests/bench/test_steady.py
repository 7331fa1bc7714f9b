"""Callers that forgive nothing: a real door answers them well, badly, and not at all."""

import asyncio
from collections.abc import Awaitable, Callable

from aiohttp import web

from bench.questions import EVENTS
from bench.steady import Steady
from service.addresses import ListenAddress
from service.door import Door

WHOLE = "<x>NoError</x>" + "<CalendarEvent></CalendarEvent>" * EVENTS


def _asking(door: Door, number: int = 2) -> Steady:
    return Steady(door.addresses[0].host, door.addresses[0].port, [b"a", b"b"], callers=number)


def _door(handler: Callable[[web.BaseRequest], Awaitable[web.Response]]) -> Door:
    return Door(handler, [ListenAddress("127.0.0.1", 0)])


async def test_whole_answers_are_counted_and_half_the_callers_keep_their_connection() -> None:
    seen: dict[object, int] = {}
    bodies = set()
    stop = asyncio.Event()

    async def handler(request: web.BaseRequest) -> web.Response:
        seen[request.transport] = seen.get(request.transport, 0) + 1
        bodies.add(await request.read())
        if sum(seen.values()) >= 20:
            stop.set()
        return web.Response(text=WHOLE)

    async with _door(handler) as door:
        steady = _asking(door)
        await steady.until(stop)
    assert steady.answered == sum(seen.values()) >= 20
    assert not steady.failed
    assert steady.moved_on == 0
    assert sum(number > 1 for number in seen.values()) == 1
    assert bodies == {b"a", b"b"}


async def test_whoever_is_told_to_opens_another_connection() -> None:
    async def handler(_: web.BaseRequest) -> web.Response:
        response = web.Response(text=WHOLE)
        response.force_close()
        stop.set()
        return response

    stop = asyncio.Event()
    async with _door(handler) as door:
        steady = _asking(door, 1)
        await steady.until(stop)
    assert (steady.answered, steady.moved_on, steady.failed.total()) == (1, 1, 0)


async def test_whatever_is_no_whole_answer_has_failed() -> None:
    answers = [
        web.Response(text=WHOLE.replace("<CalendarEvent></CalendarEvent>", "", 1)),
        web.Response(text="busy", status=503),
        web.Response(text=WHOLE, status=500),
    ]

    async def handler(request: web.BaseRequest) -> web.Response:
        if answers:
            return answers.pop()
        assert request.transport is not None
        request.transport.abort()
        return web.Response(text=WHOLE)

    async with _door(handler) as door:
        steady = _asking(door)
        for _ in range(4):
            await steady.once()
    await steady.once()  # nobody listens there any more
    assert steady.answered == 0
    assert steady.failed.total() == 5
    kinds = sorted(words.partition(":")[0].partition(",")[0] for words in steady.failed)
    assert kinds == ["ConnectionRefusedError", "HTTP 200", "HTTP 500", "HTTP 503", "IncompleteReadError"]
