"""The command: `python -m bench` measures, prints the table, and keeps the figures in bench/latest.json."""

import argparse
import asyncio
import sys
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path

from rich.console import Console
from rich.markup import escape

from bench import authentication, cached, coalescing, first_answer, memory, moves, profiling, routes, union
from bench.load import GeneratorMissingError, LoadFailedError
from bench.machine import LOAD, NotStartedError, pinned, warning
from bench.rows import Row, keep, table
from bench.served import Served, WrongAnswerError, served

LATEST = Path(__file__).with_name("latest.json")
_Measure = Callable[[], Awaitable[list[Row]]]


def options() -> argparse.Namespace:
    """What the command line says."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="rounds of each row under load (default 5)")
    parser.add_argument("--seconds", type=int, default=3, help="length of a round (default 3)")
    parser.add_argument("--output", type=Path, default=LATEST, help="where the figures are kept")
    parser.add_argument("--profile", action="store_true", help="show where the time of a cached answer goes instead")
    return parser.parse_args()


async def measured(given: argparse.Namespace, folder: Path, say: Callable[[str], None]) -> list[Row]:
    """Every row, in the order of the table. Each step says what it does before it does it."""
    rows: list[Row] = []
    async with served(folder) as server:
        for words, measure in _steps(server, given):
            say(words)
            rows += await measure()
    say("two calendars of one person")
    rows += await union.rows(folder)
    say(f"a move of {moves.PEOPLE:,} people, again and again")
    rows += await moves.rows(folder, rounds=given.rounds, seconds=given.seconds)
    say("ways among 100,000 addresses and 10,000 domains")
    rows += await routes.rows()
    say("100,000 mailboxes in memory")
    return rows + await memory.rows()


def _steps(server: Served, given: argparse.Namespace) -> list[tuple[str, _Measure]]:
    rounds, seconds = given.rounds, given.seconds
    return [
        (
            f"cached answers under load, {rounds} rounds of {seconds} s, beside a bare handler",
            lambda: cached.rows(server, rounds=rounds, seconds=seconds),
        ),
        ("cached answers with and without authentication", lambda: authentication.rows(server)),
        ("first answers, through the server and past it", lambda: first_answer.rows(server)),
        ("1,000 askers at once", lambda: coalescing.rows(server)),
    ]


async def profiled(given: argparse.Namespace, folder: Path) -> None:
    """Print the dearest functions of both cached rows."""
    for mailboxes in (1, 100):
        print(await profiling.report(folder, mailboxes=mailboxes, seconds=given.seconds * 3))


def main() -> int:
    """Exit code 0 where every figure was measured and keeps its bound, 1 otherwise."""
    given, console = options(), Console()
    if not console.is_terminal:
        console.width = 130  # a file has room for whole rows
    if words := warning():
        console.print(f"[yellow]{words}[/]")
    coalescing.room_for(coalescing.ASKERS + 100)
    try:
        with tempfile.TemporaryDirectory(prefix="busyline-bench-") as folder, pinned(LOAD):
            if given.profile:
                asyncio.run(profiled(given, Path(folder)))
                return 0
            rows = asyncio.run(measured(given, Path(folder), lambda words: console.print(f"[dim]{words} …[/]")))
    except (GeneratorMissingError, LoadFailedError, NotStartedError, WrongAnswerError) as error:
        console.print(f"[red]{escape(str(error))}[/]")
        return 1
    console.print(table(rows))
    keep(rows, given.output)
    return 0 if all(row.reached for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
