"""The address books of the annotated example: every kind of directory and a whole sync, all behind #."""

from collections.abc import Iterator
from typing import Final

from pydantic import BaseModel

from console.annotated import Values, comment, off, section
from galsync.settings.active_directory import ActiveDirectory, KerberosSignInSettings, PasswordSignInSettings
from galsync.settings.clouds import ExchangeOnlineDirectory, GoogleDirectory, GraphDirectory, StaffExportDirectory
from galsync.settings.exchange import EwsDirectory, StaffExportEwsDirectory
from galsync.settings.files import CsvDirectory, LdifDirectory, PowershellDirectory, SealedDirectory
from galsync.settings.forwarders import ForwarderSettings
from galsync.settings.google_account import GoogleAccountDirectory
from galsync.settings.mail import MailSettings, MailSignInSettings
from galsync.settings.moves import SyncMoveSettings
from galsync.settings.pairs import AccountSettings, EndSettings, IndividualSettings, PairSettings
from galsync.settings.people import SieveSettings
from galsync.settings.syncs import BoundSettings, GuardSettings, MailboxesSettings, SyncSettings
from service.exchange_sign_in import BasicAuth
from service.state.settings import StateSettings

_DIRECTORIES: Final[dict[str, tuple[type[BaseModel], Values]]] = {
    "fabrikam": (ActiveDirectory, {"host": "dc1.fabrikam.example"}),
    "northwind": (
        GoogleDirectory,
        {"service_account": "file:northwind-directory.json", "subject": "admin@northwind.example"},
    ),
    "jacks-phone": (
        GoogleAccountDirectory,
        {
            "account": "jack.thompson@northwind.example",
            "application": {"client_id": "1234.apps.googleusercontent.com", "secret": "file:google-application.secret"},
        },
    ),
    "contoso": (
        GraphDirectory,
        {"client_id": "00000000-0000-0000-0000-000000000001", "certificate": "file:contoso-directory.pem"},
    ),
    "contoso-exchange": (PowershellDirectory, {}),
    "contoso-at-once": (
        ExchangeOnlineDirectory,
        {"client_id": "00000000-0000-0000-0000-000000000003", "certificate": "file:contoso-exchange.pem"},
    ),
    "tailspin": (
        StaffExportDirectory,
        {
            "tenant": "tailspin.onmicrosoft.com",
            "client_id": "00000000-0000-0000-0000-000000000002",
            "certificate": "file:tailspin-export.pem",
            "mailbox": "staff-export@tailspin.example",
        },
    ),
    "fabrikam-mailboxes": (EwsDirectory, {}),
    "lucerne": (
        StaffExportEwsDirectory,
        {"url": "https://mail.lucerne.example/EWS/Exchange.asmx", "mailbox": "staff-export@lucerne.example"},
    ),
    "wingtip": (CsvDirectory, {"path": "wingtip.csv"}),
    "proseware": (LdifDirectory, {}),
    "litware": (SealedDirectory, {"path": "litware.sealed", "domains": ["litware.example"]}),
}
_SIGN_IN: Final[dict[str, tuple[type[BaseModel], Values]]] = {
    "fabrikam": (PasswordSignInSettings, {}),
    "fabrikam-mailboxes": (BasicAuth, {"username": "FABRIKAM\\svc-mailboxes", "password": "env:FABRIKAM_MAILBOXES"}),
    "lucerne": (BasicAuth, {"username": "busyline@lucerne.example", "password": "env:LUCERNE_PASSWORD"}),
}
_ANOTHER: Final = (
    comment("Another Active Directory, for the other way to sign in."),
    "[directories.adatum]",
    'protocol = "active-directory"',
    'host = "dc1.adatum.example"',
    "",
)
_KERBEROS: Final[Values] = {"principal": "svc-busyline@ADATUM.EXAMPLE"}
_SYNC: Final[Values] = {
    "name": "fabrikam-to-contoso",
    "from": ["fabrikam"],
    "to": "contoso-exchange",
    "as": "mail-contact",
    "groups": "groups",
}
_SECTIONS: Final[dict[str, tuple[type[BaseModel], Values]]] = {
    "include": (SieveSettings, {}),
    "exclude": (SieveSettings, {}),
    "guards": (GuardSettings, {}),
    "guards.deletions": (BoundSettings, {"count": 500, "share": 0.1}),
    "mailboxes": (MailboxesSettings, {"group": "phones@contoso.example"}),
}
_FORWARDERS: Final[Values] = {"move": "fabrikam-to-contoso", "at": "fabrikam", "beyond": "contoso-at-once"}


_OTHER_TENANT: Final[dict[str, tuple[type[BaseModel], Values]]] = {
    "adventure": (
        GraphDirectory,
        {
            "tenant": "adventure.onmicrosoft.com",
            "client_id": "00000000-0000-0000-0000-000000000004",
            "certificate": "file:adventure-directory.pem",
            "domains": ["adventure.example"],
        },
    ),
    "adventure-exchange": (
        PowershellDirectory,
        {"folder": "adventure-scripts", "sign_in_domain": "adventure.onmicrosoft.com"},
    ),
}
_PAIR: Final[dict[str, tuple[type[BaseModel], Values]]] = {
    "[pairs]": (
        PairSettings,
        {"name": "adventure-contoso", "users": "adventure-users.csv", "routes": False, "distribution_lists": True},
    ),
    "pairs.source": (
        EndSettings,
        {
            "directory": "adventure",
            "domain": "adventure.example",
            "exchange": "adventure-exchange",
            "connector": "fabrikam",
        },
    ),
    "pairs.destination": (
        EndSettings,
        {
            "directory": "contoso",
            "domain": "contoso.example",
            "exchange": "contoso-exchange",
            "connector": "contoso",
        },
    ),
    "pairs.individual": (IndividualSettings, {}),
    "pairs.accounts": (AccountSettings, {}),
}


def directories() -> Iterator[str]:
    """[state], [directories.…], [[directory_syncs]], [[move_forwarders]], [[pairs]] and [mail]."""
    yield comment(
        "The address books: whose people shall stand in whose. docs/guides/address-books.md begins with a plan."
    )
    yield from section("state", StateSettings, {})
    for name, (kind, values) in _DIRECTORIES.items():
        yield from off(section(f"directories.{name}", kind, values))
        if name in _SIGN_IN:
            yield from off(section(f"directories.{name}.auth", *_SIGN_IN[name]))
    yield from off(iter(_ANOTHER))
    yield from off(section("directories.adatum.auth", KerberosSignInSettings, _KERBEROS))
    yield from off(section("[directory_syncs]", SyncSettings, _SYNC))
    for name, (kind, values) in _SECTIONS.items():
        yield from off(section(f"directory_syncs.{name}", kind, values))
    yield from off(section("[directory_syncs.moves]", SyncMoveSettings, {"side": "from"}))
    yield from off(section("[move_forwarders]", ForwarderSettings, _FORWARDERS))
    yield comment("Two tenants of Microsoft 365, prepared for each other in one stroke: docs/guides/tenant-pairs.md.")
    for name, (kind, values) in _OTHER_TENANT.items():
        yield from off(section(f"directories.{name}", kind, values))
    for name, (kind, values) in _PAIR.items():
        yield from off(section(name, kind, values))
    yield from off(section("mail", MailSettings, {}))
    yield from off(section("mail.auth", MailSignInSettings, {}))
