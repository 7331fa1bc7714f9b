"""The command: `python -m bench` measures, prints the table, and keeps the figures in bench/latest.json."""

import argparse
import asyncio
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import AsyncExitStack
from itertools import groupby
from pathlib import Path

from rich.console import Console
from rich.markup import escape

from bench import coalescing, profiling
from bench.machine import LOAD, pinned, warning
from bench.plan import Group, Run, UnknownGroupError, chosen
from bench.rows import Row, keep, renewed, table
from bench.served import served

LATEST = Path(__file__).with_name("latest.json")


def options(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """What the command line says."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--only", action="append", default=[], metavar="NAME", help="a group or row; may be repeated")
    parser.add_argument("--rounds", type=int, default=5, help="rounds of each row under load (default 5)")
    parser.add_argument("--seconds", type=int, default=3, help="length of a round (default 3)")
    parser.add_argument(
        "--output", type=Path, help="where the figures are kept (bench/latest.json, if all are measured)"
    )
    parser.add_argument("--strict", action="store_true", help="end with 1 where a figure misses its bound")
    parser.add_argument("--list", action="store_true", help="show what can be measured, and measure nothing")
    parser.add_argument("--profile", action="store_true", help="show where the time of a cached answer goes instead")
    return parser.parse_args(arguments)


async def measured(groups: Sequence[Group], run: Run, say: Callable[[str], None]) -> list[Row]:
    """The rows of ``groups``. Each says what it does before it does it; one that fails leaves the others alone."""
    rows: list[Row] = []
    for sharing, some in groupby(groups, key=lambda group: group.shares):
        async with AsyncExitStack() as stack:
            here = run.at(await stack.enter_async_context(served(run.folder))) if sharing else run
            for group in some:
                say(group.words)
                rows += await _rows(group, here)
    return rows


async def _rows(group: Group, run: Run) -> list[Row]:
    try:
        return await group.measure(run.within(group.name))
    except Exception as error:  # noqa: BLE001 - whatever one group does, the hour that the others took is not lost
        words = f"{type(error).__name__}: {' '.join(str(error).split())}"[:300]
        return [Row(name=name, value=None, unit="", note=words) for name in group.rows]


async def profiled(seconds: float, folder: Path) -> None:
    """Print the dearest functions of both cached rows."""
    for mailboxes in (1, 100):
        print(await profiling.report(folder, mailboxes=mailboxes, seconds=seconds * 3))


def main() -> int:
    """Exit code 0 once the table is printed, whatever it says; 1 with ``--strict`` where a figure misses its bound."""
    given, console = options(), Console()
    if not console.is_terminal:
        console.width = 150  # a file has room for whole rows
    if words := warning():
        console.print(f"[yellow]{words}[/]")
    try:
        groups = chosen(given.only)
    except UnknownGroupError as error:
        console.print(f"[red]{escape(str(error))}[/]")
        return 2
    if given.list:
        console.print("\n".join(_listed(groups)), soft_wrap=True)
        return 0
    coalescing.room_for(coalescing.ASKERS + 100)
    with tempfile.TemporaryDirectory(prefix="busyline-bench-") as folder, pinned(LOAD):
        if given.profile:
            asyncio.run(profiled(given.seconds, Path(folder)))
            return 0
        run = Run(folder=Path(folder), rounds=given.rounds, seconds=given.seconds)
        rows = asyncio.run(measured(groups, run, lambda words: console.print(f"[dim]{words} …[/]")))
    console.print(table(rows))
    keep_figures(rows, given)
    return int(given.strict and not all(row.reached for row in rows))


def _listed(groups: Sequence[Group]) -> Iterator[str]:
    for group in groups:
        yield f"{group.name:20} {', '.join(group.rows)}"


def keep_figures(rows: Sequence[Row], given: argparse.Namespace) -> None:
    """All figures of one run together; of some only where it is said into which file, which keeps its others."""
    if not given.only:
        keep(rows, given.output or LATEST)
    elif given.output is not None:
        keep(renewed(rows, given.output), given.output)


if __name__ == "__main__":
    sys.exit(main())
