"""One sync taken up by its name, with the ledger and the engine, and whatever fails told in a sentence."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from random import random
from typing import Final

import typer

from console.busy import told_who_runs
from console.configuration import Configuration
from console.mistakes import did_you_mean
from console.moving import Lists
from console.run_troubles import in_words
from console.surroundings import Surroundings, around_of
from console.terminal import WRONG_USAGE, EndingError, configured
from galsync.engine.engine import Engine
from galsync.engine.moments import Tell, silent
from galsync.files.disk import UnreadableError
from galsync.ledger.ledger import Ledger
from galsync.people.moved import Moving
from galsync.settings import SyncSettings
from galsync.syncs import Sync
from galsync.wiring.opening import ledger_of, opened
from protocols.errors import PeerError
from service.runs.holders import this_process
from service.runs.trying import PausedError
from service.state.errors import StateError

_NONE: Final = "the configuration has no [[directory_syncs]]: see docs/guides/address-books.md"


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
        with in_words():
            async with memory(chosen) as ledger, opening as sync:
                engine = Engine(sync, ledger, clock=clock, sleep=asyncio.sleep, holder=this_process(), tell=tell)
                async with told_who_runs(ledger, sync.name, f"busyline gal history {sync.name}"):
                    yield Work(sync=sync, ledger=ledger, engine=engine)
    except PausedError as error:
        raise EndingError(f"{error}; `busyline gal resume {chosen.settings.name}` ends the pause") from None
    except UnreadableError as error:
        raise EndingError(error.words) from None
    except PeerError as error:
        words = error.detail or error.reason.value
        raise EndingError(f"{chosen.settings.target} cannot be opened: {words}") from None
