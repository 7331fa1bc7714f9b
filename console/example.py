"""The annotated example configuration, generated from the settings classes so that no key can be missing from it."""

from collections.abc import Iterator
from typing import get_args

from pydantic import BaseModel

from console.annotated import Values, comment, entry, off, section
from console.configuration import Configuration
from console.example_connectors import connectors
from console.example_directories import directories
from console.example_hubs import hubs
from proxy.settings.callers import BasicCaller, CallerSettings, CertificateCaller
from proxy.settings.capture import CaptureSettings
from proxy.settings.certificate import Certificate, CertificateFiles
from proxy.settings.cluster import ClusterSettings
from proxy.settings.directory import GroupSettings, RoomListSettings
from proxy.settings.federation import FederationCaller, FederationSettings
from proxy.settings.ledger import LedgerSettings
from proxy.settings.moves import MoveSettings
from proxy.settings.oidc import OidcCaller, OidcSettings
from proxy.settings.published import FreeBusyUrlsSettings
from proxy.settings.routes import AliasSettings, RoomsSettings, RouteSettings
from proxy.settings.rules import RuleSettings
from proxy.settings.server import CacheSettings, ServerSettings
from proxy.settings.tokens import MicrosoftCaller, MicrosoftSettings, OAuthCaller, TokensSettings

_HEAD = """\
The configuration of Busyline: who may ask, about whom, and which calendar system answers.

A key with a # right before it shows its default, or what could be written there: remove the # to set it.
A section with a # before its name is not there: remove one # from its name and from each of its keys.
Unknown keys are errors: `busyline check` names file, line, key and remedy of every mistake.
A secret is never written here, only where it lies: "env:NAME", or "file:path" relative to this file.
Lengths of time are written "500ms", "8s", "2m", "1h" or "30d"."""

_CERTIFICATES: Values = {
    "acme": {"external_account": {"kid": "kid-1", "key": "file:acme-account.key"}},
}
_CLUSTER: Values = {"password": "env:BUSYLINE_REDIS_PASSWORD"}
_ROUTES: tuple[Values, ...] = (
    {"match": "northwind.example", "via": "northwind"},
    {"match": "contoso.example", "via": "contoso"},
    {"match": "fabrikam.example", "via": "fabrikam"},
)
_SEVERAL: Values = {"match": "ann@contoso.example", "via": ["contoso", "northwind"], "combine": "union"}
_ALIAS: Values = {"domain": "g.northwind.example", "of": "northwind.example"}
_CALLER: Values = {
    "organisation": "Northwind",
    "never_via": ["northwind"],
    "faults": "per-mailbox",
    "always_events": True,
}
_PROOFS: dict[str, tuple[type[BaseModel], Values]] = {
    "oauth": (OAuthCaller, {}),
    "microsoft": (MicrosoftCaller, {}),
    "oidc": (OidcCaller, {"clients": ["rooms-dashboard"]}),
    "certificate": (CertificateCaller, {"names": ["exchange.contoso.example"]}),
    "federation": (FederationCaller, {}),
}
_MORE_CALLERS: tuple[Values, ...] = (
    {
        "name": "contoso-exchange-online",
        "organisation": "Contoso",
        "may_ask": ["northwind.example"],
        "never_via": ["contoso"],
        "basic": {"usernames": ["busyline@contoso.example"], "password": "file:contoso.hash"},
    },
    {
        "name": "fabrikam-exchange",
        "organisation": "Fabrikam",
        "may_ask": ["northwind.example"],
        "never_via": ["fabrikam"],
        "basic": {"usernames": ["busyline@fabrikam.example"], "password": "file:fabrikam.hash"},
    },
)
_RULE: Values = {"horizon_ahead": "60d"}
_FEDERATION: Values = {
    "current": {"chain": "federation.pem", "key": "federation-key.pem"},
    "issuers": [
        {
            "uri": "urn:federation:MicrosoftOnline",
            "certificates": ["microsoft-online.pem"],
        }
    ],
}


def example() -> str:
    """The whole example as TOML; it passes the loader as it stands."""
    blocks = [comment(_HEAD), "", *_server(), *section("cache", CacheSettings, {})]
    blocks += [*off(section("cluster", ClusterSettings, _CLUSTER)), *connectors(), *_routes()]
    blocks += [*_callers(), *section("rooms", RoomsSettings, {}), *_privacy(), *_trust(), *directories()]
    blocks += [*hubs(), *_complete()]
    return "\n".join(blocks).rstrip() + "\n"


def _server() -> Iterator[str]:
    yield from section("server", ServerSettings, {"listen": ["0.0.0.0:443"]})
    for kind in get_args(get_args(Certificate)[0]):
        (name,) = get_args(kind.model_fields["kind"].annotation)
        lines = section("server.certificate", kind, _CERTIFICATES.get(name, {}))
        yield from lines if kind is CertificateFiles else off(lines)


def _routes() -> Iterator[str]:
    yield from section("[routes]", RouteSettings, _ROUTES[0])
    for values in _ROUTES[1:]:
        yield from entry("routes", values)
    yield from off(entry("routes", _SEVERAL))
    yield from off(section("[aliases]", AliasSettings, _ALIAS))
    yield from off(section("[moves]", MoveSettings, {}))
    yield from off(section("[groups]", GroupSettings, {}))
    yield from off(section("[room_lists]", RoomListSettings, {}))


def _callers() -> Iterator[str]:
    yield from section("[callers]", CallerSettings, _CALLER)
    yield from section("callers.basic", BasicCaller, {})
    for name, (kind, values) in _PROOFS.items():
        yield from off(section(f"callers.{name}", kind, values))
    for values in _MORE_CALLERS:
        yield from entry("callers", values)


def _privacy() -> Iterator[str]:
    yield from off(section("[rules]", RuleSettings, _RULE))
    yield from off(section("ledger", LedgerSettings, {}))
    yield from off(section("capture", CaptureSettings, {}))
    yield from off(section("free_busy_urls", FreeBusyUrlsSettings, {}))


def _trust() -> Iterator[str]:
    yield from section("tokens", TokensSettings, {})
    yield from section("microsoft", MicrosoftSettings, {})
    yield from off(section("[oidc]", OidcSettings, {}))
    yield from off(section("federation", FederationSettings, _FEDERATION))


def _complete() -> Iterator[str]:
    """Nothing; a section that was added to the configuration and not to this file is an error here."""
    shown = {"server", "cache", "cluster", "connectors", "routes", "callers", "rooms"}
    shown |= {"rules", "ledger", "capture", "tokens", "microsoft", "federation", "oidc", "free_busy_urls"}
    shown |= {"aliases", "moves", "groups", "room_lists", "state", "mail", "directories", "directory_syncs", "pairs"}
    shown |= {"move_forwarders", "hubs", "hub_notifications"}
    if missing := set(Configuration.model_fields) - shown:
        raise NotImplementedError(f"the example shows nothing of {sorted(missing)}")
    yield from ()
