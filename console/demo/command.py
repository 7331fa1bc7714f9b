"""`busyline demo`: its options; what it shows is loaded when it is asked for, since it brings the simulation along."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from console.terminal import FOUND_WRONG
from service import logs

_ERRORS_ONLY = 40


def command(
    once: Annotated[bool, typer.Option("--once", help="End after the answers; 1 if one of them is wrong.")] = False,
    picture: Annotated[Path | None, typer.Option(help="Save the second answer as a picture (SVG).")] = None,
) -> None:
    """A whole merger on this machine: simulated Exchange, Microsoft 365 and Google, the proxy, and six questions."""
    from console.demo.show import show  # noqa: PLC0415  no other command loads the simulation

    lines = logs.configure("console", level=_ERRORS_ONLY)
    try:
        wrong = asyncio.run(show(once=once, picture=picture))
    finally:
        lines.flush()
    if wrong:
        raise typer.Exit(FOUND_WRONG)
