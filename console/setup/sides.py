"""Reads the configuration as an administrator's task: whose system asks, which kind it is, and about which domains."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from urllib.parse import urlsplit

from console.configuration import Configuration
from console.setup.grants import Grant, grants_of
from protocols.model.freebusy import Detail
from protocols.model.mailbox import Mailbox
from proxy.settings.callers import CallerSettings
from proxy.settings.connectors import EwsConnector, GoogleConnector, GraphConnector, InteropConnector
from routing.table import Route, RouteTable


class Kind(Enum):
    """Which system a caller is, and so which console its administrator opens."""

    EXCHANGE_ONLINE = "exchange-online"
    EXCHANGE = "exchange"
    GOOGLE = "google"


class SetupError(Exception):
    """The configuration does not say enough; the text says what to write."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One asking system.

    ``domains`` are those of its contacts' ExternalEmailAddress, each reached through Busyline; ``wildcards`` those
    patterns that no command can express; ``tenant`` that of Microsoft 365. ``own`` and ``unrouted`` are left out:
    asking about the former would lead in a circle, and nobody answers for the latter. ``details``: it sees them of
    somebody; ``details_by_rule``: of those alone whom a rule names. ``grants``: what its system lets us read besides.
    """

    caller: str
    organisation: str
    kind: Kind
    usernames: tuple[str, ...]
    domains: tuple[str, ...]
    wildcards: tuple[str, ...]
    single: tuple[str, ...]
    public_url: str
    self_signed: bool
    details: bool = False
    details_by_rule: bool = False
    tenant: str = ""
    client_id: str = ""  # where it proves itself by our own tokens alone
    own: tuple[str, ...] = ()
    unrouted: tuple[str, ...] = ()
    grants: tuple[Grant, ...] = ()

    @property
    def autodiscover_url(self) -> str:
        """Where Exchange begins."""
        return f"{self.public_url}/autodiscover/autodiscover.xml"

    @property
    def ews_url(self) -> str:
        """Where Google asks."""
        return f"{self.public_url}/EWS/Exchange.asmx"

    @property
    def token_url(self) -> str:
        """Where Google fetches a token."""
        return f"{self.public_url}/oauth/token"

    @property
    def public_port(self) -> int:
        """The port callers reach."""
        parts = urlsplit(self.public_url)
        return parts.port or (443 if parts.scheme == "https" else 80)


_KINDS: dict[type, Kind] = {
    GraphConnector: Kind.EXCHANGE_ONLINE,
    EwsConnector: Kind.EXCHANGE,
    GoogleConnector: Kind.GOOGLE,
    InteropConnector: Kind.GOOGLE,
}


@dataclass(frozen=True, slots=True)
class Aside:
    """A caller that no steps are printed for: why, and whether the configuration is to be mended for it."""

    caller: str
    why: str
    is_mistake: bool


_GUIDES = {
    "federation": "docs/guides/federation-trust.md",
    "microsoft": "docs/guides/oauth-callers.md",
    "oauth": "docs/guides/oauth-callers.md",
    "certificate": "docs/guides/callers.md",
}


def sides(configuration: Configuration, names: tuple[str, ...] = ()) -> list[Side]:
    """The sides to set up, in the order of the callers. Raises SetupError."""
    chosen = _chosen(configuration, names)
    found = ((caller, _kind(configuration, caller)) for caller in chosen if _aside(configuration, caller) is None)
    return [_side(configuration, caller, kind) for caller, kind in found if kind is not None]


def asides(configuration: Configuration, names: tuple[str, ...] = ()) -> list[Aside]:
    """The callers that have no steps of this command. Raises SetupError."""
    found = (_aside(configuration, caller) for caller in _chosen(configuration, names))
    return [aside for aside in found if aside is not None]


def _chosen(configuration: Configuration, names: tuple[str, ...]) -> list[CallerSettings]:
    known = [caller.name for caller in configuration.callers]
    for name in names:
        if name not in known:
            raise SetupError(f'there is no caller "{name}": write one of {", ".join(known)}')
    if not known:
        raise SetupError("the configuration names no [[callers]], so nobody has to be told where to ask")
    return [caller for caller in configuration.callers if not names or caller.name in names]


def _aside(configuration: Configuration, caller: CallerSettings) -> Aside | None:
    kind = _kind(configuration, caller)
    if caller.basic is None and not (caller.oauth is not None and kind is Kind.GOOGLE):
        proof = next(name for name in _GUIDES if getattr(caller, name) is not None)
        why = f"it proves itself by {proof}, not by a password: its steps are in {_GUIDES[proof]}"
        return Aside(caller.name, why, is_mistake=False)
    if kind is None and _is_of_another_kind(configuration, caller):
        why = "steps are printed for Exchange, Microsoft 365 and Google alone: docs/guides/caldav-clients.md has others"
        return Aside(caller.name, why, is_mistake=False)
    if kind is None:
        found = "several kinds are named" if caller.never_via else "none is named"
        why = f"which system it is shows in its never_via, and {found} there: write the connectors of its own people"
        return Aside(caller.name, why, is_mistake=True)
    return None


def _is_of_another_kind(configuration: Configuration, caller: CallerSettings) -> bool:
    own = [type(configuration.connectors[name]) for name in caller.never_via]
    return bool(own) and not any(kind in _KINDS for kind in own)


def _kind(configuration: Configuration, caller: CallerSettings) -> Kind | None:
    """What the connectors of its own people tell, or else, for a caller with tokens, Google's manners."""
    kinds = {_KINDS.get(type(configuration.connectors[name])) for name in caller.never_via}
    if not kinds and caller.basic is None and (caller.faults == "per-mailbox" or caller.always_events):
        return Kind.GOOGLE
    return kinds.pop() if len(kinds) == 1 else None


