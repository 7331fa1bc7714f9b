"""`busyline moves plan|apply`, and the way back: a move as one event.

What carries a command out is imported by it alone, as it is of `busyline gal`.
"""

from pathlib import Path
from typing import Annotated

import typer

from console.terminal import FOUND_WRONG, ConfigOption, JsonOption

MoveArgument = Annotated[str, typer.Argument(metavar="MOVE", help="The name of the move in the configuration.")]
Batch = Annotated[str, typer.Argument(metavar="BATCH", help="The batch.")]
AnyBatch = Annotated[str, typer.Argument(metavar="[BATCH]", help="The batch; else everybody, as the list says now.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do it without asking.")]
Back = Annotated[bool, typer.Option("--back", help="What roll-back would do.")]


def plan(
    context: typer.Context,
    move: MoveArgument,
    batch: AnyBatch = "",
    back: Back = False,
    as_json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Show what moving a batch does: the route, the entries at both sides, the forwarders. Nothing is written.

    Exit code 1 where something stands in the way.
    """
    from console.event.asking import Manner, shown  # noqa: PLC0415

    _end(shown(context, config, move, batch, Manner(back=back, as_json=as_json)))


def apply(
    context: typer.Context,
    move: MoveArgument,
    batch: Batch,
    yes: Yes = False,
    as_json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Show it, ask, and move the batch now: the route first, then the entries that go, the forwarders, those that come.

    Killed in between, the same command goes on from there. Exit code 1 where not all of it was done.
    """
    from console.event.asking import Manner, applied  # noqa: PLC0415

    _end(applied(context, config, move, batch, Manner(as_json=as_json, yes=yes)))


def roll_back(
    context: typer.Context, move: str, batch: str, *, yes: bool, as_json: bool, config: Path | None
) -> None:  # fmt: skip
    """Show it, ask, and take all of it back."""
    from console.event.asking import Manner, applied  # noqa: PLC0415

    _end(applied(context, config, move, batch, Manner(back=True, as_json=as_json, yes=yes)))


def _end(well: bool) -> None:
    if not well:
        raise typer.Exit(FOUND_WRONG)
