"""Checks of the address-book syncs: files and secrets that are not there, and credentials that serve two purposes."""

import json
import os
from collections.abc import Iterator
from pathlib import Path

from console.configuration import Configuration
from console.findings import Finding, error, warning
from console.guest_checks import check_guests
from console.secret_checks import read
from console.writable_checks import check_writable, user_name
from galsync.entries import Form
from galsync.files import sealed_keys
from galsync.files.disk import UnreadableError
from galsync.settings import DirectorySettings
from galsync.settings.active_directory import ActiveDirectory
from galsync.settings.clouds import GoogleDirectory, GraphDirectory
from galsync.settings.consistency import IN_MAILBOXES, form_of, with_helpers
from galsync.settings.files import CsvDirectory, LdifDirectory, SealedDirectory
from galsync.settings.google_account import GoogleAccountDirectory
from galsync.wiring.seals import partner_of
from service.clouds import GoogleSection, MicrosoftSection
from service.secrets import Reference, SecretError, resolve
from service.state.files import is_other
from service.state.settings import SQLITE


def check_gal(configuration: Configuration, directory: Path) -> Iterator[Finding]:
    """The state, then each directory, then each sync, in the order of the file; nobody is asked."""
    if configuration.directory_syncs or configuration.pairs or configuration.move_forwarders or configuration.hubs:
        yield from _state(configuration, directory)
    used = {name for sync in configuration.directory_syncs for name in (*sync.sources, sync.target)}
    used |= {name for pair in configuration.pairs for end in pair.ends for name in (end.directory, end.exchange)}
    used |= {name for each in configuration.move_forwarders for name in (each.at, each.beyond) if name}
    used |= {*with_helpers(sorted(used), configuration.directories)}
    for name, settings in configuration.directories.items():
        key = f"directories.{name}"
        if name not in used:
            yield warning(key, "no sync reads or writes it", "write [[directory_syncs]], or remove the section")
        yield from _secrets(key, settings, directory)
        yield from _shared(key, settings, configuration, directory)
        if isinstance(settings, SealedDirectory):
            yield from _seals(key, settings, directory)
    yield from _syncs(configuration, directory)


def _state(configuration: Configuration, directory: Path) -> Iterator[Finding]:
    state = configuration.state
    if isinstance(state.database, Reference):
        yield from read("state.database", state.database, directory)[1]
    elif state.database.startswith(SQLITE):
        path = directory / state.database.removeprefix(SQLITE)
        if not path.parent.is_dir():
            what = f"there is no folder {path.parent}"
            yield error("state.database", what, f"make it (mkdir -p {path.parent}), or write another path")
        elif path.exists() and not path.is_file():
            yield error("state.database", f"{path} is no file", "write the path of one, which need not be there yet")
        elif is_other(path):
            yield error("state.database", f"{path} is no database of SQLite", "write another path, or move it away")
        elif path.exists() and not os.access(path, os.R_OK | os.W_OK):
            what = f"the user {user_name(os.geteuid())} cannot write to {path}"
            yield error("state.database", what, "let that user have it (chown), or write another path")
        else:
            yield from (each for each in check_writable("state.database", path.parent) if each.severity != "warning")
    if state.password is not None:
        yield from read("state.password", state.password, directory)[1]


def _secrets(key: str, settings: DirectorySettings, directory: Path) -> Iterator[Finding]:
    references: dict[str, Reference | None] = {}
    if isinstance(settings, MicrosoftSection):
        references = {"certificate": settings.certificate, "secret": settings.secret}
    elif isinstance(settings, GoogleSection):
        references = {"service_account": settings.service_account}
    elif isinstance(settings, GoogleAccountDirectory):
        references = {"application.secret": settings.application.secret}
    elif isinstance(settings, ActiveDirectory):
        references = {"auth.password": settings.auth.password}
        keytab = getattr(settings.auth, "keytab", None)
        if keytab is not None and not (directory / keytab).is_file():
            yield error(f"{key}.auth.keytab", f"there is no file {directory / keytab}", "export it, or mend the path")
    for name, reference in references.items():
        if reference is not None:
            yield from read(f"{key}.{name}", reference, directory)[1]
    ca = getattr(settings, "ca", None)
    if ca is not None and not (directory / ca).is_file():
        yield error(f"{key}.ca", f"there is no file {directory / ca}", "put the CA's certificate there")


def _shared(key: str, settings: DirectorySettings, configuration: Configuration, directory: Path) -> Iterator[Finding]:
    """Whoever may write must not be who answers questions from outside: what is broken into there stays there."""
    mine = identity_of(settings, directory)
    if mine is None:
        return
    place = "service_account" if isinstance(settings, GoogleDirectory) else "client_id"
    for name, connector in configuration.connectors.items():
        others = (connector, getattr(connector, "auth", None))
        if any(identity_of(each, directory) == mine for each in others):
            what = (
                f"{mine} is also what [connectors.{name}] proves itself with, which serves free/busy and nothing else"
            )
            yield error(f"{key}.{place}", what, "register one of its own, with what this directory needs and no more")


def identity_of(settings: object, directory: Path) -> str | None:
    """The application or service account that a section proves itself as; None where it has neither."""
    client = getattr(settings, "client_id", None)
    if client is not None:
        return str(client).lower()
    reference = getattr(settings, "service_account", None)
    if not isinstance(reference, Reference):
        return None
    try:
        told = json.loads(resolve(reference, directory).reveal())
        return str(told["client_email"]) if isinstance(told, dict) and "client_email" in told else str(reference)
    except (SecretError, ValueError):
        return str(reference)


def _seals(key: str, settings: SealedDirectory, directory: Path) -> Iterator[Finding]:
    try:
        sealed_keys.load(directory / settings.key)
    except UnreadableError as wrong:
        yield error(f"{key}.key", wrong.words, f"busyline gal keys {settings.key}")
    try:
        partner_of(settings, directory)
    except UnreadableError as wrong:
        yield error(f"{key}.partner", wrong.words, "ask them for it, and read it to each other")


def _syncs(configuration: Configuration, directory: Path) -> Iterator[Finding]:
    for number, sync in enumerate(configuration.directory_syncs, 1):
        key = f"directory_syncs[{number}]"
        for name in sync.sources:
            source = configuration.directories[name]
            if isinstance(source, CsvDirectory | SealedDirectory) and not (directory / source.path).is_file():
                yield error(
                    f"{key}.from", f"there is no file {directory / source.path}", "put it there, or mend the path"
                )
        target = configuration.directories[sync.target]
        if isinstance(target, CsvDirectory | LdifDirectory | SealedDirectory):
            folder = (directory / target.path).parent
            if not folder.is_dir() or not os.access(folder, os.W_OK | os.X_OK):
                what = f"the user {user_name(os.geteuid())} cannot write to {folder}"
                yield error(f"{key}.to", what, "make it, let that user have it (chown), or write another path")
        if sync.mailboxes and (form_of(sync, target) is not Form.CONTACT or target.protocol not in IN_MAILBOXES):
            what = "it says in whose mailboxes contacts are written, and none are"
            yield warning(f"{key}.mailboxes", what, 'remove it, or write as = "contact"')
        if isinstance(target, GraphDirectory) and form_of(sync, target) is Form.GUEST:
            yield from check_guests(key, sync, target, configuration.directories)
