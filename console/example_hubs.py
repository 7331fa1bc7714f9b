"""The hubs of the annotated example: one of calendars with every kind of spoke, and one of contacts, all behind #."""

from collections.abc import Iterator
from typing import Final

from pydantic import BaseModel

from calsync.settings.caldav import CaldavSpoke, IcalSpoke
from calsync.settings.exchange import EwsSpoke
from calsync.settings.giving import GetSettings, GiveSettings
from calsync.settings.google import GoogleAccountSpoke, GoogleSpoke
from calsync.settings.hubs import ChangesSettings, CreationsSettings, DeletionsSettings, HubGuardSettings, HubSettings
from calsync.settings.microsoft import GraphAccountSpoke, GraphSpoke
from calsync.settings.notices import NoticeCertificateSettings, NoticesSettings
from console.annotated import Values, comment, off, section
from service.caldav_sign_in import CaldavBasicAuth
from service.exchange_sign_in import BasicAuth

_OF_CONTACTS: Final = frozenset({"folder", "label"})
_OF_CALENDARS: Final = frozenset({"calendar", "zone", "owners"})
_OF_PUBLIC: Final = frozenset(
    {"public_folder", "hierarchy_mailbox", "content_mailbox", "autodiscover", "deletions_every"}
)
_BELOW_IT: Final = frozenset({"spokes"})
_PROOF: Final = frozenset({"certificate", "secret"})
_NORTHWIND: Final = {"protocol": "google", "service_account": "file:northwind-calendars.json"}
_CONTOSO: Final = {
    "protocol": "graph",
    "client_id": "00000000-0000-0000-0000-000000000004",
    "certificate": "file:contoso-calendars.pem",
}
_AUTH: Final = {"username": "FABRIKAM\\svc-calendars", "password": "env:FABRIKAM_CALENDARS"}
_TAILSPIN: Final = {"username": "busyline@tailspin.example", "password": "env:TAILSPIN_PASSWORD"}
_APPLICATION: Final = {
    "client_id": "1234.apps.googleusercontent.com",
    "secret": "file:google-application.secret",
}
_PUBLIC: Final = {"mailbox": "svc-calendars@fabrikam.example", "public_folder": "/Shared/Team"}
_CALENDARS: Final[dict[str, tuple[type[BaseModel], Values, frozenset[str]]]] = {
    "northwind": (GoogleSpoke, _NORTHWIND, _OF_CONTACTS),
    "contoso": (GraphSpoke, _CONTOSO, _OF_CONTACTS),
    "jack": (GoogleAccountSpoke, {"protocol": "google-account", "application": _APPLICATION}, _OF_CONTACTS),
    "anna": (
        GraphAccountSpoke,
        {"protocol": "graph-account", "client_id": _CONTOSO["client_id"], "mailbox": "anna@contoso.example"},
        _OF_CONTACTS | _PROOF,
    ),
    "fabrikam": (EwsSpoke, {"protocol": "ews"}, _OF_CONTACTS | _OF_PUBLIC),
    "team": (EwsSpoke, {"protocol": "ews", **_PUBLIC}, _OF_CONTACTS | {"calendar"}),
    "tailspin": (CaldavSpoke, {"protocol": "caldav"}, frozenset({"auth"})),
    "holidays": (IcalSpoke, {"protocol": "ical"}, frozenset()),
}
_CONTACTS: Final[dict[str, tuple[type[BaseModel], Values]]] = {
    "northwind-contacts": (GoogleSpoke, {**_NORTHWIND, "label": "Suppliers"}),
    "contoso-contacts": (GraphSpoke, {**_CONTOSO, "folder": "Suppliers"}),
    "fabrikam-contacts": (EwsSpoke, {"protocol": "ews", "folder": "Suppliers"}),
}
_SIGN_IN: Final[dict[str, tuple[type[BaseModel], Values]]] = {
    "fabrikam": (BasicAuth, _AUTH),
    "team": (BasicAuth, _AUTH),
    "tailspin": (CaldavBasicAuth, _TAILSPIN),
    "fabrikam-contacts": (BasicAuth, _AUTH),
}
_BELOW: Final[dict[str, tuple[type[BaseModel], Values]]] = {
    "spokes.northwind.give": (GiveSettings, {}),
    "spokes.contoso.get": (GetSettings, {"create": True, "change": True, "delete": True}),
    "guards": (HubGuardSettings, {}),
    "guards.creations": (CreationsSettings, {}),
    "guards.changes": (ChangesSettings, {}),
    "guards.deletions": (DeletionsSettings, {}),
}


def hubs() -> Iterator[str]:
    """[[hubs]] with everything below them, and [hub_notifications]."""
    yield comment(
        "The hubs: which calendars, or folders of contacts, stay equal. `busyline calendar plan` writes nothing."
    )
    yield from off(section("[hubs]", HubSettings, {"name": "merger"}, without=_BELOW_IT))
    for name, (kind, values, without) in _CALENDARS.items():
        yield from _spoke(name, section(f"hubs.spokes.{name}", kind, values, without=without))
    for name, (kind, values) in _BELOW.items():
        yield from off(section(f"hubs.{name}", kind, values))
    yield from off(section("[hubs]", HubSettings, {"name": "suppliers", "kind": "contacts"}, without=_BELOW_IT))
    for name, (kind, values) in _CONTACTS.items():
        yield from _spoke(name, section(f"hubs.spokes.{name}", kind, values, without=_OF_CALENDARS | _OF_PUBLIC))
    yield from off(section("hub_notifications", NoticesSettings, {}))
    yield from off(section("hub_notifications.certificate", NoticeCertificateSettings, {}))


def _spoke(name: str, lines: Iterator[str]) -> Iterator[str]:
    """A spoke, and how we prove ourselves there where that is a section of its own."""
    yield from off(lines)
    if name in _SIGN_IN:
        yield from off(section(f"hubs.spokes.{name}.auth", *_SIGN_IN[name]))
