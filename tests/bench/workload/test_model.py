"""What is counted is what a cache does: nothing is asked twice in its time, and everything is asked anew after it."""

from datetime import timedelta

import pytest

from bench.workload.asked import Asked, questions
from bench.workload.habits import Habits
from bench.workload.model import Cost, cost


async def counted(*asked: Asked, ttl: float = 60, warming: float = 0, batch: int = 20) -> Cost:
    return await cost(asked, ttl=timedelta(seconds=ttl), warming=warming, seconds=1000, batch=batch)


def at(second: float, *mailboxes: int, first_day: int = 1, days: int = 1) -> Asked:
    return Asked(round(second * 1000), mailboxes, first_day, days)


async def test_other_days_of_the_home_frame_are_known() -> None:
    found = await counted(at(0, 1, 2), at(30, 2, 1, first_day=3, days=7))
    assert (found.questions, found.looked_up, found.calls, found.fetched, found.hits) == (2, 4, 1, 2, 0.5)
    assert found.calls_per_question == 0.5


async def test_what_is_too_old_is_asked_anew() -> None:
    assert (await counted(at(0, 1), at(61, 1))).calls == 2
    assert (await counted(at(0, 1), at(61, 1), ttl=120)).calls == 1


async def test_far_days_are_another_frame() -> None:
    assert (await counted(at(0, 1), at(1, 1, first_day=60))).calls == 2


async def test_many_mailboxes_are_several_calls() -> None:
    assert (await counted(at(0, *range(41)))).calls == 3
    assert (await counted(at(0, *range(41)), batch=50)).calls == 1


async def test_the_warming_is_not_counted_but_fills_the_cache() -> None:
    found = await counted(at(0, 1), at(10, 1), at(11, 2), warming=5)
    assert (found.questions, found.calls, found.fetched) == (2, 1, 1)


async def test_nothing_asked_costs_nothing() -> None:
    found = await counted()
    assert (found.rate, found.calls_per_question, found.hits) == (0, 0, 0)


async def test_a_longer_life_and_more_looks_spare_calls() -> None:
    def asked(looks: float = 3) -> list[Asked]:
        return list(questions(Habits(users=2_000, mailboxes=2_000, looks=looks), seed=3, seconds=1000))

    short, usual, long = [await counted(*asked(), ttl=ttl) for ttl in (15, 60, 600)]
    assert short.calls_per_question > usual.calls_per_question > long.calls_per_question > 0
    assert (await counted(*asked(looks=1))).hits < usual.hits
    assert usual.kept == pytest.approx(usual.fetched * 60 / 1000, abs=1)
