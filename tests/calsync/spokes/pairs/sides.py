"""The calendars that a pair is made of: each a simulated system with somebody who works in it, by its name."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Generic, TypeAlias

from protocols.model.event import Event
from tests.calsync.spokes.exchange_calendar_world import world
from tests.calsync.spokes.google_calendar_world import workspace
from tests.calsync.spokes.graph_calendar_world import mailbox
from tests.calsync.spokes.pairs import raw
from tests.calsync.spokes.test_ics import Publisher, subscription
from tests.contracts.spoke_world import C, Stage


def no_time(time: timedelta) -> None:
    """A system whose clock nobody looks at."""


def no_mails() -> Sequence[object]:
    """A system that has no mails to tell of."""
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Side(Generic[C]):
    """``stage`` with its user. ``pass_`` lets time pass there. ``mails`` are those that the system has sent, or would
    have. ``plant`` enters what is strange there, as the system itself has it; the key of each, by its name."""

    stage: Stage[C]
    pass_: Callable[[timedelta], None] = no_time
    mails: Callable[[], Sequence[object]] = no_mails
    plant: Callable[[], Mapping[str, str]] = dict


Staged: TypeAlias = Callable[[], AbstractAsyncContextManager[Side[Event]]]


@asynccontextmanager
async def google() -> AsyncIterator[Side[Event]]:
    """A Google calendar."""
    async with workspace() as there:
        yield Side(
            stage=there.stage(),
            mails=lambda: there.store.mails,
            plant=lambda: raw.google(there.store, there.calendar),
        )


@asynccontextmanager
async def graph() -> AsyncIterator[Side[Event]]:
    """A calendar in Microsoft 365."""
    async with mailbox() as there:
        yield Side(stage=there.stage(), mails=lambda: there.desk.mails, plant=lambda: raw.graph(there.desk))


@asynccontextmanager
async def ews() -> AsyncIterator[Side[Event]]:
    """A calendar on an Exchange server."""
    async with world() as there:
        stage = Stage(spoke=there.calendar(), user=there.anna, wire=there.wire, expire=there.desk.expire)
        yield Side(
            stage=stage,
            pass_=there.clock.pass_,
            mails=lambda: there.desk.mails,
            plant=lambda: raw.exchange(there.desk, there.anna.folder),
        )


@asynccontextmanager
async def public() -> AsyncIterator[Side[Event]]:
    """A public folder on an Exchange server."""
    async with world() as there:
        stage = Stage(spoke=there.public(), user=there.team, wire=there.wire, expire=lambda: None)
        yield Side(
            stage=stage,
            pass_=there.clock.pass_,
            mails=lambda: there.desk.mails,
            plant=lambda: raw.exchange(there.desk, there.team.folder),
        )


@asynccontextmanager
async def ics() -> AsyncIterator[Side[Event]]:
    """A published file, which is only read."""
    publisher = Publisher()
    stage = Stage(spoke=subscription(publisher), user=publisher, wire=list, expire=lambda: None)
    yield Side(stage=stage, plant=lambda: raw.published(publisher.events))


WRITABLE: Final[Mapping[str, Staged]] = {"google": google, "graph": graph, "ews": ews, "public": public}
SIDES: Final[Mapping[str, Staged]] = {**WRITABLE, "ics": ics}
PAIRS: Final = [(one, other) for one in SIDES for other in WRITABLE if one != other]
"""Where something is entered, and where its copy is made."""
