"""Tests of service/shared_time.py: one node, a store whose clock is set, and clocks of one's own."""

import asyncio
from dataclasses import dataclass, field

import pytest

from service.shared_store import Entry, Found, Seen, Wanted
from service.shared_time import SLACK, TimedStore
from tests.proxy.layers.shared_memory import SharedMemory

START = 1_800_000_000.0
WANTED = [Wanted(b"a", 60_000)]


@dataclass
class World:
    """Time as it really passes, in seconds; each clock has its own idea of it."""

    passed: float = 0.0
    takes: float = 0.0  # how long a look is on its way, both ways together
    store: "Store" = field(init=False)

    def __post_init__(self) -> None:
        self.store = Store(world=self)

    def node(self, number: int = 0, *, wrong: float = 0.0, fast: float = 0.0) -> TimedStore:
        """One whose time of day is ``wrong`` by so many seconds, and whose steady clock is so much too fast."""
        return TimedStore(
            self.store,
            steady=lambda: self.passed * (1 + fast),
            wall=lambda: START + wrong + self.passed,
            randomness=lambda size: bytes((65 + number,)) * size,
        )


@dataclass
class Store(SharedMemory):
    """One whose clock goes by the world's."""

    world: World = field(default_factory=World)

    def now(self) -> int:
        return round((START + self.world.passed) * 1000) + self.ahead

    async def look(self, *wanted: object, **knobs: object) -> Seen | None:
        self.world.passed += self.world.takes / 2
        seen = await super().look(*wanted, **knobs)  # type: ignore[arg-type]
        self.world.passed += self.world.takes / 2
        return seen


async def _put(node: TimedStore) -> None:
    seen = await node.look(WANTED, token=b"put")
    assert seen is not None
    await node.put([Entry(b"a", b"value", seen.now, 60_000)], token=b"put", era=seen.era)


async def _finds(node: TimedStore) -> bool | None:
    seen = await node.look(WANTED, token=b"find")
    return None if seen is None else seen.found[0].value is not None


async def test_one_begins_and_the_others_join() -> None:
    world = World()
    await _put(world.node(0))
    assert world.store.era == b"A" * 8 + b"+00000000000000"
    for wrong in (0.0, 0.4, -0.4):
        assert await _finds(world.node(1, wrong=wrong))
    assert world.store.era.startswith(b"A")


async def test_who_has_just_started_with_another_time_of_day_begins_anew() -> None:
    world = World()
    old, other = world.node(0), world.node(1, wrong=7.0)
    await _put(old)
    assert await _finds(other) is False
    assert world.store.era == b"B" * 8 + b"-00000000007000"
    assert await _finds(old) is False
    world.passed += 1
    await _put(other)
    assert await _finds(old)
    await _put(old)
    assert await _finds(other)
    assert world.store.era.startswith(b"B")  # they do not take turns in beginning


@pytest.mark.parametrize("seconds", [-3600, -0.6, 0.6, 3600])
async def test_a_step_is_noticed_and_begins_anew(seconds: float) -> None:
    world = World()
    node = world.node()
    await _put(node)
    world.passed += 1
    world.store.step(seconds)
    assert await _finds(node) is None
    assert (node.steps, world.store.values != {}) == (1, True)
    world.store.locks.clear()
    assert await _finds(node) is False
    await _put(node)
    assert await _finds(node)
    assert node.steps == 1


async def test_small_steps_do_not_add_up_unnoticed() -> None:
    world = World()
    node = world.node()
    await _put(node)
    found = list[bool | None]()
    for _ in range(4):
        world.passed += 1
        world.store.step(-0.2)
        found.append(await _finds(node))
    assert found == [True, True, None, False]


async def test_clocks_that_are_not_quite_as_fast_are_followed() -> None:
    world = World()
    node = world.node(fast=1e-4)
    for _ in range(300):
        world.passed += 100
        assert await _finds(node) is not None
    assert node.steps == 0


async def test_a_slow_way_is_no_step() -> None:
    world = World()
    node = world.node()
    await _put(node)
    for takes in (0.0, 0.9, 0.1, 2.0, 0.0):
        world.takes = takes
        assert await _finds(node)
    world.takes = 2.0
    world.store.step(-1)  # which may be the way as well
    assert await _finds(node)
    world.takes = 0.0
    assert await _finds(node) is None


async def test_who_has_not_looked_for_long_is_as_one_that_has_just_started() -> None:
    world = World()
    right, wrong = world.node(0), world.node(1, wrong=7.0)
    await _finds(wrong)
    await _finds(right)
    world.passed += 900
    await _put(right)
    assert world.store.era.startswith(b"A")
    assert await _finds(wrong) is False
    assert world.store.era.startswith(b"B")


async def test_where_no_era_can_begin_nothing_is_believed() -> None:
    world = World()
    node = world.node()
    await _put(node)
    world.store.step(-1)
    begin = world.store.begin

    async def away(old: bytes, new: bytes) -> None:
        """It does not come through."""

    world.store.begin = away  # type: ignore[method-assign]
    assert await _finds(node) is None
    world.passed += 10
    assert await _finds(node) is None
    world.store.begin = begin  # type: ignore[method-assign]
    assert await _finds(node) is False


async def test_of_two_who_begin_at_once_one_does() -> None:
    world = World()
    nodes = [world.node(number) for number in range(3)]
    seen = await asyncio.gather(*(node.look(WANTED, token=b"%d" % number) for number, node in enumerate(nodes)))
    eras = {each.era for each in seen if each is not None}
    assert eras == {world.store.era}


@pytest.mark.parametrize("era", [b"", b"x", b"A" * 8 + b"+0000000000000x", b"A" * 23, b"A" * 8 + b"+00000000900000"])
async def test_an_era_that_nobody_began_is_followed_by_one_that_somebody_does(era: bytes) -> None:
    world = World()
    world.store.era = era
    world.store.values[b"a"] = world.store.now(), b"value", world.store.now() + 60_000
    world.store.eras[b"a"] = era
    node = world.node(1)
    assert await _finds(node) is False
    assert world.store.era.startswith(b"B")


async def test_what_stands_in_a_store_without_an_era_is_begun_again() -> None:
    world = World()
    node = world.node()
    await _put(node)
    world.store.era = b""
    assert await _finds(node) is False
    await _put(node)
    assert await _finds(node)
    assert node.steps == 0


async def test_notes_of_another_time_are_not_told() -> None:
    world = World()
    one, two = world.node(0), world.node(1, wrong=9.0)
    await two.look([], token=b"two")
    await one.look([], token=b"one")
    await two.look([], token=b"two")
    seen = await one.look(WANTED, token=b"one")
    assert seen is not None
    assert seen.found == [Found(holder=b"one")]


def test_half_a_second_is_what_goes_unnoticed() -> None:
    assert SLACK == 500
