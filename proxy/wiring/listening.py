"""Opens the doors, each with what is behind it: that of the metrics, the plain one, and last the one for callers."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from certs.acme_order import CHALLENGE_PATH
from proxy import certificates
from proxy.capture.recorder import Recorder
from proxy.fronts.challenges import ChallengeFront
from proxy.fronts.health import HealthFront, MetricsFront
from proxy.server import Front, Listener, Server
from proxy.turnstile import Turnstile
from proxy.wiring.capture import recorder
from proxy.wiring.dialects import Fronts, House, dialects
from proxy.wiring.door import count, limits, to_the_end
from proxy.wiring.exchange_front import EWS_PATH, SOAP_PATH, directions_to, exchange_front
from proxy.wiring.federation_trust import FederationTrust, federation_trust
from proxy.wiring.gate import Entry, client_authorities
from proxy.wiring.part import WHOLE, Part
from proxy.wiring.tls import ServerTls, server_tls
from proxy.wiring.tokens import token_fronts
from proxy.wiring.turns import turnstile
from routing.table import RouteTable
from service.addresses import ListenAddress
from service.door import Door
from service.prompt import Shortcut


@dataclass(frozen=True, slots=True, kw_only=True)
class Inside:
    """What the doors lead to. ``way_in`` is the one to all that ``house`` serves; ``table`` tells whom we speak for."""

    house: House
    way_in: Entry
    table: RouteTable
    health: HealthFront
    part: Part = WHOLE

    @property
    def watching(self) -> dict[str, Front]:
        """What tells how we are, at every door that somebody watches."""
        return {"/healthz": self.health, "/readyz": self.health}

    def server(self, fronts: Fronts, listener: Listener | None = None) -> Server:
        """What answers behind one door."""
        house = self.house
        return Server(
            fronts.paths, prefixes=fronts.prefixes, metrics=house.metrics, clock=house.clock, listener=listener
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Listening:
    """The doors while they are open; as it begins, none is.

    The addresses are the real ones. ``paths`` is all that callers may ask for, ``turns`` where they wait, ``recorder``
    what captures, ``doors`` theirs, ``plain_door`` the one for an ACME authority.
    """

    addresses: tuple[ListenAddress, ...] = ()
    metrics_addresses: tuple[ListenAddress, ...] = ()
    plain_addresses: tuple[ListenAddress, ...] = ()
    paths: tuple[str, ...] = ()
    doors: tuple[Door, ...] = ()
    plain_door: Door | None = None
    turns: Turnstile | None = None
    recorder: Recorder | None = None
    tls: ServerTls = field(default_factory=ServerTls)
    trust: FederationTrust | None = None

    def stand_in(self, descriptors: Collection[int]) -> None:
        """See Door."""
        for door in (*self.doors, *filter(None, (self.plain_door,))):
            door.stand_in(descriptors)

    def doubts(self) -> list[str]:
        """Why callers would turn away because of a certificate, in words."""
        return self.tls.doubts() + (self.trust.doubts() if self.trust else [])


async def listening(inside: Inside) -> Listening:
    """Open every door, that for callers last; the stack of the house closes them.

    Raises SecretError, CertificateError, ListFileError, OSError (an address in use).
    """
    house, way_in = inside.house, inside.way_in
    settings, stack = house.settings, house.stack
    tokens = token_fronts(way_in.own, way_in.clients, way_in.addresses, way_in.admission)
    trust = federation_trust(settings, house.directory, clock=house.clock, stack=stack, seen=inside.part.seen)
    tls = _tls(inside)
    metrics_door = await stack.enter_async_context(_metrics_door(inside))
    manners = {name: desk.manner for name, desk in house.desks.items()}
    captures = await recorder(settings, house.directory, manners, clock=house.clock, stack=stack)
    server = inside.server(_fronts(inside, tokens, trust), captures or inside.part.listener)
    plain_door = await stack.enter_async_context(_plain_door(inside, tls))
    await stack.enter_async_context(tls.kept())
    turns = turnstile(server, settings, house.entrance, house.metrics)
    door = await stack.enter_async_context(_callers_door(inside, tls, server, turns))
    return Listening(
        addresses=door.addresses,
        metrics_addresses=metrics_door.addresses,
        plain_addresses=plain_door.addresses,
        paths=server.paths,
        doors=(door,),
        plain_door=plain_door,
        turns=turns,
        recorder=captures,
        tls=tls,
        trust=trust,
    )


def _tls(inside: Inside) -> ServerTls:
    """What callers are shown; every certificate of the settings is counted."""
    house = inside.house
    settings, directory, clock = house.settings, house.directory, house.clock
    authorities = client_authorities(settings, directory)
    shared = inside.part.shared
    tls = server_tls(settings.server, directory, clock=clock, client_authorities=authorities, shared=shared)
    tls.count(house.metrics)
    certificates.count(settings, directory, house.metrics, clock)
    return tls


def _fronts(inside: Inside, tokens: Mapping[str, Front], trust: FederationTrust | None) -> Fronts:
    """Everything that callers may ask for."""
    house, way_in = inside.house, inside.way_in
    directions = directions_to(house.settings.server.public_url, inside.table, trust.told if trust else None)
    federated: Mapping[str, Front] = {}
    if trust is not None:
        trust.count(house.metrics)
        federated = trust.fronts(
            (EWS_PATH, SOAP_PATH),
            entrance=way_in.entrance,
            addresses=way_in.addresses,
            desks=house.desks,
            directions=directions,
        )
    exchange, spoken = exchange_front(house, directions), dialects(house)
    paths = {**inside.watching, **exchange.paths, **tokens, **federated, **spoken.paths}
    return Fronts(paths, {**exchange.prefixes, **spoken.prefixes})


def _metrics_door(inside: Inside) -> Door:
    house = inside.house
    fronts = Fronts({**inside.watching, "/metrics": MetricsFront(house.metrics.exposition)})
    return Door(inside.server(fronts).handle, house.settings.server.metrics_listen)


def _plain_door(inside: Inside, tls: ServerTls) -> Door:
    """Where an ACME authority asks; nobody else is answered there."""
    server = inside.house.settings.server
    fronts = Fronts(prefixes={CHALLENGE_PATH: ChallengeFront(tls.answers)})
    handle = inside.server(fronts).handle
    return Door(handle, server.plain_listen, limits=limits(server), handed=inside.part.handed.get("plain_listen"))


def _callers_door(inside: Inside, tls: ServerTls, server: Server, turns: Turnstile) -> Door:
    settings = inside.house.settings
    door = Door(
        turns.handle,
        settings.server.listen,
        tls=tls.context,
        shortcut=Shortcut(at_once=server.at_once, turns=turns),
        patience=to_the_end(settings),
        limits=limits(settings.server),
        handed=inside.part.handed.get("listen"),
    )
    count(door, inside.house.metrics)
    return door
