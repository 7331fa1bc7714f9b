"""Hubs as an administrator writes them, for the tests of the settings and of the wiring."""

from typing import Any, Final

from pydantic import BaseModel, ValidationError

from calsync.settings import CalsyncSettings

TWO_WAY: Final = {"create": True, "change": True, "delete": True}
SPOKES: Final[dict[str, dict[str, Any]]] = {
    "google": {
        "protocol": "google",
        "service_account": "file:northwind.json",
        "subject": "ann@northwind.example",
        "calendar": "c_1@group.calendar.google.com",
    },
    "account": {
        "protocol": "google-account",
        "account": "jack@northwind.example",
        "application": {"client_id": "c", "secret": "env:GOOGLE_SECRET"},
    },
    "graph": {
        "protocol": "graph",
        "tenant": "contoso.onmicrosoft.com",
        "client_id": "g",
        "secret": "env:GRAPH_SECRET",
        "mailbox": "projects@contoso.example",
    },
    "graph-account": {
        "protocol": "graph-account",
        "tenant": "contoso.onmicrosoft.com",
        "client_id": "g",
        "mailbox": "jack@contoso.example",
    },
    "ews": {
        "protocol": "ews",
        "url": "https://mail.fabrikam.example/EWS/Exchange.asmx",
        "mailbox": "projects@fabrikam.example",
        "auth": {"kind": "basic", "username": "svc", "password": "env:EWS_PASSWORD"},
    },
    "public": {
        "protocol": "ews",
        "url": "https://mail.fabrikam.example/EWS/Exchange.asmx",
        "mailbox": "svc@fabrikam.example",
        "public_folder": "/Shared/Team",
        "auth": {"kind": "basic", "username": "svc", "password": "env:EWS_PASSWORD"},
    },
    "caldav": {
        "protocol": "caldav",
        "url": "https://dav.tailspin.example/calendars/team/",
        "auth": {"kind": "basic", "username": "busyline", "password": "env:DAV_PASSWORD"},
    },
    "ical": {"protocol": "ical", "url": "https://calendars.example.net/holidays.ics"},
}
CONTACTS: Final = ("google", "account", "graph", "graph-account", "ews", "public")
"""Those that have contacts."""


def spokes(*names: str, **more: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Of these names; ``more`` are keys by spoke, beside or instead of its own."""
    return {name: SPOKES[name] | more.get(name.replace("-", "_"), {}) for name in names}


def hub(*names: str, kind: str = "calendar", **more: dict[str, Any]) -> dict[str, Any]:
    """A hub of these spokes; those that are of no use to its kind lose their calendar."""
    made = spokes(*names, **more)
    if kind == "contacts":
        made = {name: {key: each[key] for key in each if key != "calendar"} for name, each in made.items()}
    return {"name": "merger", "kind": kind, "spokes": made}


def read(*hubs: dict[str, Any]) -> CalsyncSettings:
    """As the configuration would be."""
    return CalsyncSettings.model_validate({"hubs": hubs})


def wrong(*hubs: dict[str, Any]) -> dict[str, str]:
    """What is told, by where it stands."""
    return told(CalsyncSettings, {"hubs": hubs})


def told(kind: type[BaseModel], written: dict[str, Any]) -> dict[str, str]:
    """The mistakes of ``written``, by place; none where it is right."""
    try:
        kind.model_validate(written)
    except ValidationError as error:
        return {".".join(str(part) for part in each["loc"]): each["msg"] for each in error.errors()}
    return {}
