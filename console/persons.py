"""Which address books are reached in the name of a person who signs in, and as whom."""

from collections.abc import Mapping
from dataclasses import dataclass

from galsync.settings import DirectorySettings
from galsync.settings.clouds import StaffExportDirectory
from galsync.settings.google_account import GoogleAccountDirectory


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Who has to sign in, and through which application. ``what`` is what the settings call the account."""

    account: str
    client_id: str
    what: str


def wanted(settings: DirectorySettings) -> Wanted | None:
    """Who has to sign in for this address book; None where nobody has."""
    if isinstance(settings, GoogleAccountDirectory):
        return Wanted(account=settings.account, client_id=settings.application.client_id, what="account")
    if isinstance(settings, StaffExportDirectory) and settings.person:
        account, what = (settings.account, "account") if settings.account else (settings.mailbox, "mailbox")
        return Wanted(account=account, client_id=settings.client_id, what=what)
    return None


def all_wanted(directories: Mapping[str, DirectorySettings]) -> dict[str, Wanted]:
    """Those of all address books, by name, in their order."""
    return {name: each for name, settings in directories.items() if (each := wanted(settings))}
