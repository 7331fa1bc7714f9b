"""Cached answers are compared with a bare handler in the same run, and come from the cache."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from bench.cached import CACHED, Pace, pace, rows, warm
from bench.questions import address, bodies_of_one_afresh, bodies_of_one_repeated, body
from bench.served import WrongAnswerError, served
from tests.needs import program

TODAY = datetime.now(UTC).date()


def test_the_share_is_the_median_of_the_rounds() -> None:
    assert Pace(ours=(10, 30, 50), bare=(100, 100, 100)).share == 0.3
    assert Pace(ours=(10, 20, 90), bare=(100, 100, 100)).words == "20/s of 100/s"


async def test_without_a_generator_the_rows_say_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with served(tmp_path) as server:
        monkeypatch.setenv("PATH", str(tmp_path))
        found = await rows(server, rounds=1, seconds=1)
    assert [(row.name, row.value, row.at_least) for row in found] == [
        ("cached_1", None, 0.42),
        ("cached_1_repeated", None, 0.55),
        ("cached_1_fresh_windows", None, None),
        ("cached_100", None, 0.20),
        ("cached_100_repeated", None, 0.40),
    ]
    assert all("wrk is missing" in row.note for row in found)


async def test_a_short_run(tmp_path: Path) -> None:
    program("wrk")
    async with served(tmp_path) as server:
        [row] = await rows(server, rounds=2, seconds=1, only=[CACHED[1]])
    assert row.name == "cached_1_repeated"
    assert row.value is not None
    assert 0.02 < row.value < 1


async def test_windows_of_their_own_cost_more(tmp_path: Path) -> None:
    program("wrk")
    async with served(tmp_path) as server:
        await warm(server)
        known = await pace(server, bodies_of_one_repeated(TODAY), 1, rounds=1, seconds=1)
        fresh = await pace(server, bodies_of_one_afresh(TODAY), 1, rounds=1, seconds=1)
    assert fresh.ours[0] < known.ours[0]


async def test_what_is_not_cached_is_refused(tmp_path: Path) -> None:
    program("wrk")
    bodies = [body([address(number, "cold")], TODAY) for number in range(300)]
    async with served(tmp_path) as server:
        with pytest.raises(WrongAnswerError, match="not from the cache"):
            await pace(server, bodies, 1, rounds=1, seconds=1)
