"""The command: `python -m bench.soak` asks two million questions while everything fails, and prints what came of it."""

import argparse
import asyncio
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

import uvloop
from rich.console import Console
from rich.markup import escape

from bench.machine import LOAD, NotStartedError, pinned
from bench.rows import table
from bench.soak.figures import QUESTIONS, SECONDS, Soak, soaked

_SAY_EVERY = 10.0  # seconds


def options(arguments: list[str] | None = None) -> argparse.Namespace:
    """What the command line says."""
    parser = argparse.ArgumentParser(prog="python -m bench.soak", description=__doc__)
    parser.add_argument("--questions", type=int, default=QUESTIONS, help=f"how many at most (default {QUESTIONS:,})")
    parser.add_argument("--seconds", type=float, default=SECONDS, help=f"how long at most (default {SECONDS:,.0f})")
    parser.add_argument("--seed", type=int, default=1, help="another order of questions and troubles")
    return parser.parse_args(arguments)


async def soaking(given: argparse.Namespace, folder: Path, console: Console) -> Soak:
    """The soak, told of while it goes on."""
    soak = Soak()

    async def tell() -> None:
        while True:
            await asyncio.sleep(_SAY_EVERY)
            console.print(f"[dim]{soak.tally.words()}; {soak.watch.words()}[/]", highlight=False)

    telling = asyncio.create_task(tell())
    try:
        return await soaked(folder, questions=given.questions, seconds=given.seconds, soak=soak, seed=given.seed)
    finally:
        telling.cancel()
        with suppress(asyncio.CancelledError):
            await telling


def main(arguments: list[str] | None = None) -> int:
    """Exit code 0 where every row keeps its bound, 1 otherwise."""
    given, console = options(arguments), Console()
    if not console.is_terminal:
        console.width = 200
    try:
        with tempfile.TemporaryDirectory(prefix="busyline-soak-") as folder, pinned(LOAD):
            soak = uvloop.run(soaking(given, Path(folder), console))
    except NotStartedError as error:
        console.print(f"[red]{escape(str(error))}[/]")
        return 1
    rows = soak.rows()
    console.print(table(rows))
    for example in (*soak.tally.examples, *soak.calm.examples):
        console.print(f"[red]{escape(example)}[/]")
    return 0 if all(row.reached for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
