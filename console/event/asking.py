"""Shows the event of a move, asks whoever is there, and has it done."""

import asyncio
from dataclasses import dataclass
from pathlib import Path

import typer

from console.consent import able_to_ask
from console.event.carrying import carried_out
from console.event.event import Direction, Event
from console.event.planning import Scene, planned
from console.event.showing import show, show_json
from console.moves import known_batch, named_move
from console.surroundings import around_of
from console.terminal import WRONG_USAGE, EndingError, configured, screen
from service import logs


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How a command was called."""

    back: bool = False
    as_json: bool = False
    yes: bool = False


def shown(context: typer.Context, config: Path | None, move: str, batch: str, manner: Manner) -> bool:
    """Draws what would be done: whether nothing is in its way. Raises EndingError."""
    scene = _scene(context, config, move, batch, manner)
    if manner.back and not batch:
        raise EndingError("a batch is rolled back, not a whole move: write its name", WRONG_USAGE)
    event = _quiet(scene)
    if manner.as_json:
        show_json(event)
    else:
        show(event)
    return not event.stops


def applied(context: typer.Context, config: Path | None, move: str, batch: str, manner: Manner) -> bool:
    """Shows it, asks, and does it: whether all of it was done. Raises EndingError."""
    scene = _scene(context, config, move, batch, manner)
    able_to_ask(asks=scene.around.asks, yes=manner.yes, as_json=manner.as_json, look="`busyline moves plan`")
    event = _quiet(scene)
    if not manner.as_json:
        show(event)
    if event.stops:
        raise EndingError("nothing was done: " + "; ".join(event.stops))
    if event.route.words and not event.route.flips:
        _without_route(event)
    if event.writes and not manner.yes and not typer.confirm(f"{event.direction.value} {batch}: do all of this?"):
        raise EndingError("nothing was done")
    tell = (lambda words: None) if manner.as_json else lambda words: screen().print(words, soft_wrap=True)
    done = asyncio.run(carried_out(event, scene, tell))
    if manner.as_json:
        show_json(event, done)
    if done.words:
        raise EndingError(f"{done.words}; what was done stands, and the same command goes on from there")
    return True


def _without_route(event: Event) -> None:
    """A batch that nobody can flip must not have its mail sent on: only where a directory flips it, all is well."""
    waiting = sum(mover.there is not (event.direction is Direction.FORTH) for mover in event.movers)
    if event.direction is Direction.BACK or waiting == len(event.movers):
        raise EndingError(f"nothing was done: {event.route.words}")


def _scene(context: typer.Context, config: Path | None, move: str, batch: str, manner: Manner) -> Scene:
    configuration, directory = configured(config)
    settings = named_move(configuration, move)
    if batch:
        known_batch(configuration, directory, settings, batch)
    return Scene(
        configuration=configuration,
        directory=directory,
        settings=settings,
        batch=batch,
        direction=Direction.BACK if manner.back else Direction.FORTH,
        around=around_of(context),
    )


def _quiet(scene: Scene) -> Event:
    """The plan; what a part logs while it is read does not stand between its lines."""
    lines = logs.configure("console", level=40)
    try:
        return asyncio.run(planned(scene))
    finally:
        lines.flush()
