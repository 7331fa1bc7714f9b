"""Which address books and spokes of hubs are reached in the name of a person who signs in, and as whom."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from calsync.settings import SpokeSettings
from calsync.settings.consistency import connection_of
from calsync.settings.google import GoogleAccountSpoke
from calsync.settings.microsoft import GraphAccountSpoke
from console.configuration import Configuration
from galsync.settings import DirectorySettings
from galsync.settings.clouds import StaffExportDirectory
from galsync.settings.google_account import GoogleAccountDirectory
from service.words import Section


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Who has to sign in, and through which application. ``what`` is what the settings call the account, ``key`` where
    the section stands, ``settings`` the section itself,
    and ``of_contacts`` whether it is about contacts (else calendars)."""

    account: str
    client_id: str
    what: str
    key: str = field(compare=False)
    settings: Section = field(compare=False, repr=False)
    of_contacts: bool = field(default=True, compare=False)


def all_wanted(configuration: Configuration) -> dict[str, Wanted]:
    """Those of all address books and spokes, by the name that ``busyline connect`` takes, in the order of the file; of
    two that have one name, the first."""
    found: dict[str, Wanted] = {}
    for name, each in _sections(configuration):
        found.setdefault(name, each)
    return found


def taken_twice(configuration: Configuration) -> dict[str, str]:
    """The name, by key, of each that would sign in under the name of another one."""
    first = all_wanted(configuration)
    return {each.key: name for name, each in _sections(configuration) if each.key != first[name].key}


def _sections(configuration: Configuration) -> Iterator[tuple[str, Wanted]]:
    for name, directory in configuration.directories.items():
        if who := _who(directory):
            yield name, _wanted(who, f"directories.{name}", directory)
    for number, hub in enumerate(configuration.hubs, 1):
        for name, spoke in hub.spokes.items():
            if who := _who(spoke):
                key = f"hubs[{number}].spokes.{name}"
                yield connection_of(hub.name, name), _wanted(who, key, spoke, of_contacts=hub.kind == "contacts")


def _wanted(who: tuple[str, str, str], key: str, settings: Section, *, of_contacts: bool = True) -> Wanted:
    account, client_id, what = who
    return Wanted(account=account, client_id=client_id, what=what, key=key, settings=settings, of_contacts=of_contacts)


def _who(settings: DirectorySettings | SpokeSettings) -> tuple[str, str, str] | None:
    if isinstance(settings, GoogleAccountDirectory | GoogleAccountSpoke):
        return settings.account, settings.application.client_id, "account"
    if isinstance(settings, GraphAccountSpoke) or (isinstance(settings, StaffExportDirectory) and settings.person):
        account, what = (settings.account, "account") if settings.account else (settings.mailbox, "mailbox")
        return account, settings.client_id, what
    return None
