"""The command: `python -m bench.workload write|cost|table|replay` (see docs/scale.md)."""

import argparse
import asyncio
import sys
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import fields
from datetime import timedelta
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.table import Table

from bench.machine import LOAD, NotStartedError, pinned
from bench.served import served
from bench.workload.asked import questions
from bench.workload.capacity import NODES, SEED, TTLS, USERS, Line, by_nodes, by_spans, by_users
from bench.workload.file import NoWorkloadError, head, read, write
from bench.workload.habits import Habits
from bench.workload.model import Cost, cost
from bench.workload.replay import TooSlowError, replay

_NUMBERS: Final = [each for each in fields(Habits) if each.name != "spans"]


def options(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """What the command line says."""
    parser = argparse.ArgumentParser(prog="python -m bench.workload", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    writing = commands.add_parser("write", help="write questions into a file")
    writing.add_argument("file", type=Path)
    writing.add_argument("--seed", type=int, default=SEED)
    writing.add_argument("--minutes", type=float, default=40)
    for each in _NUMBERS:
        option = f"--{each.name.replace('_', '-')}"
        writing.add_argument(option, type=type(each.default), default=each.default)
    costing = commands.add_parser("cost", help="what the questions of a file cost the calendar systems")
    costing.add_argument("file", type=Path)
    costing.add_argument("--ttl", type=float, default=60, help="seconds that an answer is kept (default 60)")
    costing.add_argument("--warming", type=float, default=10, help="minutes that are not counted (default 10)")
    costing.add_argument("--batch", type=int, default=20, help="mailboxes in a call at most (default 20)")
    tabling = commands.add_parser("table", help="the tables of docs/scale.md")
    tabling.add_argument("--seed", type=int, default=SEED)
    tabling.add_argument("--most-users", type=int, default=USERS[-1])
    asking = commands.add_parser("replay", help="ask a server of this machine what is in a file")
    asking.add_argument("file", type=Path)
    asking.add_argument("--speed", type=float, default=1, help="times as fast as it was asked (default 1)")
    asking.add_argument("--ttl", type=float, default=60, help="seconds of the file that an answer is kept (default 60)")
    asking.add_argument("--most", type=int, default=100_000, help="questions at most (default 100,000)")
    return parser.parse_args(arguments)


def written(given: argparse.Namespace) -> int:
    """Write a file."""
    habits = Habits(**{each.name: getattr(given, each.name) for each in _NUMBERS})
    seconds = given.minutes * 60
    asked = questions(habits, seed=given.seed, seconds=seconds)
    count = write(given.file, asked, habits=habits, seed=given.seed, seconds=seconds)
    print(f"{count:,} questions of {given.minutes:g} minutes in {given.file}")
    return 0


def costed(given: argparse.Namespace) -> int:
    """Count what a file costs."""
    found = asyncio.run(
        cost(
            read(given.file),
            ttl=timedelta(seconds=given.ttl),
            warming=given.warming * 60,
            seconds=head(given.file)["seconds"],
            batch=given.batch,
        )
    )
    print(_words(found))
    return 0


def tabled(given: argparse.Namespace) -> int:
    """Print the tables."""
    console = Console(width=120)
    users = [each for each in USERS if each <= given.most_users]
    console.print(_drawn("users and time to live", asyncio.run(by_users(users, TTLS, seed=given.seed))))
    some = min(10_000, users[-1])
    console.print(_drawn("habits", asyncio.run(by_spans(some, seed=given.seed))))
    console.print(_drawn("nodes without a second level", asyncio.run(by_nodes(some, NODES, seed=given.seed))))
    return 0


def replayed(given: argparse.Namespace) -> int:
    """Ask a server of its own, on this machine."""
    head(given.file)
    with tempfile.TemporaryDirectory(prefix="busyline-workload-") as folder, pinned(LOAD):
        print(asyncio.run(_replayed(given, Path(folder))))
    return 0


async def _replayed(given: argparse.Namespace, folder: Path) -> str:
    async with served(folder, ttl=f"{given.ttl / given.speed:.3f}s") as server:
        found = await replay(server, read(given.file), speed=given.speed, most=given.most)
    p50, p99 = found.p50_p99
    count = len(found.took) + found.wrong.total()
    wrong = ", ".join(f"{number} × {what}" for what, number in found.wrong.most_common(5)) or "all answered whole"
    return (
        f"{count:,} questions in {found.seconds:.1f} s, {wrong}; median {p50 * 1000:.2f} ms, "
        f"p99 {p99 * 1000:.2f} ms; {found.calls / max(1, count):.3f} upstream calls a question"
    )


def _words(found: Cost) -> str:
    return (
        f"{found.rate:.2f} questions/s, {found.looked_up / max(1, found.questions):.1f} mailboxes each; "
        f"{found.hits:.1%} of the mailboxes from the cache; {found.calls_per_question:.3f} upstream calls a question; "
        f"{found.kept:,} answers kept at a time"
    )


def _drawn(title: str, lines: Iterable[Line]) -> Table:
    table = Table(title=title, box=None, pad_edge=False)
    table.add_column("who", no_wrap=True)
    for heading in ("kept for", "questions/s", "mailboxes each", "from the cache", "calls a question", "answers kept"):
        table.add_column(heading, justify="right")
    for line in lines:
        found = line.cost
        table.add_row(
            line.who,
            f"{line.ttl.total_seconds():g} s",
            f"{found.rate:,.2f}",
            f"{found.looked_up / max(1, found.questions):.1f}",
            f"{found.hits:.1%}",
            f"{found.calls_per_question:.3f}",
            f"{found.kept:,}",
        )
    return table


_COMMANDS: Final = {"write": written, "cost": costed, "table": tabled, "replay": replayed}


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit code 0, or 1 with words where the file or the server is not what it should be."""
    given = options(arguments)
    try:
        return _COMMANDS[given.command](given)
    except (NoWorkloadError, NotStartedError, OSError, TooSlowError, ValueError) as error:
        print(error, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