def _side(configuration: Configuration, caller: CallerSettings, kind: Kind) -> Side:
    asked = _asked(configuration, caller)
    rules = any(rule.sees is Detail.DETAILS and caller.name in rule.callers for rule in configuration.rules)
    tenants = [c.tenant for name in caller.never_via if isinstance(c := configuration.connectors[name], GraphConnector)]
    return Side(
        caller=caller.name,
        organisation=caller.organisation or caller.name,
        kind=kind,
        usernames=caller.basic.usernames if caller.basic is not None else (),
        client_id=caller.oauth.client_id if caller.oauth is not None and caller.basic is None else "",
        domains=asked.domains,
        wildcards=asked.wildcards,
        single=asked.single,
        public_url=_plain(configuration.server.public_url),
        self_signed=configuration.server.certificate.kind == "first-run",
        details=caller.sees is Detail.DETAILS or rules,
        details_by_rule=caller.sees is not Detail.DETAILS and rules,
        tenant=tenants[0] if tenants else "",
        own=asked.own,
        unrouted=asked.unrouted,
        grants=grants_of(configuration, caller.never_via),
    )


def left_out(side: Side) -> Iterator[str]:
    """In words, what the caller may ask about and is told nothing of."""
    if side.own:
        yield (
            f"Left out, because these are {side.organisation}'s own and every question about them would be refused as "
            f"a loop: {', '.join(side.own)}. Take them out of may_ask."
        )
    if side.unrouted:
        yield f"Left out, because no route leads there: {', '.join(side.unrouted)}. Add a [[routes]] for each."


@dataclass(frozen=True, slots=True)
class _Asked:
    domains: tuple[str, ...]
    wildcards: tuple[str, ...]
    single: tuple[str, ...]
    own: tuple[str, ...]
    unrouted: tuple[str, ...]


def _asked(configuration: Configuration, caller: CallerSettings) -> _Asked:
    """Domains, wildcards, and single addresses of what the caller may ask, and what of it leads nowhere or back."""
    routes = [route.match for route in configuration.routes if set(route.via) - set(caller.never_via)]
    named: set[str] = set()
    wildcards: set[str] = set()
    for pattern in caller.may_ask:
        meant = routes if pattern == "*" else [pattern]
        if pattern.startswith("*."):
            wildcards.add(pattern)
            meant = [route for route in routes if _domain(route).endswith(pattern[1:])]
        wildcards.update(one for one in meant if one.startswith("*."))
        named.update(_domain(one) for one in meant if not one.startswith("*."))
    ways = {domain: _ways(configuration, domain) for domain in named}
    own = {domain for domain, via in ways.items() if via and via <= set(caller.never_via)}
    unrouted = {domain for domain, via in ways.items() if not via}
    single = {pattern for pattern in caller.may_ask if "@" in pattern and _domain(pattern) in named - own - unrouted}
    found = (named - own - unrouted, wildcards, single, own, unrouted)
    return _Asked(*(tuple(sorted(each)) for each in found))


def _ways(configuration: Configuration, domain: str) -> set[str]:
    """The connectors that answer for a domain: for the whole of it, or else for single people of it."""
    table = RouteTable(
        Route(match=route.match, via=route.via) for route in configuration.routes if "@" not in route.match
    )
    if whole := table.find(Mailbox.parse(f"somebody@{domain}")):
        return set(whole.via)
    return {via for route in configuration.routes if _domain(route.match) == domain for via in route.via}


def _domain(pattern: str) -> str:
    return pattern.rpartition("@")[2]


def _plain(url: str) -> str:
    """The address as Exchange shows it again: without the port that goes without saying."""
    return url.removesuffix(":443") if url.startswith("https:") else url
