"""Many askers of the same thing reach the upstream once."""

from pathlib import Path

from bench import coalescing
from bench.served import served


async def test_a_crowd_is_one_call(tmp_path: Path) -> None:
    async with served(tmp_path) as server:
        [row] = await coalescing.rows(server, askers=50, delay=0.5)
    assert row.name == "coalesced_upstream_calls"
    assert row.value == 1
    assert row.reached
