"""`busyline calendar`: what an operator types about the hubs.

What carries a command out is imported by it alone: a second of the time of every other command, and of no use to it.
"""

import asyncio
from enum import StrEnum
from typing import Annotated

import typer

from calsync.plans.first_sight import MIRRORED, RENAMED
from calsync.plans.guards import CHANGES, CREATIONS, DELETIONS, EMPTY, RESTORED, SHRINK, WITHDRAWALS
from console.gal.showing import MOST
from console.run_options import ALLOW, Most, Run, Runs, Yes, end
from console.terminal import ConfigOption, JsonOption, configured

app = typer.Typer(
    no_args_is_help=True, help="Calendars, or folders of contacts, that stay equal: hubs and their spokes."
)

Name = Annotated[str, typer.Argument(metavar="HUB", help="The hub, as [[hubs]] names it.")]
Spoke = Annotated[str | None, typer.Argument(metavar="[SPOKE]", help="One of its spokes alone.")]


class Guard(StrEnum):
    """The guards that `--allow` lifts, as calsync/plans/guards.py calls them."""

    CREATIONS = CREATIONS
    CHANGES = CHANGES
    DELETIONS = DELETIONS
    WITHDRAWALS = WITHDRAWALS
    SHRINK = SHRINK
    EMPTY = EMPTY
    RESTORED = RESTORED
    RENAMED = RENAMED
    MIRRORED = MIRRORED


Allow = Annotated[list[Guard] | None, ALLOW]
Only = Annotated[
    list[str] | None,
    typer.Option(
        "--only",
        metavar="SPOKE",
        help="Read this spoke alone, and write to all: where another is slow or down; may be given several times.",
    ),
]
Forget = Annotated[
    list[str] | None,
    typer.Option(
        "--forget",
        metavar="SPOKE",
        help="Leave what stands at this spoke, and know of it no more: for a calendar that is gone for good; may be"
        " given several times.",
    ),
]
Whole = Annotated[
    bool, typer.Option("--whole", help="Read everything, also where changes would do, and try again what was refused.")
]


@app.command("list")
def listed(context: typer.Context, as_json: JsonOption = False, config: ConfigOption = None) -> None:
    """The hubs, their spokes and what may be done at each, and how the last run of each went."""
    from console.hubs.listing import show_hubs  # noqa: PLC0415
    from console.surroundings import around_of  # noqa: PLC0415

    configuration, directory = configured(config)
    asyncio.run(show_hubs(configuration, directory, around_of(context), as_json=as_json))


@app.command()
def plan(
    context: typer.Context,
    name: Name,
    allow: Allow = None,
    only: Only = None,
    whole: Whole = False,
    most: Most = MOST,
    as_json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Show what would be written, and why; nothing is."""
    from console.hubs.carrying import Wishes, planned  # noqa: PLC0415
    from console.hubs.work import chosen  # noqa: PLC0415

    hub = chosen(context, config, name, only or ())
    end(planned(hub, Wishes(as_json=as_json, allow=_lifted(allow), only=_read(only), whole=whole, most=most or None)))


@app.command()
def sync(
    context: typer.Context,
    name: Name,
    allow: Allow = None,
    only: Only = None,
    whole: Whole = False,
    yes: Yes = False,
    as_json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Make all spokes equal; the first time, and where a guard stops it, the plan is shown and a question asked."""
    from console.hubs.carrying import Wishes, synced  # noqa: PLC0415
    from console.hubs.work import chosen  # noqa: PLC0415

    hub = chosen(context, config, name, only or ())
    end(synced(hub, Wishes(as_json=as_json, yes=yes, allow=_lifted(allow), only=_read(only), whole=whole)))


@app.command()
def refill(
    context: typer.Context,
    name: Name,
    spoke: Annotated[str, typer.Argument(metavar="SPOKE", help="The spoke that lost its items.")],
    yes: Yes = False,
    as_json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Make again what a spoke lost (deleted by mistake, replaced, restored from a backup), after it was shown."""
    from console.hubs.carrying import Wishes, refilled  # noqa: PLC0415
    from console.hubs.work import chosen  # noqa: PLC0415

    hub = chosen(context, config, name, [spoke])
    end(refilled(hub, Wishes(as_json=as_json, yes=yes, refill=frozenset([spoke]))))


@app.command()
def pause(
    context: typer.Context,
    name: Name,
    spoke: Spoke = None,
    why: Annotated[str, typer.Option("--why", help="The reason, for whoever wonders.")] = "paused by hand",
    as_json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """No run of a hub, or none with one of its spokes, until it is resumed."""
    from console.hubs.pausing import pause as paused  # noqa: PLC0415
    from console.hubs.work import chosen  # noqa: PLC0415

    asyncio.run(
        paused(
            chosen(context, config, name, [spoke] if spoke else ()),
            spoke or "",
            why.strip() or "paused by hand",
            as_json=as_json,
        )
    )


@app.command()
def resume(
    context: typer.Context, name: Name, spoke: Spoke = None, as_json: JsonOption = False, config: ConfigOption = None
) -> None:
    """End the pause of a hub, or of one of its spokes."""
    from console.hubs.pausing import resume as resumed  # noqa: PLC0415
    from console.hubs.work import chosen  # noqa: PLC0415

    asyncio.run(resumed(chosen(context, config, name, [spoke] if spoke else ()), spoke or "", as_json=as_json))


@app.command()
def purge(
    context: typer.Context,
    name: Name,
    forget: Forget = None,
    yes: Yes = False,
    as_json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Remove everything that this hub ever made, and nothing else, and pause it."""
    from console.hubs.carrying import Wishes, purged  # noqa: PLC0415
    from console.hubs.work import chosen  # noqa: PLC0415

    end(purged(chosen(context, config, name), Wishes(as_json=as_json, yes=yes, forget=frozenset(forget or ()))))


@app.command()
def history(
    context: typer.Context,
    name: Name,
    run: Run = None,
    most: Runs = 50,
    as_json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """The runs of a hub, or each step of one of them."""
    from console.hubs.past import show_runs, show_steps  # noqa: PLC0415
    from console.hubs.work import chosen  # noqa: PLC0415

    hub = chosen(context, config, name)
    asyncio.run(show_runs(hub, most=most, as_json=as_json) if run is None else show_steps(hub, run, as_json=as_json))


@app.command()
def why(
    context: typer.Context,
    name: Name,
    item: Annotated[
        str,
        typer.Argument(
            metavar="ITEM",
            help="A part of its title, its key at a spoke, or its UID; of what a spoke does not give (a private item,"
            " say) the whole title.",
        ),
    ],
    removed: Annotated[
        bool, typer.Option("--removed", help="Look for what is gone everywhere, too, where others are called so.")
    ] = False,
    as_json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """The story of an item: where it comes from, where it stands, what was done to it, and why it is not somewhere."""
    from console.hubs.story import told  # noqa: PLC0415
    from console.hubs.work import chosen  # noqa: PLC0415

    end(told(chosen(context, config, name), item, as_json=as_json, removed=removed))


def _lifted(allow: list[Guard] | None) -> frozenset[str]:
    return frozenset(guard.value for guard in allow or ())


def _read(only: list[str] | None) -> frozenset[str] | None:
    return frozenset(only) if only else None
