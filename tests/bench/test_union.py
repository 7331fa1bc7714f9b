"""Two calendars are asked side by side."""

from pathlib import Path

from bench import union


async def test_a_union_is_measured_beside_its_slower_side(tmp_path: Path) -> None:
    [row] = await union.rows(tmp_path, questions=5)
    assert row.name == "union_added_ms"
    assert row.at_most == 5
    assert row.value is not None
    assert row.value < 30  # one after the other, the quicker side would add all of its own time
