"""What the commands of all syncs share: the options that they are called with, and how they end."""

import asyncio
from collections.abc import Coroutine
from typing import Annotated, Any, Final, TypeAlias

import typer

from console.terminal import FOUND_WRONG

LARGEST: Final = 2**63 - 1
"""What the state database can number."""
Run: TypeAlias = Annotated[
    int | None,
    typer.Argument(metavar="[RUN]", min=1, max=LARGEST, help="The number of a run, as the history tells it."),
]
Runs: TypeAlias = Annotated[int, typer.Option("--most", min=1, max=LARGEST, metavar="N", help="How many runs.")]
Most: TypeAlias = Annotated[
    int, typer.Option("--most", min=0, max=LARGEST, metavar="N", help="How many steps are drawn; 0: all.")
]
Yes: TypeAlias = Annotated[bool, typer.Option("--yes", help="Do it without asking.")]
ALLOW: Final = typer.Option("--allow", help="Lift this guard for this once; may be given several times.")
"""The option behind which the guards of a sync stand."""


def end(work: Coroutine[Any, Any, bool]) -> None:
    """Does ``work``, and ends the command with what it found. Raises typer.Exit where that is not well."""
    if not asyncio.run(work):
        raise typer.Exit(FOUND_WRONG)
