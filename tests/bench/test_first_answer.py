"""What is added to a first answer is measured against the same upstream."""

from pathlib import Path

from bench import first_answer
from bench.served import served


async def test_a_first_answer_costs_little_more_than_the_upstream(tmp_path: Path) -> None:
    async with served(tmp_path) as server:
        [row] = await first_answer.rows(server, questions=20)
    assert row.name == "first_answer_added_ms"
    assert row.value is not None
    assert 0 < row.value < 100  # the bound of the row is for a quiet machine
