"""The only place where names are wired together: settings in, a proxy out that listens and answers."""

from collections.abc import Collection, Mapping
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Self

from proxy.connector import Clock, Connector, utc_now
from proxy.directory import Directory
from proxy.fronts.health import HealthFront
from proxy.hops import Circles, hop_of
from proxy.layers.steps import Steps
from proxy.ledger.witness import Witness
from proxy.moves.board import Board
from proxy.routes import ways_of
from proxy.settings import ProxySettings
from proxy.settings.certificate import CertificateNone
from proxy.split_brain import SplitBrain
from proxy.wiring.automatic_replies import reply_sources
from proxy.wiring.cache import count_store, fragments_of, patience_of, store_of
from proxy.wiring.cluster import Sharing, sharing
from proxy.wiring.desks import Desks, Federations, Own
from proxy.wiring.dialects import House
from proxy.wiring.directories import Directories, directories
from proxy.wiring.door import farewell
from proxy.wiring.gate import Entry, entry
from proxy.wiring.ledger import witness
from proxy.wiring.listening import Inside, Listening, listening
from proxy.wiring.movers import Sources
from proxy.wiring.moves import Following, follow
from proxy.wiring.overseer import Overseer, Team
from proxy.wiring.part import WHOLE, Part
from proxy.wiring.rules import rules_of
from proxy.wiring.stacks import Shared, connector
from proxy.wiring.turns import ALONE, lines
from routing.policy import Policy
from routing.rules import Rule
from service.metrics import Metrics

__all__ = ["Overseer", "Part", "Proxy", "Team", "build"]


def build(
    settings: ProxySettings,
    *,
    directory: Path,
    clock: Clock = utc_now,
    connectors: Mapping[str, Connector] | None = None,
    listen: bool = True,
    part: Part = WHOLE,
) -> "Proxy":
    """A proxy for ``settings``, whose file references are relative to ``directory``.

    ``connectors`` replaces those of the settings, by name. Without ``listen`` it opens no door: for asking in process.
    ``part``: of which service it is one process.
    """
    return Proxy(settings, directory=directory, clock=clock, connectors=connectors or {}, listen=listen, part=part)


