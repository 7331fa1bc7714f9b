"""`busyline pair`: what an operator types about two tenants that are prepared for each other.

What carries a command out is imported by it alone: a second of the time of every other command, and of no use to it.
"""

import asyncio
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from console.gal.showing import MOST
from console.run_options import Yes, end
from console.terminal import ConfigOption, JsonOption
from galsync.pairs.pieces import Part

app = typer.Typer(no_args_is_help=True, help="Two tenants of Microsoft 365, prepared for each other in one stroke.")

Name = Annotated[str, typer.Argument(metavar="NAME", help="The pair, as [[pairs]] names it.")]


class Only(StrEnum):
    """The parts of a pair, as galsync/pairs/pieces.py calls them."""

    CONTACTS = Part.CONTACTS.value
    GROUPS = Part.GROUPS.value
    ACCOUNTS = Part.ACCOUNTS.value
    SHARING = Part.SHARING.value
    ROUTES = Part.ROUTES.value


Parts = Annotated[
    list[Only] | None, typer.Option("--only", help="This part alone, at any time; may be given several times.")
]
Most = Annotated[int, typer.Option("--most", min=0, metavar="N", help="How many entries are drawn; 0: all.")]


@app.command()
def plan(
    context: typer.Context,
    name: Name,
    only: Parts = None,
    most: Most = MOST,
    as_json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Show what would be done, in which order, and why; nothing is."""
    from console.pair.carrying import Wishes, shown  # noqa: PLC0415
    from console.pair.work import chosen  # noqa: PLC0415

    end(shown(chosen(context, config, name), Wishes(as_json=as_json, only=_parts(only), most=most or None)))


@app.command()
def apply(
    context: typer.Context,
    name: Name,
    only: Parts = None,
    yes: Yes = False,
    as_json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Show the plan, ask, and do it; what was killed is gone on with."""
    from console.pair.carrying import Wishes, applied  # noqa: PLC0415
    from console.pair.work import chosen  # noqa: PLC0415

    end(applied(chosen(context, config, name), Wishes(as_json=as_json, yes=yes, only=_parts(only))))


@app.command()
def undo(
    context: typer.Context, name: Name, yes: Yes = False, as_json: JsonOption = False, config: ConfigOption = None
) -> None:
    """Take back all that this pair did, and nothing else."""
    from console.pair.carrying import Wishes, undone  # noqa: PLC0415
    from console.pair.work import chosen  # noqa: PLC0415

    end(undone(chosen(context, config, name), Wishes(as_json=as_json, yes=yes)))


@app.command()
def users(
    context: typer.Context,
    name: Name,
    file: Annotated[Path | None, typer.Option("--csv", metavar="FILE", help="Write them there.")] = None,
    as_json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """List the source's users as CSV, for the migration tool and [[moves]]."""
    from console.pair.users import list_users  # noqa: PLC0415
    from console.pair.work import chosen  # noqa: PLC0415

    asyncio.run(list_users(chosen(context, config, name), file=file, as_json=as_json))


def _parts(only: list[Only] | None) -> frozenset[Part]:
    return frozenset(Part(each.value) for each in only or Only)
