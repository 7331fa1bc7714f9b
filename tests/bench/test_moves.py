"""A changed list is in force within a second, in a server that really runs."""

from pathlib import Path

import pytest

from bench.moves import moving, rows, write


async def test_changes_are_in_force_soon(tmp_path: Path) -> None:
    async with moving(tmp_path, 2_000) as reloads:
        await reloads.change()
        await reloads.change()
    assert len(reloads.seconds) == 2
    assert 0 < min(reloads.seconds) <= max(reloads.seconds) < 10


async def test_without_a_generator_the_rows_say_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    found = await rows(tmp_path, rounds=1, seconds=1, people=10)
    assert [(row.name, row.value, row.reached) for row in found] == [
        ("moves_effective_s", None, False),
        ("moves_reload_p99_ratio", None, False),
    ]


def test_the_list_is_replaced_whole(tmp_path: Path) -> None:
    write(tmp_path, 3, "2020-01-01")
    assert (tmp_path / "moved.csv").read_text().splitlines()[:2] == [
        "address,moved_at,batch",
        "mover000000@fabrikam.example,2020-01-01,wave-0",
    ]
    assert [each.name for each in tmp_path.iterdir()] == ["moved.csv"]
