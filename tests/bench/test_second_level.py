"""What one node fetched, another answers without asking, and the figure says what that adds."""

from pathlib import Path

from bench import second_level
from tests.needs import program


async def test_the_second_node_asks_nobody(tmp_path: Path) -> None:
    program("redis-server")
    added, calls = await second_level.rows(tmp_path, questions=10)
    assert (added.name, calls.name) == second_level.NAMES
    assert calls.value == 0
    assert added.value is not None
    assert -100 < added.value < 1000  # the bound of the row is for a quiet machine
    assert added.at_most == 1
