"""The command: `python -m bench.workload write|cost|table|replay` (see docs/scale.md)."""

import argparse
import asyncio
import sys
import tempfile
from collections.abc import Iterable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.table import Table

from bench.machine import LOAD, NotStartedError, pinned
from bench.served import served
from bench.workload.arguments import NUMBERS, options
from bench.workload.asked import questions
from bench.workload.capacity import NODES, TTLS, USERS, Line, by_nodes, by_spans, by_users
from bench.workload.file import NoWorkloadError, head, read, write
from bench.workload.habits import Habits
from bench.workload.model import Cost, cost
from bench.workload.replay import Replayed, TooSlowError, replay

_SERVER: Final = 1  # exit codes: the server is not what it should be
_ASKED: Final = 2  # or what was asked for cannot be


def written(given: argparse.Namespace) -> int:
    """Write a file."""
    habits = Habits(**{name: getattr(given, name) for name in NUMBERS})
    seconds = given.minutes * 60
    asked = questions(habits, seed=given.seed, seconds=seconds)
    count = write(given.file, asked, habits=habits, seed=given.seed, seconds=seconds)
    print(f"{count:,} questions of {given.minutes:g} minutes in {given.file}")
    return 0


def costed(given: argparse.Namespace) -> int:
    """Count what a file costs. Raises NoWorkloadError, also where nothing is left after the warming."""
    seconds = head(given.file)["seconds"]
    if given.warming * 60 >= seconds:
        raise NoWorkloadError(
            f"--warming {given.warming:g} leaves nothing of the {seconds / 60:g} minutes in {given.file}: "
            f"write less, for example --warming {seconds / 240:g}"
        )
    found = asyncio.run(
        cost(
            read(given.file),
            ttl=timedelta(seconds=given.ttl),
            warming=given.warming * 60,
            seconds=seconds,
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
    if next(read(given.file), None) is None:
        raise NoWorkloadError(f"{given.file} holds no question: write one with more --users or --minutes")
    with tempfile.TemporaryDirectory(prefix="busyline-workload-") as folder, pinned(LOAD):
        print(asyncio.run(_replayed(given, Path(folder))))
    return 0


async def _replayed(given: argparse.Namespace, folder: Path) -> str:
    async with served(folder, ttl=f"{given.ttl / given.speed:.3f}s") as server:
        found = await replay(server, read(given.file), speed=given.speed, most=given.most)
    count = len(found.took) + found.wrong.total()
    wrong = ", ".join(f"{number} × {what}" for what, number in found.wrong.most_common(5)) or "all answered whole"
    return (
        f"{count:,} questions in {found.seconds:.1f} s, {wrong}; {_times(found)}; "
        f"{found.calls / max(1, count):.3f} upstream calls a question"
    )


def _times(found: Replayed) -> str:
    if len(found.took) < 2:
        return f"{len(found.took)} whole answers, too few for a median"
    p50, p99 = found.p50_p99
    return f"median {p50 * 1000:.2f} ms, p99 {p99 * 1000:.2f} ms"


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
    """Exit code 0; 1 with words where the server is not what it should be, 2 where what was asked for cannot be."""
    given = options(arguments)
    try:
        return _COMMANDS[given.command](given)
    except NoWorkloadError as error:
        print(error, file=sys.stderr)
        return _ASKED
    except (NotStartedError, OSError, TooSlowError) as error:
        print(error, file=sys.stderr)
        return _SERVER


if __name__ == "__main__":
    sys.exit(main())
