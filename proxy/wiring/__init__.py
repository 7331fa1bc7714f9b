"""The only place where names are wired together: settings in, a proxy out that listens and answers."""

from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from certs.acme_order import CHALLENGE_PATH
from protocols.ews.manner import EXCHANGE, Manner
from protocols.model.mailbox import Mailbox
from proxy import certificates
from proxy.automatic_replies import Source
from proxy.capture.recorder import Recorder
from proxy.connector import Clock, Connector, utc_now
from proxy.directory import Directory
from proxy.federation import Federation
from proxy.fragments import Fragments
from proxy.fronts.autodiscover import Directions
from proxy.fronts.challenges import ChallengeFront
from proxy.fronts.desk import Desk
from proxy.fronts.entrance import Entrance
from proxy.fronts.health import HealthFront, MetricsFront
from proxy.hops import Circles, Loopless, hop_of
from proxy.layers.cache import AnswerStore
from proxy.layers.veil import Veil
from proxy.ledger.witness import Witness
from proxy.manners import manner_of
from proxy.moves.board import Board
from proxy.routes import ways_of
from proxy.server import Front, Listener, Server
from proxy.settings import ProxySettings
from proxy.settings.callers import CallerSettings
from proxy.settings.certificate import CertificateNone
from proxy.split_brain import SplitBrain
from proxy.wiring.automatic_replies import replies_of, reply_sources
from proxy.wiring.capture import recorder
from proxy.wiring.dialects import House, dialects
from proxy.wiring.directories import Directories, directories
from proxy.wiring.door import count, limits
from proxy.wiring.exchange_front import EWS_PATH, SOAP_PATH, directions_to, exchange_front
from proxy.wiring.federation_trust import FederationTrust, federation_trust
from proxy.wiring.gate import Entry, client_authorities, entry
from proxy.wiring.ledger import witness
from proxy.wiring.movers import Sources
from proxy.wiring.moves import Following, follow
from proxy.wiring.rules import rules_of
from proxy.wiring.stacks import Shared, connector
from proxy.wiring.tls import ServerTls, server_tls
from proxy.wiring.tokens import token_fronts
from routing.policy import Policy
from routing.rules import Rule, Rules
from service.addresses import ListenAddress
from service.door import Door
from service.metrics import Metrics

