"""Plans the event of a move: reads the list as if the batch had gone already, and asks every part what it would do."""

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from random import random

from console.configuration import Configuration
from console.event.event import CHANGES, GOES, Direction, Entries, Event, Forwarders, Route
from console.gal.work import Chosen, at_work
from console.moving import AsIf, Lists, movers
from console.surroundings import Surroundings
from console.terminal import EndingError
from galsync.engine.troubles import in_peace
from galsync.forwarding.records import Records
from galsync.forwarding.shifts import Shift
from galsync.people.moved import Mover, UnreadableListError
from galsync.reports.report import RunReport
from galsync.settings.forwarders import ForwarderSettings
from galsync.settings.moves import sides_of
from galsync.side import Failed
from galsync.wiring.forwarding import Forwarding, opened
from galsync.wiring.parts import Lines
from proxy.list_files import ListFileError
from proxy.moves import batches
from proxy.moves.opening import plans_of
from proxy.settings.moves import AttributePeople, GroupPeople, MoveSettings
from routing.stages import NO_PLAN
from service.secrets import resolve
from service.state.database import Database
from service.state.errors import StateError
from service.state.opening import database_url


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """The move and the batch that a command is about; "" for everybody on the list, as the list says it now."""

    configuration: Configuration
    directory: Path
    settings: MoveSettings
    batch: str
    direction: Direction
    around: Surroundings

    @property
    def lists(self) -> Lists:
        """The lists as if the batch had gone; as they are where no file of batches can be written that says so."""
        change = CHANGES[self.direction]
        flips = bool(self.batch) and plans_of(self.settings, self.directory) is not None
        as_if = AsIf(move=self.settings.name, batch=self.batch, change=change) if flips else None
        return Lists(configuration=self.configuration, directory=self.directory, clock=self.around.clock, as_if=as_if)


async def planned(scene: Scene) -> Event:
    """The whole event; nothing is written. Raises EndingError where the list, the state or a part cannot be used."""
    people, everybody = await _movers(scene)
    return Event(
        move=scene.settings.name,
        direction=scene.direction,
        movers=people,
        route=_route(scene, people),
        entries=await _entries(scene, people),
        forwarders=[
            Forwarders(settings=each, shifts=await _shifts(scene, each, people, everybody))
            for each in scene.configuration.move_forwarders
            if each.move == scene.settings.name
        ],
    )


def chosen(scene: Scene, name: str, people: Sequence[Mover]) -> Chosen:
    """The sync of that name, for ``people`` alone and with the list as it will be."""
    sync = scene.configuration.sync(name)
    assert sync is not None  # it was read from there
    only = frozenset(mover.left for mover in people)
    return Chosen(
        configuration=scene.configuration,
        directory=scene.directory,
        settings=sync,
        around=scene.around,
        moving=scene.lists.moving(sync, only=only),
    )


async def forwarders(scene: Scene, settings: ForwarderSettings, stack: AsyncExitStack) -> Forwarding:
    """The forwarder, open until ``stack`` ends. Raises EndingError, SecretError, OSError, StateError."""
    state, directory = scene.configuration.state, scene.directory
    password = resolve(state.password, directory) if state.password else None
    database = await stack.enter_async_context(Database.open(database_url(state, directory), password=password))
    lines = Lines(directory=directory, stack=stack, clock=scene.around.clock, sleep=asyncio.sleep, chance=random)
    records = Records(database, move=settings.move, directory=settings.at, clock=scene.around.clock)
    return await opened(settings, scene.configuration.directories, lines, records)


async def _movers(scene: Scene) -> tuple[list[Mover], frozenset[str]]:
    """Those of the batch, and everybody on the list by the address at the side that is left."""
    try:
        move = (await scene.lists.read([scene.settings.name]))[scene.settings.name]
    except UnreadableListError as error:
        raise EndingError(str(error)) from None
    now = scene.around.clock()
    everybody = frozenset(mover.left for mover in movers(move, now))
    return list(movers(move, now, batch=scene.batch or None)), everybody


def _route(scene: Scene, people: Sequence[Mover]) -> Route:
    path, there = plans_of(scene.settings, scene.directory), scene.direction is Direction.FORTH
    later = sum(mover.there is not there for mover in people) if scene.batch else 0
    if not scene.batch:
        return Route()
    if path is None:
        kept = isinstance(scene.settings.people, GroupPeople | AttributePeople)
        how = "the directory says who has moved" if kept and there else "write batches in [[moves]]"
        return Route(batch=scene.batch, later=later, words=f"no file of batches: {how}")
    try:
        plans = batches.read(path) if path.exists() else {}
    except ListFileError as error:
        raise EndingError(str(error)) from None
    before = plans.get(scene.batch, NO_PLAN)
    after = CHANGES[scene.direction](before, int(scene.around.clock().timestamp()))
    return Route(path=path, batch=scene.batch, before=before, after=after, later=later)


async def _entries(scene: Scene, people: Sequence[Mover]) -> list[Entries]:
    name, found = scene.settings.name, []
    for sync in scene.configuration.directory_syncs:
        if not (sides := sides_of(sync.moves, name)):
            continue
        async with at_work(chosen(scene, sync.name, people)) as work:
            if why := await work.ledger.paused(sync.name):
                words = f"{sync.name} is paused: {why}; `busyline gal resume {sync.name}` ends the pause"
                raise EndingError(words)
            outlook = await work.engine.plan(whole=True)
            report = RunReport.of(work.sync, outlook, begun_at=scene.around.clock())
        found.append(Entries(settings=sync, sides=sides, report=report))
    return sorted(found, key=lambda each: each.sides != {GOES[scene.direction]})


async def _shifts(
    scene: Scene, settings: ForwarderSettings, people: Sequence[Mover], everybody: frozenset[str]
) -> Sequence[Shift] | Failed:
    try:
        async with AsyncExitStack() as stack:
            forwarding = await in_peace(forwarders(scene, settings, stack))
            if isinstance(forwarding, Failed):
                words = f"{settings.at} cannot be opened: {forwarding.words or forwarding.reason.value}"
                return replace(forwarding, words=words)
            return await forwarding.plan(people, listed=everybody)
    except StateError as error:
        raise EndingError(str(error)) from None
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        raise EndingError(f"{where}{error.strerror or error}; mend the path or its permissions") from None
