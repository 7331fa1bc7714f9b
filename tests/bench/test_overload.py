"""The overload rows come from a real server: the upstream's kind, short."""

from dataclasses import replace
from pathlib import Path

from bench import overload


async def test_beyond_what_the_upstream_bears_some_are_refused_and_the_others_answered(tmp_path: Path) -> None:
    [upstream] = [replace(kind, settling=1) for kind in overload.KINDS if kind.name == "upstream"]
    found = await overload.rows(tmp_path, rounds=1, seconds=1, kinds=(upstream,))
    assert [row.name for row in found] == [
        "overload_goodput",
        "overload_p99_of_deadline",
        "overload_small_caller_refused",
    ]
    goodput, late, small = found
    assert goodput.value is not None
    assert goodput.value > 0.3, "without a queue it is nothing"
    assert late.value is not None
    assert 0 < late.value <= 1
    assert small.value == 0
