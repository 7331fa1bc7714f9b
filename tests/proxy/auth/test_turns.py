"""One turn at a time, few places each, and the next turn is another address's."""

import asyncio
from contextlib import suppress

import pytest

from proxy.auth.turns import LineFullError, Turns

HOME, AWAY = "203.0.113.1", "203.0.113.2"


class _Desk:
    """Who had a turn, in order; a turn lasts until it is told to end."""

    def __init__(self, turns: Turns) -> None:
        self.turns, self.heard, self.tasks = turns, list[str](), dict[str, asyncio.Task[None]]()
        self._ends: dict[str, asyncio.Event] = {}

    async def come(self, name: str, address: str) -> None:
        """Into the line; waits until that is done."""
        self._ends[name] = asyncio.Event()
        self.tasks[name] = asyncio.create_task(self._have(name, address))
        await _settle()

    async def end(self, name: str) -> None:
        """The turn of ``name``, who has it."""
        self._ends[name].set()
        await self.tasks[name]
        await _settle()

    async def _have(self, name: str, address: str) -> None:
        async with self.turns.turn(address):
            self.heard.append(name)
            await self._ends[name].wait()


async def _settle() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def test_turns_go_round_the_addresses() -> None:
    desk = _Desk(Turns(places=10, each=3))
    for name in ("a1", "a2", "a3"):
        await desk.come(name, HOME)
    await desk.come("b1", AWAY)
    await desk.come("b2", AWAY)
    assert desk.heard == ["a1"]
    for number in range(5):
        await desk.end(desk.heard[number])
    assert desk.heard == ["a1", "a2", "b1", "a3", "b2"]
    await desk.come("c", HOME)
    assert desk.heard[-1] == "c"
    await desk.end("c")


@pytest.mark.parametrize(
    ("addresses", "room"),
    [
        ([HOME, HOME], AWAY),
        (["2001:db8::1", "2001:db8::2"], "2001:db8:0:1::1"),
        (["2001:db8::1", "2001:db8::2", "2001:db8:0:1::1", "2001:db8:0:2::1"], "2001:db8:1::1"),
        (["", ""], HOME),
    ],
)
async def test_one_address_has_two_places_and_a_network_four(addresses: list[str], room: str) -> None:
    desk = _Desk(Turns(places=32, each=2))
    for number, address in enumerate(addresses):
        await desk.come(str(number), address)
    full = addresses[-1] if len(addresses) < 3 else "2001:db8:0:3::1"
    with pytest.raises(LineFullError):
        async with desk.turns.turn(full):
            pass
    await desk.come("room", room)
    for name in (*map(str, range(len(addresses))), "room"):
        await desk.end(name)
    await desk.come("again", full)
    await desk.end("again")


async def test_the_line_is_short() -> None:
    desk = _Desk(Turns(places=3, each=2))
    for number in range(3):
        await desk.come(str(number), f"203.0.113.{number}")
    with pytest.raises(LineFullError):
        async with desk.turns.turn("203.0.113.9"):
            pass
    await desk.end("0")
    await desk.come("3", "203.0.113.9")
    for name in "123":
        await desk.end(name)


@pytest.mark.parametrize("called", [False, True])
async def test_who_goes_away_holds_nobody_up(called: bool) -> None:
    """While it waits, and also in the moment in which its turn comes."""
    desk = _Desk(Turns(places=9, each=2))
    async with desk.turns.turn(HOME):
        await desk.come("b", AWAY)
        await desk.come("c", HOME)
        if not called:
            desk.tasks["b"].cancel()
            await _settle()
    desk.tasks["b"].cancel()  # where it is called, it has not heard of it yet
    with suppress(asyncio.CancelledError):
        await desk.tasks["b"]
    await _settle()
    assert desk.heard == ["c"]
    await desk.end("c")
    for name in ("d", "e"):
        await desk.come(name, AWAY)
        await desk.end(name)


async def test_a_turn_that_fails_is_over() -> None:
    turns = Turns(places=1, each=1)
    for _ in range(2):
        with pytest.raises(ValueError, match="it"):
            async with turns.turn(HOME):
                raise ValueError("it")
