"""Directories of every kind as the settings write them, a sync between two of them, and what is wrong with others."""

from typing import Any

from pydantic import BaseModel, ValidationError

from galsync.settings import GalsyncSettings

MICROSOFT = {"tenant": "contoso.example", "client_id": "c", "secret": "env:CONTOSO_SECRET"}
EXCHANGE = {
    "url": "https://mail.fabrikam.example/EWS/Exchange.asmx",
    "auth": {"kind": "basic", "username": "FABRIKAM\\svc-busyline", "password": "env:FABRIKAM_PASSWORD"},
}
SIGN_IN = {"kind": "password", "user": "svc@fabrikam.example", "password": "env:FABRIKAM_PASSWORD"}
DIRECTORIES: dict[str, dict[str, Any]] = {
    "graph": {"protocol": "graph", **MICROSOFT},
    "export": {"protocol": "staff-export", "mailbox": "export@tailspin.example", **MICROSOFT},
    "ews": {"protocol": "ews", **EXCHANGE, "people": "csv"},
    "export-ews": {"protocol": "staff-export-ews", **EXCHANGE, "mailbox": "export@tailspin.example", "folder": "Staff"},
    "google": {"protocol": "google", "service_account": "file:key.json", "subject": "admin@northwind.example"},
    "account": {
        "protocol": "google-account",
        "account": "jack@northwind.example",
        "application": {"client_id": "desktop", "secret": "env:GOOGLE_SECRET"},
        "list": "Fabrikam",
    },
    "ad": {
        "protocol": "active-directory",
        "host": "dc1.fabrikam.example",
        "auth": SIGN_IN,
        "unit": "OU=Contoso,DC=fabrikam,DC=example",
    },
    "csv": {"protocol": "csv", "path": "people.csv"},
    "list": {"protocol": "csv", "path": "list.csv"},
    "ldif": {"protocol": "ldif", "path": "contacts.ldif", "unit": "OU=Partners,DC=contoso,DC=example"},
    "sealed": {
        "protocol": "sealed",
        "path": "litware.sealed",
        "key": "sealing.key",
        "partner": "litware.pub",
        "domains": ["litware.example"],
    },
    "online": {"protocol": "exchange-online-undocumented", **MICROSOFT},
    "script": {"protocol": "powershell", "folder": "scripts"},
}
MAILBOXES = {"list": "Fabrikam", "everybody": True}


def settings(**sync: Any) -> GalsyncSettings:
    """All directories, and a sync from one CSV into the other unless ``sync`` says otherwise (source, to, as_ …)."""
    written = {"name": "staff", "from": ["csv"], "to": "list"} | {key.rstrip("_"): each for key, each in sync.items()}
    return GalsyncSettings.model_validate({"directories": DIRECTORIES, "directory_syncs": [written]})


def mistakes(**sync: Any) -> list[str]:
    """What is wrong with such a sync: where, and in which words."""
    try:
        settings(**sync)
    except ValidationError as error:
        return told(error)
    return []


def wrong(kind: type[BaseModel], written: object) -> list[str]:
    """What is wrong with one section."""
    try:
        kind.model_validate(written)
    except ValidationError as error:
        return told(error)
    return []


def told(error: ValidationError) -> list[str]:
    """Each mistake as ``place: words``."""
    return [
        f"{'.'.join(map(str, each['loc']))}: {each['msg'].removeprefix('Value error, ')}" for each in error.errors()
    ]
