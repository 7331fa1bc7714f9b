"""The command: `python -m bench.chaos` plays every scenario, or those named, and says of each what held."""

import argparse
import sys
import tempfile
from pathlib import Path

import uvloop
from rich.console import Console
from rich.markup import escape

from bench.chaos.scenarios import SCENARIOS
from bench.chaos.trial import Outcome, Scenario, tried
from bench.machine import LOAD, pinned

QUESTIONS = 400


def options(arguments: list[str] | None = None) -> argparse.Namespace:
    """What the command line says."""
    parser = argparse.ArgumentParser(prog="python -m bench.chaos", description=__doc__)
    names = [scenario.name for scenario in SCENARIOS]
    parser.add_argument("--only", action="append", choices=names, metavar="NAME", help="play this one; may be repeated")
    parser.add_argument("--list", action="store_true", help="say what there is, and play nothing")
    parser.add_argument("--questions", type=int, default=QUESTIONS, help=f"of each phase (default {QUESTIONS})")
    return parser.parse_args(arguments)


def played(scenario: Scenario, questions: int) -> Outcome:
    """One scenario in a folder and an event loop of its own."""
    with tempfile.TemporaryDirectory(prefix="busyline-chaos-") as folder, pinned(LOAD):
        return uvloop.run(tried(scenario, Path(folder), questions=questions))


def told(outcome: Outcome, console: Console) -> None:
    """What held and what did not."""
    for check in outcome.checks:
        verdict = "[green]held  [/]" if check.held else "[red]failed[/]"
        console.print(f"  {verdict} {escape(check.words)} [dim]({escape(check.seen)})[/]", highlight=False)
    for example in outcome.examples:
        console.print(f"         [red]{escape(example)}[/]", highlight=False)


def main(arguments: list[str] | None = None) -> int:
    """Exit code 0 where everything held, 1 otherwise; what the machine lacks is said, and is no failure."""
    given, console = options(arguments), Console()
    if not console.is_terminal:
        console.width = 240
    held = True
    for scenario in SCENARIOS:
        if given.only and scenario.name not in given.only:
            continue
        console.print(f"[bold]{scenario.name}[/]: {escape(scenario.holds)}", highlight=False)
        if given.list:
            continue
        if lacking := scenario.lacks():
            console.print(f"  [yellow]not played: install {lacking}[/]")
            continue
        outcome = played(scenario, given.questions)
        told(outcome, console)
        held = held and outcome.held
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
