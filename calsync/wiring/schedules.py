"""Runs the hubs of the settings by their schedules and by what servers tell of changes, until it is cancelled."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace

from calsync.counting import Figures
from calsync.ledger.ledger import Ledger
from calsync.notices.hook import Hook
from calsync.schedule import Scheduled
from calsync.service import ROOM, Heard, Service
from calsync.settings import CalsyncSettings, HubSettings
from calsync.wiring.around import Around
from calsync.wiring.notices import listening
from calsync.wiring.open_hub import OpenHub
from calsync.wiring.opening import ledger_of
from service.addresses import ListenAddress
from service.jobs import opening
from service.jobs.job import Jobs
from service.jobs.timetable import Clockwork
from service.runs.together import side_by_side
from service.secrets import resolve
from service.state.opening import database_url


@dataclass(frozen=True, slots=True, kw_only=True)
class Serving:
    """All hubs of one process; ``addresses`` are where it listens for what servers tell."""

    jobs: Jobs
    service: Service
    addresses: tuple[ListenAddress, ...] = ()

    async def serve(self) -> None:
        """As :class:`service.jobs.job.Jobs` has it."""
        await side_by_side((self.jobs.serve(), self.service.attending.serve()))


@asynccontextmanager
async def jobs_of(settings: CalsyncSettings, around: Around, figures: Figures) -> AsyncIterator[Serving]:
    """Whoever starts the hubs; ``figures`` are told of each run.

    Raises SecretError (of [state]), StateError, CertificateError and OSError (of [hub_notifications]); what a hub
    itself lacks is told when it runs.
    """
    directory, state, notices = around.directory, settings.state, settings.hub_notifications
    password = resolve(state.password, directory) if state.password else None
    heard = Heard(public_url=notices.public_url, random=around.random) if notices is not None else None
    async with AsyncExitStack() as stack:
        ledger = await stack.enter_async_context(ledger_of(state, directory, clock=around.clock))
        hubs = {hub.name: _scheduled(hub, ledger, around, stack) for hub in settings.hubs}
        service = Service(
            hubs,
            ledger,
            figures=figures,
            clock=around.clock,
            sleep=around.sleep,
            heard=heard,
            keep=state.keep,
        )
        await service.remember()
        addresses = await _listening(settings, service, ledger, around, figures, stack)
        works = Clockwork(clock=around.clock, sleep=around.sleep, random=around.chance, jitter=around.jitter)
        url = database_url(state, directory)
        jobs = opening.opened(url, service.jobs(), works, room=ROOM, password=password)
        yield Serving(jobs=await stack.enter_async_context(jobs), service=service, addresses=addresses)


def _scheduled(hub: HubSettings, ledger: Ledger, around: Around, stack: AsyncExitStack) -> Scheduled:
    doing = OpenHub(hub, ledger, around)
    stack.push_async_callback(doing.close)
    return Scheduled(
        doing=doing,
        schedule=replace(hub.schedule, zone=hub.zone),
        notices=hub.notices,
        unseen=hub.first == "by itself",
    )


async def _listening(
    settings: CalsyncSettings,
    service: Service,
    ledger: Ledger,
    around: Around,
    figures: Figures,
    stack: AsyncExitStack,
) -> tuple[ListenAddress, ...]:
    if settings.hub_notifications is None:
        return ()
    names = {hub.name for hub in settings.hubs}

    async def find(name: str) -> Hook | None:
        hook = await ledger.hook(name)
        return hook if hook is not None and hook.hub in names else None

    door = listening(
        settings.hub_notifications,
        around.directory,
        find=find,
        heard=service.attending.heard,
        clock=around.clock,
        figures=figures,
    )
    return (await stack.enter_async_context(door)).addresses