_GRACE: Final = timedelta(seconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Own:
    """One caller's part: what it may do, and how it is served."""

    policy: Policy
    desk: Desk


def build(
    settings: ProxySettings,
    *,
    directory: Path,
    clock: Clock = utc_now,
    connectors: Mapping[str, Connector] | None = None,
    listen: bool = True,
) -> "Proxy":
    """A proxy for ``settings``, whose file references are relative to ``directory``.

    ``connectors`` replaces those of the settings, by name. Without ``listen`` it opens no door: for asking in process.
    """
    return Proxy(settings, directory=directory, clock=clock, connectors=connectors or {}, listen=listen)


class Proxy:
    """An asynchronous context: inside, it answers. Leaving it lets answers under way finish.

    Entering raises SecretError, CertificateError, ListFileError or OSError (an address in use, a CA file missing), in
    words; making it ListFileError.
    """

    def __init__(
        self,
        settings: ProxySettings,
        *,
        directory: Path,
        clock: Clock,
        connectors: Mapping[str, Connector],
        listen: bool,
    ) -> None:
        self.settings = settings
        self.metrics = Metrics()
        cache = settings.cache
        self.store = AnswerStore(
            mailboxes=cache.mailboxes, memory=cache.memory, ttl=cache.ttl, negative_ttl=cache.negative_ttl
        )
        self.ways = ways_of(settings, directory)
        self.table = self.ways.table
        self._circles = Circles(hop_of(settings.server.public_url))
        self._fragments = Fragments(cache.fragments)
        self._directory, self._clock, self._given, self._listen = directory, clock, connectors, listen
        self._stack = AsyncExitStack()
        self._owns: dict[str, _Own] = {}
        self.connectors: dict[str, Connector] = {}
        self.directories: Directories | None = None
        self._federations: dict[tuple[timedelta, frozenset[str]], Federation] = {}
        self._replies: dict[str, Source] = {}
        self._ready = False
        self._rules: tuple[Rule, ...] = ()
        self._witness: Witness | None = None
        self._split: SplitBrain | None = None
        self.recorder: Recorder | None = None
        self.addresses: tuple[ListenAddress, ...] = ()
        self.paths: tuple[str, ...] = ()
        self.metrics_addresses: tuple[ListenAddress, ...] = ()
        self.plain_addresses: tuple[ListenAddress, ...] = ()
        self._certificate = ServerTls()
        self._trust: FederationTrust | None = None
        self.ca: Path | None = None

    async def __aenter__(self) -> Self:
        try:
            await self._open()
        except BaseException:
            await self._stack.aclose()
            raise
        self._ready = True
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ready = False
        await self._stack.aclose()

    @property
    def url(self) -> str:
        """Where it really listens, with the scheme; the first address."""
        scheme = "http" if isinstance(self.settings.server.certificate, CertificateNone) else "https"
        return f"{scheme}://{self.addresses[0]}"

    @property
    def metrics_url(self) -> str | None:
        """Where the metrics really are; None where they are served nowhere."""
        return f"http://{self.metrics_addresses[0]}" if self.metrics_addresses else None

    def reload_certificate(self) -> None:
        """Look at once whether there is another certificate; connections and the rest of the settings stay."""
        self._certificate.bell.ring()

    def asker(self, name: str) -> Connector:
        """What the caller ``name`` would be answered, policy and deadline included. Raises KeyError."""
        return self._owns[name].desk.connector

    def policy(self, name: str) -> Policy:
        """What the caller ``name`` may do. Raises KeyError."""
        return self._owns[name].policy

    async def _open(self) -> None:
        self._count()
        self._rules = rules_of(self.settings.rules, self._directory)
        if self._listen:  # what an operator asks in process is no caller's look-up
            self._witness = await witness(
                self.settings, self._directory, clock=self._clock, metrics=self.metrics, stack=self._stack
            )
        way_in = await entry(self.settings, self._directory, self._stack, clock=self._clock)
        self.connectors = await self._connectors()
        self.directories = await directories(
            self.settings,
            self._directory,
            self._stack,
            ways=self.ways,
            clock=self._clock,
            metrics=self.metrics,
            without=self._given,
            circles=self._circles,
        )
        self.moves, self._split = await self._follow(self.directories.by_name)
        self._replies = await reply_sources(
            self.settings, self._directory, self._stack, clock=self._clock, without=self._given
        )
        for caller in self.settings.callers:
            self._owns[caller.name] = self._own(
                caller, self._federation(caller.deadline or self.settings.server.deadline, frozenset(caller.never_via))
            )
        if self._listen:
            tokens = token_fronts(way_in.own, way_in.clients, way_in.addresses, way_in.admission)
            self._trust = federation_trust(self.settings, self._directory, clock=self._clock, stack=self._stack)
            await self._listen_everywhere(way_in.entrance, {**tokens, **self._federated(way_in)})

    async def _follow(self, known: Mapping[str, Directory]) -> tuple[Board, SplitBrain | None]:
        """The people who move, and who sees both sides of them; ``known``: the directories that may say who does."""
        settings, stack = self.settings, self._stack
        sources = Sources(settings.connectors, known, self._directory, stack, clock=self._clock)
        following = Following(
            directory=self._directory,
            ways=self.ways,
            clock=self._clock,
            metrics=self.metrics,
            stack=stack,
            source=sources.source,
        )
        return await follow(settings.moves, following, keep=self._listen)

    async def _connectors(self) -> dict[str, Connector]:
        shared = Shared(
            directory=self._directory, store=self.store, metrics=self.metrics, clock=self._clock, hop=self._circles.hop
        )
        return {
            name: self._given.get(name) or await connector(name, settings, shared, self._stack)
            for name, settings in self.settings.connectors.items()
        }

    def _federation(self, deadline: timedelta, never_via: frozenset[str]) -> Federation:
        """Callers with one deadline, and with the same connectors never asked for them, share one."""
        key = deadline, never_via
        if (found := self._federations.get(key)) is None:
            found = Federation(
                ways=self.ways,
                connectors=self.connectors,
                deadline=deadline,
                never_via=never_via,
                observer=self._split.saw if self._split else None,
            )
            self._stack.push_async_callback(partial(found.close, grace=_GRACE))
            self._federations[key] = found
        return found

    def _own(self, caller: CallerSettings, federation: Federation) -> _Own:
        policy = Policy(
            may_ask=caller.may_ask,
            sees=caller.sees,
            unknown_as=caller.unknown_as,
            rooms=self.settings.rooms.match,
            rooms_see=caller.rooms_see,
            rules=Rules(self._rules, caller.name, self.table) if self._rules else None,
        )
        replies = replies_of(caller, policy, self.ways, self._replies, settings=self.settings, clock=self._clock)
        desk = self._desk(policy, federation, manner_of(caller))
        return _Own(policy=policy, desk=desk if replies is None else replace(desk, replies=replies))

    def _desk(self, policy: Policy, federation: Federation, manner: Manner = EXCHANGE) -> Desk:
        veil = Veil(federation, policy=policy, table=self.table, clock=self._clock)
        groups, rooms = self.directories.of_caller(veil, policy, federation) if self.directories else (veil, None)
        loopless = Loopless(groups, self._circles)
        return Desk(connector=loopless, manner=manner, fragments=self._fragments, witness=self._witness, rooms=rooms)

    def _guests(self, name: str) -> Callable[[Mailbox], Desk]:
        """See :class:`proxy.wiring.dialects.House`."""
        federation = self._federation(self.settings.server.deadline, frozenset())
        rules = Rules(self._rules, name, self.table) if self._rules else None
        may = partial(Policy, unknown_as="unknown", rooms=self.settings.rooms.match, rules=rules)
        return lambda mailbox: self._desk(may(may_ask=(mailbox.address,)), federation)

    async def _listen_everywhere(self, entrance: Entrance, tokens: Mapping[str, Front]) -> None:
        server = self.settings.server
        authorities = client_authorities(self.settings, self._directory)
        tls = server_tls(server, self._directory, clock=self._clock, client_authorities=authorities)
        tls.count(self.metrics)
        certificates.count(self.settings, self._directory, self.metrics, self._clock)
        doubts = [each.doubts for each in (tls, self._trust, self._witness) if each is not None]
        health = HealthFront(lambda: self._ready, doubts=lambda: [each for told in doubts for each in told()])
        watching: dict[str, Front] = {"/healthz": health, "/readyz": health}
        inner = self._server({**watching, "/metrics": MetricsFront(self.metrics.exposition)})
        metrics_door = Door(inner.handle, server.metrics_listen)
        self.metrics_addresses = (await self._stack.enter_async_context(metrics_door)).addresses
        manners = {name: own.desk.manner for name, own in self._owns.items()}
        self.recorder = await recorder(self.settings, self._directory, manners, clock=self._clock, stack=self._stack)
        house = self._house(entrance)
        exchange, spoken = exchange_front(house, self._directions()), dialects(house)
        fronts = {**watching, **exchange.paths, **tokens, **spoken.paths}
        outer = self._server(fronts, {**exchange.prefixes, **spoken.prefixes}, self.recorder)
        self.ca, self._certificate, self.paths = tls.ca, tls, outer.paths
        challenges = self._server({}, {CHALLENGE_PATH: ChallengeFront(tls.answers)})
        plain = Door(challenges.handle, server.plain_listen, limits=limits(server))
        self.plain_addresses = (await self._stack.enter_async_context(plain)).addresses
        await self._stack.enter_async_context(tls.kept())
        door = Door(outer.handle, server.listen, tls=tls.context, limits=limits(server))
        count(door, self.metrics)
        self.addresses = (await self._stack.enter_async_context(door)).addresses
        self._stack.callback(self._stop_being_ready)

    def _house(self, entrance: Entrance) -> House:
        return House(
            settings=self.settings,
            directory=self._directory,
            entrance=entrance,
            desks={name: own.desk for name, own in self._owns.items()},
            guests=self._guests,
            clock=self._clock,
            metrics=self.metrics,
            stack=self._stack,
        )

    def _server(
        self,
        fronts: Mapping[str, Front],
        prefixes: Mapping[str, Front] | None = None,
        listener: Listener | None = None,
    ) -> Server:
        return Server(fronts, prefixes=prefixes, metrics=self.metrics, clock=self._clock, listener=listener)

    def _federated(self, way_in: Entry) -> dict[str, Front]:
        """The addresses of organisation relationships, where there is a federation trust."""
        if (trust := self._trust) is None:
            return {}
        trust.count(self.metrics)
        desks = {name: own.desk for name, own in self._owns.items()}
        return trust.fronts(
            (EWS_PATH, SOAP_PATH),
            entrance=way_in.entrance,
            addresses=way_in.addresses,
            desks=desks,
            directions=self._directions(),
        )

    def _directions(self) -> Directions:
        public, trust = self.settings.server.public_url, self._trust
        return directions_to(public, self.table, trust.told if trust else None)

    def _stop_being_ready(self) -> None:
        self._ready = False

    def _count(self) -> None:
        read, store = self.metrics.read, self.store
        circles = self._circles
        read("busyline_circles_total", "Questions refused that had been here before", lambda: float(circles.refused))
        read("busyline_cache_hits_total", "Mailboxes answered from the cache", lambda: float(store.hits))
        read("busyline_cache_misses_total", "Mailboxes not found in the cache", lambda: float(store.misses))
        read("busyline_cache_entries", "Answers kept", lambda: float(store.size))
        read("busyline_cache_bytes", "About how much memory the kept answers take", lambda: float(store.memory))
