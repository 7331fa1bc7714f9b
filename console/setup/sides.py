"""Reads the configuration as an administrator's task: whose system asks, which kind it is, and about which domains."""

from dataclasses import dataclass
from enum import Enum
from urllib.parse import urlsplit

from console.configuration import Configuration
from proxy.settings import CallerSettings, EwsConnector, GoogleConnector, GraphConnector


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
    patterns that no command can express; ``tenant`` that of Microsoft 365.
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
    tenant: str = ""

    @property
    def autodiscover_url(self) -> str:
        """Where Exchange begins."""
        return f"{self.public_url}/autodiscover/autodiscover.xml"

    @property
    def ews_url(self) -> str:
        """Where Google asks."""
        return f"{self.public_url}/EWS/Exchange.asmx"

    @property
    def public_port(self) -> int:
        """The port callers reach."""
        parts = urlsplit(self.public_url)
        return parts.port or (443 if parts.scheme == "https" else 80)


_KINDS: dict[type, Kind] = {
    GraphConnector: Kind.EXCHANGE_ONLINE,
    EwsConnector: Kind.EXCHANGE,
    GoogleConnector: Kind.GOOGLE,
}


def sides(configuration: Configuration, names: tuple[str, ...] = ()) -> list[Side]:
    """The sides to set up, in the order of the callers. Raises SetupError."""
    known = [caller.name for caller in configuration.callers]
    for name in names:
        if name not in known:
            raise SetupError(f'there is no caller "{name}": write one of {", ".join(known)}')
    if not known:
        raise SetupError("the configuration names no [[callers]], so nobody has to be told where to ask")
    return [_side(configuration, caller) for caller in configuration.callers if not names or caller.name in names]


def _side(configuration: Configuration, caller: CallerSettings) -> Side:
    kinds = {_KINDS[type(configuration.connectors[name])] for name in caller.never_via}
    if len(kinds) != 1:
        found = "none is named" if not kinds else "several kinds are named"
        raise SetupError(
            f'which system the caller "{caller.name}" is shows in its never_via, and {found} there: '
            "write the connectors of its own people"
        )
    domains, wildcards, single = _asked(configuration, caller)
    tenants = [c.tenant for name in caller.never_via if isinstance(c := configuration.connectors[name], GraphConnector)]
    return Side(
        caller=caller.name,
        organisation=caller.organisation or caller.name,
        kind=kinds.pop(),
        usernames=caller.basic.usernames,
        domains=domains,
        wildcards=wildcards,
        single=single,
        public_url=_plain(configuration.server.public_url),
        self_signed=configuration.server.certificate.kind == "first-run",
        tenant=tenants[0] if tenants else "",
    )


def _asked(
    configuration: Configuration, caller: CallerSettings
) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """Domains, wildcards, and single addresses of what the caller may ask, without what leads back to itself."""
    routes = [route.match for route in configuration.routes if route.via not in caller.never_via]
    domains: set[str] = set()
    wildcards: set[str] = set()
    for pattern in caller.may_ask:
        meant = routes if pattern == "*" else [pattern]
        if pattern.startswith("*."):
            wildcards.add(pattern)
            meant = [route for route in routes if _domain(route).endswith(pattern[1:])]
        wildcards.update(one for one in meant if one.startswith("*."))
        domains.update(_domain(one) for one in meant if not one.startswith("*."))
    single = {pattern for pattern in caller.may_ask if "@" in pattern}
    return tuple(sorted(domains)), tuple(sorted(wildcards)), tuple(sorted(single))


def _domain(pattern: str) -> str:
    return pattern.rpartition("@")[2]


def _plain(url: str) -> str:
    """The address as Exchange shows it again: without the port that goes without saying."""
    return url.removesuffix(":443") if url.startswith("https:") else url
