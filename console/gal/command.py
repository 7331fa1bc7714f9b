"""`busyline gal`: what an operator types about the address-book syncs.

What carries a command out is imported by it alone: a second of the time of every other command, and of no use to it.
"""

import asyncio
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from console.gal.showing import MOST
from console.run_options import ALLOW, Most, Run, Runs, Yes, end
from console.terminal import ConfigOption, EndingError, JsonOption, configured, print_json, screen
from galsync.plans.guards import CHANGES, DELETIONS, EMPTY, SHRINK

app = typer.Typer(no_args_is_help=True, help="Address books: each side finds the other side's people in its own.")

Name = Annotated[str, typer.Argument(metavar="NAME", help="The sync, as [[directory_syncs]] names it.")]


class Guard(StrEnum):
    """The guards that `--allow` lifts, as galsync/plans/guards.py calls them."""

    EMPTY = EMPTY
    SHRINK = SHRINK
    DELETIONS = DELETIONS
    CHANGES = CHANGES


Allow = Annotated[list[Guard] | None, ALLOW]
Whole = Annotated[bool, typer.Option("--whole", help="Read everybody, also where changes would do.")]


@app.command("list")
def listed(context: typer.Context, as_json: JsonOption = False, config: ConfigOption = None) -> None:
    """The syncs, from where to where, and how the last run of each went."""
    from console.gal.listing import show_syncs  # noqa: PLC0415
    from console.surroundings import around_of  # noqa: PLC0415

    configuration, directory = configured(config)
    asyncio.run(show_syncs(configuration, directory, around_of(context), as_json=as_json))


@app.command()
def plan(
    context: typer.Context,
    name: Name,
    allow: Allow = None,
    whole: Whole = False,
    most: Most = MOST,
    as_json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Show what would be written, and why; nothing is."""
    from console.gal.carrying import Wishes, planned  # noqa: PLC0415
    from console.gal.work import chosen  # noqa: PLC0415

    wishes = Wishes(as_json=as_json, allow=_lifted(allow), whole=whole, most=most or None)
    end(planned(chosen(context, config, name), wishes))


@app.command()
def apply(
    context: typer.Context,
    name: Name,
    allow: Allow = None,
    yes: Yes = False,
    whole: Whole = False,
    as_json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Show the plan, ask, and write it."""
    from console.gal.carrying import Wishes, applied  # noqa: PLC0415
    from console.gal.work import chosen  # noqa: PLC0415

    wishes = Wishes(as_json=as_json, yes=yes, allow=_lifted(allow), whole=whole)
    end(applied(chosen(context, config, name), wishes))


@app.command()
def undo(
    context: typer.Context,
    name: Name,
    run: Run = None,
    yes: Yes = False,
    as_json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Take a run back (the last that wrote, where none is named), and pause the sync."""
    from console.gal.carrying import Wishes, undone  # noqa: PLC0415
    from console.gal.work import chosen  # noqa: PLC0415

    end(undone(chosen(context, config, name), run, Wishes(as_json=as_json, yes=yes)))


@app.command()
def purge(
    context: typer.Context, name: Name, yes: Yes = False, as_json: JsonOption = False, config: ConfigOption = None
) -> None:
    """Remove everything that this sync ever made, and nothing else, and pause it."""
    from console.gal.carrying import Wishes, purged  # noqa: PLC0415
    from console.gal.work import chosen  # noqa: PLC0415

    end(purged(chosen(context, config, name), Wishes(as_json=as_json, yes=yes)))


@app.command()
def history(
    context: typer.Context,
    name: Name,
    run: Run = None,
    most: Runs = 50,
    as_json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """The runs of a sync, or each step of one of them."""
    from console.gal.past import show_runs, show_steps  # noqa: PLC0415
    from console.gal.work import chosen  # noqa: PLC0415

    sync = chosen(context, config, name)
    asyncio.run(show_runs(sync, most=most, as_json=as_json) if run is None else show_steps(sync, run, as_json=as_json))


@app.command()
def resume(context: typer.Context, name: Name, as_json: JsonOption = False, config: ConfigOption = None) -> None:
    """End the pause that an undo or a purge began."""
    from console.gal.work import chosen, memory  # noqa: PLC0415

    sync = chosen(context, config, name)

    async def resumed() -> str:
        async with memory(sync) as ledger:
            why = await ledger.paused(name)
            await ledger.resume(name)
            return why

    why = asyncio.run(resumed())
    if as_json:
        print_json({"sync": name, "was_paused": bool(why)})
    else:
        screen().print(f"{name} may run again" if why else f"{name} was not paused")


@app.command()
def mail(context: typer.Context, as_json: JsonOption = False, config: ConfigOption = None) -> None:
    """Send a report to try it to [mail], and tell what the mail server said."""
    from console.gal.trial import tried  # noqa: PLC0415
    from console.surroundings import around_of  # noqa: PLC0415

    configuration, directory = configured(config)
    end(tried(configuration, directory, around_of(context), as_json=as_json))


@app.command()
def keys(file: Annotated[Path, typer.Argument(metavar="FILE", help="A file that is not there yet.")]) -> None:
    """Make keys for sealed files, and print the line that the other side needs of them."""
    from galsync.files import sealed_keys  # noqa: PLC0415
    from galsync.files.disk import UnreadableError  # noqa: PLC0415

    made = sealed_keys.generate()
    try:
        sealed_keys.save(made, file)
    except UnreadableError as error:
        raise EndingError(error.words) from None
    print(made.public.text)


def _lifted(allow: list[Guard] | None) -> frozenset[str]:
    return frozenset(guard.value for guard in allow or ())
