"""Opens a pair of tenants of the settings: both ends, its syncs, its memory, and the lease that keeps others out."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from galsync.engine.engine import Engine
from galsync.ledger.ledger import Ledger
from galsync.pairs.pair import Pair, PairSync
from galsync.pairs.pieces import Part as PairPart
from galsync.pairs.pieces import Piece
from galsync.pairs.record import Record
from galsync.settings import GalsyncSettings, PairSettings, SyncSettings
from galsync.settings.clouds import ExchangeOnlineDirectory, GraphDirectory
from galsync.settings.directories import DirectorySettings
from galsync.settings.files import PowershellDirectory
from galsync.settings.pair_syncs import discovering, every_sync_of, groups_there, syncs_of
from galsync.settings.pairs import EndSettings
from galsync.sides.admin_cmdlets_pace import CmdletPace
from galsync.sides.tenant_end import TenantEnd, Wanted, Ways
from galsync.syncs import Sync
from galsync.wiring.opening import opened
from galsync.wiring.parts import Chance, Clock, Part, Sleep
from galsync.wiring.targets import unknown_password
from protocols.graph.cmdlets import Endpoint
from protocols.http import Send
from service.clouds import at_graph
from service.secrets import resolve
from service.state.database import Database
from service.state.opening import database_url


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What a pair is opened with. ``directory`` is that of the configuration, ``holder`` names this process in the
    leases, ``serial`` gives a text that is never the same, and ``routes`` is what adds routes, None without."""

    directory: Path
    holder: str
    clock: Clock
    sleep: Sleep
    chance: Chance
    serial: Callable[[], str]
    routes: Piece | None = None


@asynccontextmanager
async def pair_of(settings: GalsyncSettings, pair: PairSettings, around: Around) -> AsyncIterator[Pair]:
    """The pair, open for the block. Raises StateError, SecretError, OSError (a CA file), UnreadableError (keys), and
    PeerError where a target has to be asked what it can do."""
    state, clock = settings.state, around.clock
    password = resolve(state.password, around.directory) if state.password else None
    async with AsyncExitStack() as stack:
        url = database_url(state, around.directory)
        database = await stack.enter_async_context(Database.open(url, password=password))
        ledger = Ledger(database, clock=clock)
        people = await _opened(settings, discovering(pair), around, stack)
        syncs = [
            people if sync == discovering(pair) else await _opened(settings, sync, around, stack)
            for sync in syncs_of(pair)
        ]
        former = _former(settings, pair, ledger, around, stack)
        source, destination = pair.ends
        yield Pair(
            name=pair.name,
            source=await _end("source", source, destination, pair, settings, around, stack),
            destination=await _end("destination", destination, source, pair, settings, around, stack),
            syncs=tuple(_at_work(pair, sync, ledger, around) for sync in syncs),
            former=tuple([_at_work(pair, sync, ledger, around) async for sync in former]),
            people=people.feeds[0],
            record=Record(database, clock=clock),
            ledger=ledger,
            clock=clock,
            sharing=pair.sharing != "none",
            policy=pair.sharing == "policy",
            licences=pair.accounts.licences if pair.accounts else (),
            account_domain=pair.account_domain,
            routes=around.routes,
            routes_wanted=pair.routes,
        )


async def _former(
    settings: GalsyncSettings, pair: PairSettings, ledger: Ledger, around: Around, stack: AsyncExitStack
) -> AsyncIterator[Sync]:
    """Syncs that are switched off and have written something: an undo takes that back, too."""
    asked = {sync.name for sync in syncs_of(pair)}
    for sync in every_sync_of(pair):
        if sync.name not in asked and (await ledger.places(sync.name) or await ledger.unfinished(sync.name)):
            yield await _opened(settings, sync, around, stack)


async def _opened(settings: GalsyncSettings, sync: SyncSettings, around: Around, stack: AsyncExitStack) -> Sync:
    clock, sleep, chance = around.clock, around.sleep, around.chance
    opening = opened(settings, sync, around.directory, clock=clock, sleep=sleep, chance=chance)
    return await stack.enter_async_context(opening)


def _at_work(pair: PairSettings, sync: Sync, ledger: Ledger, around: Around) -> PairSync:
    part = PairPart.GROUPS if sync.name == groups_there(pair) else PairPart.CONTACTS
    engine = Engine(sync, ledger, clock=around.clock, sleep=around.sleep, holder=around.holder)
    return PairSync(part=part, sync=sync, engine=engine)


async def _end(
    key: str,
    end: EndSettings,
    other: EndSettings,
    pair: PairSettings,
    settings: GalsyncSettings,
    around: Around,
    stack: AsyncExitStack,
) -> TenantEnd:
    directory, exchange = settings.directories[end.directory], settings.directories[end.exchange]
    assert isinstance(directory, GraphDirectory)  # the settings see to it
    part = Part(
        sync=discovering(pair),
        directories=settings.directories,
        directory=around.directory,
        stack=stack,
        clock=around.clock,
        sleep=around.sleep,
        chance=around.chance,
    )
    graph, api_url = await at_graph(directory, part.outgoing(directory), repeatable=False)
    ways = Ways(
        graph=graph,
        api_url=api_url,
        cmdlets=await _cmdlets(exchange, part),
        folder=_folder(exchange, pair, around.directory),
        stamp_at=directory.stamp,
        anchors=other.directory,
        clock=around.clock,
        sleep=around.sleep,
        password=unknown_password,
        serial=around.serial,
    )
    return TenantEnd(f"{key} ({end.directory})", end.domain, _wanted(pair, other), ways)


def _wanted(pair: PairSettings, other: EndSettings) -> Wanted:
    accounts = pair.accounts
    return Wanted(
        pair=pair.name,
        partner=other.domain,
        detail=pair.detail,
        individual=pair.individual.detail if pair.individual else "",
        sign_in_domain=pair.account_domain,
        location=accounts.usage_location if accounts else "",
        enabled=accounts.enabled if accounts else False,
    )


async def _cmdlets(exchange: DirectorySettings, part: Part) -> tuple[Send, Endpoint] | None:
    if not isinstance(exchange, ExchangeOnlineDirectory):
        return None
    pace = CmdletPace(clock=part.clock, sleep=part.sleep)
    send = pace.paced(await part.exchange_online(exchange))
    return send, Endpoint(api_url=exchange.exchange, tenant=exchange.tenant)


def _folder(exchange: DirectorySettings, pair: PairSettings, directory: Path) -> Path:
    return directory / exchange.folder / pair.name if isinstance(exchange, PowershellDirectory) else directory
