"""One sync taken up by its name, with the ledger and the engine, and whatever fails told in a sentence."""

import asyncio
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from random import random
from typing import Final

import typer

from console.configuration import Configuration
from console.gal.busy import who_runs
from console.mistakes import did_you_mean
from console.moving import Lists
from console.terminal import WRONG_USAGE, EndingError, configured
from galsync.engine.engine import Engine, PausedError
from galsync.engine.holders import this_process
from galsync.engine.lease import BusyError, LeaseLostError
from galsync.engine.moments import Tell, silent
from galsync.files.disk import UnreadableError
from galsync.ledger.ledger import Ledger, RunOverError
from galsync.people.moved import Moving
from galsync.settings import SyncSettings
from galsync.syncs import Sync
from galsync.wiring.opening import ledger_of, opened
from protocols.errors import PeerError
from service.state.errors import StateError

_NONE: Final = "the configuration has no [[directory_syncs]]: see docs/guides/address-books.md"


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Where a command runs: the clock (aware, UTC), and whether somebody is there who can be asked."""

    clock: Callable[[], datetime]
    asks: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """The sync that was named on the command line, and the configuration that it stands in.

    ``moving`` tells it who has moved, where that is not what the lists of the configuration say.
    """

    configuration: Configuration
    directory: Path
    settings: SyncSettings
    around: Surroundings
    moving: Moving | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """A sync that is open, and what carries it out."""

    sync: Sync
    ledger: Ledger
    engine: Engine


def around_of(context: typer.Context) -> Surroundings:
    """What was handed to the command, or the real one."""
    return (
        context.obj
        if isinstance(context.obj, Surroundings)
        else Surroundings(partial(datetime.now, UTC), sys.stdin.isatty())
    )


def chosen(context: typer.Context, config: Path | None, name: str) -> Chosen:
    """The sync of that name. Raises ConfigurationError, and EndingError where there is none."""
    configuration, directory = configured(config)
    settings = configuration.sync(name)
    if settings is None:
        known = [each.name for each in configuration.directory_syncs]
        words = f'there is no sync "{name}"; {did_you_mean(name, known)}' if known else _NONE
        raise EndingError(words, WRONG_USAGE)
    return Chosen(configuration=configuration, directory=directory, settings=settings, around=around_of(context))


@asynccontextmanager
async def memory(chosen: Chosen) -> AsyncIterator[Ledger]:
    """The ledger alone. Raises SecretError and EndingError."""
    try:
        async with ledger_of(chosen.configuration.state, chosen.directory, clock=chosen.around.clock) as ledger:
            yield ledger
    except StateError as error:
        raise EndingError(str(error)) from None


@asynccontextmanager
async def at_work(chosen: Chosen, *, tell: Tell = silent) -> AsyncIterator[Work]:
    """The sync with its sources, target, ledger and engine. Raises SecretError and EndingError."""
    clock = chosen.around.clock
    lists = Lists(configuration=chosen.configuration, directory=chosen.directory, clock=clock)
    opening = opened(
        chosen.configuration,
        chosen.settings,
        chosen.directory,
        clock=clock,
        sleep=asyncio.sleep,
        chance=random,
        moving=chosen.moving or lists.moving(chosen.settings),
    )
    try:
        async with memory(chosen) as ledger, opening as sync:
            engine = Engine(sync, ledger, clock=clock, sleep=asyncio.sleep, holder=this_process(), tell=tell)
            try:
                yield Work(sync=sync, ledger=ledger, engine=engine)
            except BusyError:
                raise EndingError(await who_runs(ledger, sync.name)) from None
    except PausedError as error:
        raise EndingError(f"{error}; `busyline gal resume {chosen.settings.name}` ends the pause") from None
    except (LeaseLostError, RunOverError, StateError) as error:
        raise EndingError(str(error)) from None
    except UnreadableError as error:
        raise EndingError(error.words) from None
    except PeerError as error:
        words = error.detail or error.reason.value
        raise EndingError(f"{chosen.settings.target} cannot be opened: {words}") from None
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        raise EndingError(f"{where}{error.strerror or error}; mend the path or its permissions") from None
