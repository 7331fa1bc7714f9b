"""One pair taken up by its name, with both tenants, and whatever fails told in a sentence."""

import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from random import random
from typing import Final

import typer

from console.configuration import Configuration, find
from console.mistakes import did_you_mean
from console.pair.routes_file import Route, RoutesFile
from console.run_troubles import in_words
from console.surroundings import Surroundings, around_of
from console.terminal import WRONG_USAGE, EndingError, configured
from galsync.files.disk import UnreadableError
from galsync.pairs.pair import Pair
from galsync.settings import PairSettings
from galsync.wiring.pairs import Around, pair_of
from protocols.errors import PeerError
from service.runs.holders import this_process
from service.runs.lease import BusyError, Lease

_NONE: Final = "the configuration has no [[pairs]]: see docs/guides/tenant-pairs.md"
_LEASE: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChosenPair:
    """The pair that was named on the command line, and the configuration that it stands in."""

    configuration: Configuration
    path: Path
    directory: Path
    settings: PairSettings
    around: Surroundings


def chosen(context: typer.Context, config: Path | None, name: str) -> ChosenPair:
    """The pair of that name. Raises ConfigurationError, and EndingError where there is none."""
    configuration, directory = configured(config)
    settings = configuration.pair(name)
    if settings is None:
        known = [each.name for each in configuration.pairs]
        words = f'there is no pair "{name}"; {did_you_mean(name, known)}' if known else _NONE
        raise EndingError(words, WRONG_USAGE)
    return ChosenPair(
        configuration=configuration,
        path=find(config),
        directory=directory,
        settings=settings,
        around=around_of(context),
    )


@asynccontextmanager
async def at_work(chosen: ChosenPair) -> AsyncIterator[Pair]:
    """The pair, open. Raises SecretError and EndingError."""
    settings = chosen.settings
    around = Around(
        directory=chosen.directory,
        holder=this_process(),
        clock=chosen.around.clock,
        sleep=asyncio.sleep,
        chance=random,
        serial=lambda: secrets.token_hex(8),
        routes=_routes(chosen),
    )
    try:
        with in_words():
            async with pair_of(chosen.configuration, settings, around) as pair:
                yield pair
    except BusyError as error:
        raise EndingError(str(error)) from None
    except UnreadableError as error:
        raise EndingError(error.words) from None
    except PeerError as error:
        raise EndingError(f"{settings.name} cannot be opened: {error.detail or error.reason.value}") from None


@asynccontextmanager
async def alone(pair: Pair) -> AsyncIterator[Lease]:
    """At most one run of the pair, over all nodes. Raises BusyError."""
    lease = Lease(pair.ledger, f"pair/{pair.name}", this_process(), clock=pair.clock, length=_LEASE)
    await lease.take()
    try:
        async with lease.beating():
            yield lease
    finally:
        await lease.give_back()


def _routes(chosen: ChosenPair) -> RoutesFile | None:
    ends = chosen.settings.ends
    routes = [Route(end.domain, end.connector) for end in ends if end.connector]
    return RoutesFile(chosen.path, routes) if routes else None
