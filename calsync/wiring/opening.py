"""Opens a hub of the settings with all its spokes, and the ledger that it writes into."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any, Final, TypeAlias
from uuid import uuid4

from calsync.hubs import Hub
from calsync.ledger.ledger import Ledger
from calsync.settings import HubSettings, SpokeSettings
from calsync.settings.caldav import CaldavSpoke, IcalSpoke
from calsync.settings.exchange import EwsSpoke
from calsync.settings.google import GoogleAccountSpoke, GoogleSpoke
from calsync.settings.microsoft import GraphAccountSpoke, GraphSpoke
from calsync.spoke import Spoke
from calsync.wiring.caldav import caldav, ical
from calsync.wiring.exchange import ews
from calsync.wiring.google import google, google_account
from calsync.wiring.microsoft import graph, graph_account
from calsync.wiring.parts import Chance, Clock, Part, Rests, Sleep
from calsync.wiring.rules import fingerprint, rules_of
from service.state import opening
from service.state.settings import StateSettings

_Maker: TypeAlias = Callable[[str, Any, Part], Awaitable[Spoke]]
SPOKES: Final[Mapping[type[SpokeSettings], _Maker]] = {
    GoogleSpoke: google,
    GoogleAccountSpoke: google_account,
    GraphSpoke: graph,
    GraphAccountSpoke: graph_account,
    EwsSpoke: ews,
    CaldavSpoke: caldav,
    IcalSpoke: ical,
}


def _number() -> str:
    return str(uuid4())


@asynccontextmanager
async def ledger_of(state: StateSettings, directory: Path, *, clock: Clock) -> AsyncIterator[Ledger]:
    """The memory of all hubs, open for the block. Raises StateError, SecretError."""
    async with opening.opened(state, directory) as database:
        yield Ledger(database, clock=clock)


@asynccontextmanager
async def opened(
    hub: HubSettings,
    directory: Path,
    *,
    clock: Clock,
    sleep: Sleep,
    chance: Chance,
    number: Callable[[], str] = _number,
    rests: Rests | None = None,
) -> AsyncIterator[Hub]:
    """The hub with its spokes, open for the block; nobody is asked anything yet, so that a system that is down keeps
    none of the others from being joined. ``number`` gives a text that is never the same; ``rests`` is what servers
    asked for before.

    Raises SecretError, OSError (a CA file).
    """
    async with AsyncExitStack() as stack:
        part = Part(
            hub=hub,
            directory=directory,
            stack=stack,
            clock=clock,
            sleep=sleep,
            chance=chance,
            number=number,
            rests=rests or Rests(),
        )
        spokes = {name: await SPOKES[type(settings)](name, settings, part) for name, settings in hub.spokes.items()}
        yield Hub(rules=rules_of(hub), spokes=spokes, fingerprint=fingerprint(hub), whole_every=hub.whole_every)
