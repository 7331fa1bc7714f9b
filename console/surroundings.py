"""Where a command runs: tests hand it another clock and another operator."""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

import typer


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Where a command runs: the clock (aware, UTC), and whether somebody is there who can be asked."""

    clock: Callable[[], datetime]
    asks: bool


def around_of(context: typer.Context) -> Surroundings:
    """What was handed to the command, or the real one."""
    return (
        context.obj
        if isinstance(context.obj, Surroundings)
        else Surroundings(partial(datetime.now, UTC), sys.stdin.isatty())
    )
