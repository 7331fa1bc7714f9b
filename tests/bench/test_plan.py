"""Groups are chosen by name, each of them says what it gives, and one that fails leaves the others alone."""

import argparse
import json
from pathlib import Path

import pytest

from bench import __main__ as command
from bench.load import LoadFailedError
from bench.plan import GROUPS, Group, Run, UnknownGroupError, chosen
from bench.rows import Row, keep

ROW = Row(name="good", value=1, unit="calls", at_most=2)


async def good(_: Run) -> list[Row]:
    return [ROW]


async def bad(_: Run) -> list[Row]:
    raise LoadFailedError("no\nsuch luck")


def group(name: str, measure: object) -> Group:
    return Group(name=name, rows=(name,), words=f"{name} …", measure=measure)  # type: ignore[arg-type]


def test_all_are_chosen_where_none_is_named() -> None:
    assert chosen([]) == list(GROUPS)


def test_no_row_is_given_twice() -> None:
    names = [name for each in GROUPS for name in each.rows]
    assert len(set(names)) == len(names)


def test_a_group_is_chosen_by_its_name_or_that_of_a_row() -> None:
    assert [each.rows for each in chosen(["cached_100"])] == [("cached_100",)]
    assert len(chosen(["cached"])) == 5
    assert [each.name for each in chosen(["davmail_rate_32", "memory"])] == ["davmail", "memory"]


def test_a_strange_name_is_told() -> None:
    with pytest.raises(UnknownGroupError, match="cahced is not measured; there are authentication, "):
        chosen(["cahced"])


async def test_what_fails_is_a_row_that_says_why(tmp_path: Path) -> None:
    said: list[str] = []
    run = Run(folder=tmp_path, rounds=1, seconds=1)
    rows = await command.measured([group("bad", bad), group("good", good)], run, said.append)
    assert [(row.name, row.value, row.note) for row in rows] == [
        ("bad", None, "LoadFailedError: no such luck"),
        ("good", 1, ""),
    ]
    assert said == ["bad …", "good …"]


async def test_groups_that_share_a_server_get_the_same(tmp_path: Path) -> None:
    seen: list[str] = []

    async def asks(run: Run) -> list[Row]:
        seen.append(run.shared.url)
        return []

    sharing = [Group(name=name, rows=(name,), words=name, measure=asks, shares=True) for name in "ab"]
    await command.measured(sharing, Run(folder=tmp_path, rounds=1, seconds=1), lambda _: None)
    assert len(seen) == 2
    assert len(set(seen)) == 1


def test_figures_of_some_go_only_where_it_is_said(tmp_path: Path) -> None:
    path = tmp_path / "figures.json"
    keep([Row(name="other", value=3, unit="s")], path)
    command.keep_figures([ROW], argparse.Namespace(only=["good"], output=None))
    command.keep_figures([ROW], argparse.Namespace(only=["good"], output=path))
    assert [each["name"] for each in json.loads(path.read_text(encoding="utf-8"))] == ["other", "good"]
    command.keep_figures([ROW], argparse.Namespace(only=[], output=path))
    assert [each["name"] for each in json.loads(path.read_text(encoding="utf-8"))] == ["good"]
