"""One hub taken up by its name, with its spokes, the ledger and the engine, and whatever fails told in a sentence."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from random import random
from typing import Final

import typer

from calsync.engine.engine import Engine
from calsync.engine.moments import Tell, silent
from calsync.hubs import Hub
from calsync.ledger.ledger import Ledger
from calsync.settings import HubSettings
from calsync.wiring.opening import ledger_of, opened
from console.busy import told_who_runs
from console.configuration import Configuration
from console.mistakes import did_you_mean
from console.run_troubles import in_words
from console.surroundings import Surroundings, around_of
from console.terminal import WRONG_USAGE, EndingError, configured
from service.runs.holders import this_process
from service.runs.trying import PausedError

NONE: Final = "the configuration has no [[hubs]]: see docs/guides/calendar-sync.md"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChosenHub:
    """The hub that was named on the command line, and the configuration that it stands in."""

    configuration: Configuration
    directory: Path
    settings: HubSettings
    around: Surroundings

    @property
    def name(self) -> str:
        """As the settings call it."""
        return self.settings.name

    def command(self, word: str) -> str:
        """``busyline calendar`` with ``word``, about this hub."""
        return f"busyline calendar {word} {self.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class HubWork:
    """A hub that is open, and what carries it out."""

    hub: Hub
    ledger: Ledger
    engine: Engine


def chosen(context: typer.Context, config: Path | None, name: str, spokes: Iterable[str] = ()) -> ChosenHub:
    """The hub of that name. Raises ConfigurationError, and EndingError where there is none, or one of ``spokes`` is
    none of it."""
    configuration, directory = configured(config)
    settings = configuration.hub(name)
    if settings is None:
        known = [each.name for each in configuration.hubs]
        words = f'there is no hub "{name}"; {did_you_mean(name, known)}' if known else NONE
        raise EndingError(words, WRONG_USAGE)
    for spoke in spokes:
        if spoke not in settings.spokes:
            words = f'{name} has no spoke "{spoke}"; {did_you_mean(spoke, settings.spokes)}'
            raise EndingError(words, WRONG_USAGE)
    return ChosenHub(configuration=configuration, directory=directory, settings=settings, around=around_of(context))


@asynccontextmanager
async def memory(chosen: ChosenHub) -> AsyncIterator[Ledger]:
    """The ledger alone. Raises SecretError and EndingError."""
    with in_words():
        async with ledger_of(chosen.configuration.state, chosen.directory, clock=chosen.around.clock) as ledger:
            yield ledger


@asynccontextmanager
async def at_work(chosen: ChosenHub, *, tell: Tell = silent) -> AsyncIterator[HubWork]:
    """The hub with its spokes, ledger and engine; nobody is asked yet. Raises SecretError and EndingError."""
    clock = chosen.around.clock
    opening = opened(chosen.settings, chosen.directory, clock=clock, sleep=asyncio.sleep, chance=random)
    try:
        async with memory(chosen) as ledger, opening as hub:
            engine = Engine(hub, ledger, clock=clock, sleep=asyncio.sleep, holder=this_process(), tell=tell)
            async with told_who_runs(ledger, hub.name, chosen.command("history")):
                yield HubWork(hub=hub, ledger=ledger, engine=engine)
    except PausedError as error:
        raise EndingError(f"{error}; `{chosen.command('resume')}` ends the pause") from None
