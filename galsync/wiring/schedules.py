"""Runs the syncs of the settings that have a schedule, each opened anew for every run, until it is cancelled."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Final

from galsync.counting import Figures
from galsync.engine.engine import Engine
from galsync.files.disk import UnreadableError
from galsync.ledger.ledger import Ledger
from galsync.mailing import Mailing, When
from galsync.people.moved import Moving
from galsync.reports.report import RunReport
from galsync.schedule import Scheduled
from galsync.service import ROOM, Service
from galsync.settings import GalsyncSettings, SyncSettings
from galsync.settings.mail import MailSettings
from galsync.wiring.mail import reports_by
from galsync.wiring.opening import ledger_of, opened
from galsync.wiring.parts import Chance, Clock, Sleep
from protocols.errors import PeerError
from service.jobs import opening
from service.jobs.cron import Schedule
from service.jobs.job import Jobs
from service.jobs.timetable import Clockwork
from service.runs.trying import UnopenedError, beginning
from service.secrets import resolve
from service.state.opening import database_url

JITTER: Final = timedelta(minutes=1)
"""How late a run may begin, so that all who wrote the same schedule do not ask the same peer at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What runs go by. ``holder`` names this process in the leases; ``number`` gives a text that is never the same.

    ``moving`` gives what tells a sync who has moved, where it names moves.
    """

    directory: Path
    holder: str
    clock: Clock
    sleep: Sleep
    chance: Chance
    number: Callable[[], str]
    moving: Callable[[SyncSettings], Moving | None] = lambda sync: None
    jitter: timedelta = JITTER


@asynccontextmanager
async def jobs_of(settings: GalsyncSettings, around: Around, figures: Figures) -> AsyncIterator[Jobs]:
    """Whoever starts the syncs that have a schedule; ``figures`` are told of each run.

    Raises SecretError (of [state] and [mail]) and StateError; what a sync itself lacks is told when it runs.
    """
    directory, state = around.directory, settings.state
    mailing = _mailing(settings.mail, around) if settings.mail else None
    password = resolve(state.password, directory) if state.password else None
    async with ledger_of(state, directory, clock=around.clock) as ledger:
        syncs = {
            sync.name: Scheduled(run=partial(_run, settings, sync, ledger, around), schedule=_schedule(sync))
            for sync in settings.scheduled
        }
        service = Service(syncs, ledger, figures=figures, clock=around.clock, mailing=mailing, keep=state.keep)
        await service.remember()
        works = Clockwork(clock=around.clock, sleep=around.sleep, random=around.chance, jitter=around.jitter)
        url = database_url(state, directory)
        async with opening.opened(url, service.jobs(), works, room=ROOM, password=password) as jobs:
            yield jobs


def _schedule(sync: SyncSettings) -> Schedule | None:
    return sync.schedule and replace(sync.schedule, zone=sync.zone)


async def _run(settings: GalsyncSettings, sync: SyncSettings, ledger: Ledger, around: Around) -> RunReport:
    """One run. Raises UnopenedError, and what ``Engine.apply`` raises."""
    clock, sleep = around.clock, around.sleep
    try:
        moving = around.moving(sync)
        opening = opened(
            settings, sync, around.directory, clock=clock, sleep=sleep, chance=around.chance, moving=moving
        )
        with beginning():
            async with opening as whole:
                engine = Engine(whole, ledger, clock=clock, sleep=sleep, holder=around.holder, random=around.chance)
                return await engine.apply()
    except PeerError as error:
        raise UnopenedError(f"{sync.target} cannot be opened: {error.reason.value}") from None
    except UnreadableError as error:
        raise UnopenedError(error.words) from None


def _mailing(settings: MailSettings, around: Around) -> Mailing:
    return Mailing(reports_by(settings, around.directory, clock=around.clock, number=around.number), When(settings.on))
