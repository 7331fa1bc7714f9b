"""The statistics tell what differs from what does not, and the order is by chance."""

import random

from tests.timing.measuring import compared, judged


def test_samples_of_one_kind_are_alike() -> None:
    chance = random.Random(1)
    one, other = ([chance.gauss(100e-6, 10e-6) for _ in range(3000)] for _ in range(2))
    assert not judged(one, other).told_apart


def test_a_difference_of_a_hundredth_is_seen() -> None:
    chance = random.Random(1)
    one = [chance.gauss(100e-6, 5e-6) for _ in range(3000)]
    other = [chance.gauss(101e-6, 5e-6) for _ in range(3000)]
    told = judged(one, other)
    assert told.told_apart
    assert told.t < 0
    assert "TOLD APART" in str(told)


def test_a_machine_that_hesitates_is_no_difference() -> None:
    chance = random.Random(1)
    one, other = ([chance.gauss(100e-6, 5e-6) for _ in range(3000)] for _ in range(2))
    one[::50] = [5e-3] * 60
    assert not judged(one, other).told_apart


async def test_both_are_asked_as_often_in_an_order_by_chance() -> None:
    asked: list[str] = []
    now = iter(range(10_000))

    async def ask(name: str) -> None:
        asked.append(name)

    found = await compared(
        lambda: ask("one"), lambda: ask("other"), pairs=100, chance=random.Random(1), clock=lambda: float(next(now))
    )
    assert asked.count("one") == asked.count("other") == 110
    assert len({tuple(asked[n : n + 2]) for n in range(0, len(asked), 2)}) == 2
    assert not found.told_apart
