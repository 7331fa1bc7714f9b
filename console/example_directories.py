"""The address books of the annotated example: every kind of directory and a whole sync, all behind #."""

from collections.abc import Iterator
from typing import Final

from pydantic import BaseModel

from console.annotated import Values, comment, off, section
from galsync.settings.active_directory import ActiveDirectory, KerberosSignInSettings, PasswordSignInSettings
from galsync.settings.clouds import ExchangeOnlineDirectory, GoogleDirectory, GraphDirectory, StaffExportDirectory
from galsync.settings.files import CsvDirectory, LdifDirectory, PowershellDirectory, SealedDirectory
from galsync.settings.mail import MailSettings, MailSignInSettings
from galsync.settings.people import SieveSettings
from galsync.settings.state import StateSettings
from galsync.settings.syncs import BoundSettings, GuardSettings, MailboxesSettings, SyncSettings

_DIRECTORIES: Final[dict[str, tuple[type[BaseModel], Values]]] = {
    "fabrikam": (ActiveDirectory, {"host": "dc1.fabrikam.example"}),
    "northwind": (
        GoogleDirectory,
        {"service_account": "file:northwind-directory.json", "subject": "admin@northwind.example"},
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
    "wingtip": (CsvDirectory, {"path": "wingtip.csv"}),
    "proseware": (LdifDirectory, {}),
    "litware": (SealedDirectory, {"path": "litware.sealed", "domains": ["litware.example"]}),
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
}
_SECTIONS: Final[dict[str, tuple[type[BaseModel], Values]]] = {
    "include": (SieveSettings, {}),
    "exclude": (SieveSettings, {}),
    "guards": (GuardSettings, {}),
    "guards.deletions": (BoundSettings, {"count": 500, "share": 0.1}),
    "mailboxes": (MailboxesSettings, {"group": "phones@contoso.example"}),
}


def directories() -> Iterator[str]:
    """[state], [directories.…], [[directory_syncs]] and [mail]."""
    yield comment(
        "The address books: whose people shall stand in whose. docs/guides/address-books.md begins with a plan."
    )
    yield from section("state", StateSettings, {})
    for name, (kind, values) in _DIRECTORIES.items():
        yield from off(section(f"directories.{name}", kind, values))
        if kind is ActiveDirectory:
            yield from off(section(f"directories.{name}.auth", PasswordSignInSettings, {}))
    yield from off(iter(_ANOTHER))
    yield from off(section("directories.adatum.auth", KerberosSignInSettings, _KERBEROS))
    yield from off(section("[directory_syncs]", SyncSettings, _SYNC))
    for name, (kind, values) in _SECTIONS.items():
        yield from off(section(f"directory_syncs.{name}", kind, values))
    yield from off(section("mail", MailSettings, {}))
    yield from off(section("mail.auth", MailSignInSettings, {}))
