"""The connectors of the annotated example: three that are there, and the other kinds behind #."""

from collections.abc import Iterator
from typing import Final

from pydantic import BaseModel

from console.annotated import Values, comment, off, section
from proxy.settings.connectors import (
    CaldavConnector,
    EwsConnector,
    GoogleConnector,
    GraphConnector,
    IcalConnector,
    InteropConnector,
    ProviderConnector,
)
from proxy.settings.connectors.provider import ProviderBasicAuth, ProviderBearerAuth
from proxy.settings.directory import DirectorySettings
from proxy.settings.rules import HoursTable
from service.caldav_sign_in import CaldavBasicAuth, CaldavBearerAuth
from service.exchange_sign_in import BasicAuth, NegotiateAuth, NtlmAuth, OAuthAuth

_CONNECTORS: Final[dict[str, tuple[type[BaseModel], Values]]] = {
    "contoso": (
        GraphConnector,
        {"client_id": "00000000-0000-0000-0000-000000000000", "certificate": "file:contoso.pem"},
    ),
    "northwind": (GoogleConnector, {}),
    "fabrikam": (EwsConnector, {}),
}
_EXCHANGE_SIGN_IN: Final[dict[type[BaseModel], Values]] = {
    NtlmAuth: {},
    NegotiateAuth: {"username": "svc@fabrikam.example", "password": "env:FABRIKAM_PASSWORD"},
    OAuthAuth: {"certificate": "file:fabrikam.pem"},
}
_OTHERS: Final[dict[str, tuple[type[BaseModel], Values, dict[type[BaseModel], Values]]]] = {
    "tailspin": (
        CaldavConnector,
        {"url": "https://dav.tailspin.example"},
        {
            CaldavBasicAuth: {"username": "busyline@tailspin.example", "password": "env:TAILSPIN_PASSWORD"},
            CaldavBearerAuth: {"token": "env:TAILSPIN_TOKEN"},
        },
    ),
    "wingtip": (
        IcalConnector,
        {"url": "https://cal.wingtip.example/{local}.ifb"},
        {CaldavBasicAuth: {"username": "busyline", "password": "env:WINGTIP_PASSWORD"}},
    ),
    "proseware": (InteropConnector, {}, {}),
    "shifts": (ProviderConnector, {}, {ProviderBearerAuth: {}, ProviderBasicAuth: {}}),
}
_DIRECTORY: Final[Values] = {"subject": "admin@northwind.example"}


def connectors() -> Iterator[str]:
    """All sections ``[connectors.…]``."""
    yield comment("The calendar systems: one section each, under a name of your choice.")
    for name, (kind, values) in _CONNECTORS.items():
        yield from section(f"connectors.{name}", kind, values)
        if kind is EwsConnector:
            yield from section(f"connectors.{name}.auth", BasicAuth, {})
            yield from _sign_in(name, _EXCHANGE_SIGN_IN)
    yield from off(section("connectors.northwind.directory", DirectorySettings, _DIRECTORY))
    yield from off(section("connectors.northwind.working_hours", HoursTable, {"from": "08:00", "to": "18:00"}))
    for name, (kind, values, sign_in) in _OTHERS.items():
        yield from off(section(f"connectors.{name}", kind, values))
        yield from _sign_in(name, sign_in)


def _sign_in(name: str, kinds: dict[type[BaseModel], Values]) -> Iterator[str]:
    for kind, values in kinds.items():
        yield from off(section(f"connectors.{name}.auth", kind, values))
