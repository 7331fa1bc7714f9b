"""What is added to a first answer is measured against the same upstream."""

from pathlib import Path

import pytest

from bench import first_answer
from bench.load import LoadFailedError
from bench.served import served


async def test_a_first_answer_costs_little_more_than_the_upstream(tmp_path: Path) -> None:
    async with served(tmp_path) as server:
        added, p99 = await first_answer.rows(server, rounds=1, seconds=1, rate=20)
    assert (added.name, added.at_most) == ("first_answer_added_ms", 1.5)
    assert (p99.name, p99.at_most) == ("first_answer_p99_ms", 6)
    assert added.value is not None
    assert p99.value is not None
    assert added.value < p99.value < 5000  # the bounds of the rows are for a quiet machine


async def test_an_upstream_that_cannot_keep_up_is_no_figure(tmp_path: Path) -> None:
    async with served(tmp_path) as server:
        await server.delay_upstream(2)
        with pytest.raises(LoadFailedError, match="not every question was answered"):
            await first_answer.rows(server, rounds=1, seconds=1, rate=20)
