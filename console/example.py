"""The annotated example configuration, generated from the settings classes so that no key can be missing from it."""

from collections.abc import Iterator
from typing import get_args

from pydantic import BaseModel

from console.annotated import Values, comment, entry, off, section
from console.configuration import Configuration
from proxy.settings.callers import BasicCaller, CallerSettings, CertificateCaller
from proxy.settings.capture import CaptureSettings
from proxy.settings.certificate import Certificate, CertificateFiles
from proxy.settings.connectors import (
    BasicAuth,
    EwsConnector,
    GoogleConnector,
    GraphConnector,
    NegotiateAuth,
    NtlmAuth,
    OAuthAuth,
)
from proxy.settings.federation import FederationCaller, FederationSettings
from proxy.settings.ledger import LedgerSettings
from proxy.settings.routes import RoomsSettings, RouteSettings
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
_CONNECTORS: dict[str, tuple[type[BaseModel], Values]] = {
    "contoso": (
        GraphConnector,
        {"client_id": "00000000-0000-0000-0000-000000000000", "certificate": "file:contoso.pem"},
    ),
    "northwind": (GoogleConnector, {}),
    "fabrikam": (EwsConnector, {}),
}
_SIGN_IN: dict[type[BaseModel], Values] = {
    NtlmAuth: {},
    NegotiateAuth: {"username": "svc@fabrikam.example", "password": "env:FABRIKAM_PASSWORD"},
    OAuthAuth: {"certificate": "file:fabrikam.pem"},
}
_ROUTES: tuple[Values, ...] = (
    {"match": "northwind.example", "via": "northwind"},
    {"match": "contoso.example", "via": "contoso"},
    {"match": "fabrikam.example", "via": "fabrikam"},
)
_CALLER: Values = {
    "organisation": "Northwind",
    "never_via": ["northwind"],
    "faults": "per-mailbox",
    "always_events": True,
}
_PROOFS: dict[str, tuple[type[BaseModel], Values]] = {
    "oauth": (OAuthCaller, {}),
    "microsoft": (MicrosoftCaller, {}),
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
    blocks = [comment(_HEAD), "", *_server(), *section("cache", CacheSettings, {}), *_connectors(), *_routes()]
    blocks += [*_callers(), *section("rooms", RoomsSettings, {}), *_privacy(), *_trust(), *_complete()]
    return "\n".join(blocks).rstrip() + "\n"


def _server() -> Iterator[str]:
    yield from section("server", ServerSettings, {"listen": ["0.0.0.0:443"]})
    for kind in get_args(get_args(Certificate)[0]):
        (name,) = get_args(kind.model_fields["kind"].annotation)
        lines = section("server.certificate", kind, _CERTIFICATES.get(name, {}))
        yield from lines if kind is CertificateFiles else off(lines)


def _connectors() -> Iterator[str]:
    yield comment("The calendar systems: one section each, under a name of your choice.")
    for name, (kind, values) in _CONNECTORS.items():
        yield from section(f"connectors.{name}", kind, values)
        if kind is EwsConnector:
            yield from section(f"connectors.{name}.auth", BasicAuth, {})
            for sign_in, its_values in _SIGN_IN.items():
                yield from off(section(f"connectors.{name}.auth", sign_in, its_values))


def _routes() -> Iterator[str]:
    yield from section("[routes]", RouteSettings, _ROUTES[0])
    for values in _ROUTES[1:]:
        yield from entry("routes", values)


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


def _trust() -> Iterator[str]:
    yield from section("tokens", TokensSettings, {})
    yield from section("microsoft", MicrosoftSettings, {})
    yield from off(section("federation", FederationSettings, _FEDERATION))


def _complete() -> Iterator[str]:
    """Nothing; a section that was added to the configuration and not to this file is an error here."""
    shown = {"server", "cache", "connectors", "routes", "callers", "rooms"}
    shown |= {"rules", "ledger", "capture", "tokens", "microsoft", "federation"}
    if missing := set(Configuration.model_fields) - shown:
        raise NotImplementedError(f"the example shows nothing of {sorted(missing)}")
    yield from ()