class Proxy:
    """An asynchronous context: inside, it answers. Leaving it lets answers under way finish.

    Entering raises SecretError, CertificateError, ListFileError or OSError (an address in use, a CA file missing), in
    words; making it ListFileError.
    """

    moves: Board

    def __init__(
        self,
        settings: ProxySettings,
        *,
        directory: Path,
        clock: Clock,
        connectors: Mapping[str, Connector],
        listen: bool,
        part: Part = WHOLE,
    ) -> None:
        self.settings, self._part = settings, part
        self._directory, self._clock, self._given, self._listen = directory, clock, connectors, listen
        self.metrics = Metrics()
        self.store = store_of(settings.cache)
        self.ways = ways_of(settings, directory)
        self.table = self.ways.table
        self.cluster: Sharing | None = None
        self.connectors: dict[str, Connector] = {}
        self.directories: Directories | None = None
        self._circles = Circles(hop_of(settings.server.public_url))
        self._witness: Witness | None = None
        self._owns: dict[str, Own] = {}
        self._found_at(Listening())
        self._ready = False
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        try:
            await self._open()
        except BaseException:
            await self._stack.aclose()
            raise
        self._ready = True
        return self

    async def __aexit__(self, *_: object) -> None:
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
        return next((f"http://{each}" for each in self._listening.metrics_addresses), None)

    @property
    def ready(self) -> bool:
        """Whether it takes questions: not before the start, and not while stopping."""
        return self._ready

    def doubts(self) -> list[str]:
        """Why callers would turn away, in words, for ``/readyz``."""
        return self._listening.doubts() + (self._witness.doubts() if self._witness else [])

    def reload_certificate(self) -> None:
        """Look at once whether there is another certificate; connections and the rest of the settings stay."""
        self._listening.tls.bell.ring()

    def stand_in(self, descriptors: Collection[int]) -> None:
        """From now on also take in who waits at these of the spare sockets that were handed on, and at no others."""
        self._listening.stand_in(descriptors)

    async def drain(self) -> None:
        """Not ready from now on; all is answered for ``server.drain``, and who keeps a connection sent elsewhere."""
        self._ready = False
        await farewell(self._listening.doors, self.settings.server.drain)

    def asker(self, name: str) -> Connector:
        """What the caller ``name`` would be answered, policy and deadline included. Raises KeyError."""
        return self._owns[name].desk.connector

    def policy(self, name: str) -> Policy:
        """What the caller ``name`` may do. Raises KeyError."""
        return self._owns[name].policy

    async def _open(self) -> None:
        """Each room after those that it needs; leaving closes them the other way round."""
        settings, place, stack = self.settings, self._directory, self._stack
        clock, metrics, circles = self._clock, self.metrics, self._circles
        count_store(self.store, metrics)
        words = "Questions refused that had been here before"
        metrics.read("busyline_circles_total", words, lambda: float(circles.refused))
        rules = rules_of(settings.rules, place)
        if self._listen:  # what an operator asks in process is no caller's look-up
            self._witness = await witness(settings, place, clock=clock, metrics=metrics, stack=stack)
        way_in = await entry(settings, place, stack, clock=clock)
        self.connectors = await self._connectors()
        self.directories = await directories(
            settings, place, stack, ways=self.ways, clock=clock, metrics=metrics, without=self._given, circles=circles
        )
        self.moves, split = await self._follow(self.directories.by_name)
        desks = await self._desks(rules, self.directories, split)
        self._owns = {caller.name: desks.own(caller) for caller in settings.callers}
        if self._listen:
            self._found_at(await listening(self._inside(way_in, desks)))

    def _found_at(self, doors: Listening) -> None:
        self._listening = doors
        self.addresses, self.plain_addresses, self.paths = doors.addresses, doors.plain_addresses, doors.paths
        self.turns, self.recorder, self.ca = doors.turns, doors.recorder, doors.tls.ca

    async def _connectors(self) -> dict[str, Connector]:
        if self._listen:  # what an operator asks in process is asked of the systems themselves
            self.cluster = await sharing(self.settings, self._directory, metrics=self.metrics, stack=self._stack)
        shared = Shared(
            directory=self._directory,
            store=self.store,
            metrics=self.metrics,
            clock=Steps(self._clock, forget=self.store.forget),
            hop=self._circles.hop,
            patience=patience_of(self.settings),
            sharing=self.cluster,
            lines=lines(self.settings) if self._listen else ALONE,
        )
        return {
            name: self._given.get(name) or await connector(name, settings, shared, self._stack)
            for name, settings in self.settings.connectors.items()
        }

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

    async def _desks(self, rules: tuple[Rule, ...], opened: Directories, split: SplitBrain | None) -> Desks:
        settings = self.settings
        replies = await reply_sources(settings, self._directory, self._stack, clock=self._clock, without=self._given)
        observer = split.saw if split else None
        return Desks(
            settings=settings,
            rules=rules,
            federations=Federations(self.ways, self.connectors, self._stack, observer=observer),
            directories=opened,
            replies=replies,
            fragments=fragments_of(settings.cache),
            witness=self._witness,
            refuses=self._listen,
        )

    def _inside(self, way_in: Entry, desks: Desks) -> Inside:
        house = House(
            settings=self.settings,
            directory=self._directory,
            entrance=way_in.entrance,
            desks={name: own.desk for name, own in self._owns.items()},
            guests=desks.guests,
            clock=self._clock,
            metrics=self.metrics,
            stack=self._stack,
        )
        notes = self.cluster.notes if self.cluster else list
        health = HealthFront(lambda: self.ready, doubts=self.doubts, notes=notes)
        return Inside(house=house, way_in=way_in, table=self.table, health=health, part=self._part)
