"""What the sections of the address-book syncs say of each other: directories that are there, and forms that fit."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from galsync.entries import Form
from galsync.settings.active_directory import ActiveDirectory
from galsync.settings.clouds import ExchangeOnlineDirectory, GoogleDirectory, GraphDirectory, StaffExportDirectory
from galsync.settings.directories import DirectorySettings
from galsync.settings.exchange import EwsDirectory, StaffExportEwsDirectory
from galsync.settings.files import PowershellDirectory
from galsync.settings.syncs import SyncSettings
from service.connections import is_name
from service.mistakes import Problem, raise_all

_NAMELESS: Final = {":", "/"}
IN_MAILBOXES: Final = ("graph", "google", "ews")


def check_syncs(directories: Mapping[str, DirectorySettings], syncs: Sequence[SyncSettings]) -> None:
    """Raises ValidationError with every directory that cannot do what a sync wants of it, at its place."""
    problems = [*_names(directories), *_shown(directories), *_told(directories)]
    seen: set[str] = set()
    for number, sync in enumerate(syncs):
        place = ("directory_syncs", number)
        if sync.name in seen:
            problems.append(((*place, "name"), f"{sync.name} is there twice: each has a name of its own"))
        seen.add(sync.name)
        problems += [((*place, *rest), text) for rest, text in _of(sync, directories)]
    raise_all(problems)


def form_of(sync: SyncSettings, target: DirectorySettings) -> Form | None:
    """As what the people of ``sync`` stand in ``target``; None where that has to be written."""
    return Form(sync.form) if sync.form else target.usual


def with_helpers(names: Sequence[str], directories: Mapping[str, DirectorySettings]) -> list[str]:
    """``names`` once each, in their order, and behind them the directories that these are written with."""
    helpers = [getattr(directories[name], key, "") for name in names for key in ("shown_by", "people")]
    return list(dict.fromkeys([*names, *filter(None, helpers)]))


def _names(directories: Mapping[str, DirectorySettings]) -> Iterator[Problem]:
    for name in directories:
        if not name.isprintable() or not name.strip() or _NAMELESS & {*name}:
            yield ("directories", name), "not a name for a directory: it has no : and no / in it"
        elif getattr(directories[name], "person", False) and not is_name(name):
            words = "somebody signs in for it: give it a name of small letters, digits and hyphens"
            yield ("directories", name), words


def _shown(directories: Mapping[str, DirectorySettings]) -> Iterator[Problem]:
    for name, directory in directories.items():
        if not isinstance(directory, GraphDirectory) or not directory.shown_by:
            continue
        other = directories.get(directory.shown_by)
        place = ("directories", name, "shown_by")
        if other is None:
            yield place, f"no directory is called {directory.shown_by}; write [directories.{directory.shown_by}]"
        elif not isinstance(other, PowershellDirectory | ExchangeOnlineDirectory):
            words = "name one of the protocol powershell or exchange-online-undocumented"
            yield place, f"{directory.shown_by} ({other.protocol}) cannot show guests: {words}"


def _told(directories: Mapping[str, DirectorySettings]) -> Iterator[Problem]:
    for name, directory in directories.items():
        if not isinstance(directory, EwsDirectory) or not directory.people:
            continue
        other, place = directories.get(directory.people), ("directories", name, "people")
        if other is None:
            yield place, f"no directory is called {directory.people}; write [directories.{directory.people}]"
        elif not other.reads:
            yield place, f"{directory.people} ({other.protocol}) can only be written to: name one that tells people"


def _of(sync: SyncSettings, directories: Mapping[str, DirectorySettings]) -> Iterator[Problem]:
    known = ", ".join(sorted(directories)) or "none: write [directories.NAME]"
    for name in sync.sources:
        source = directories.get(name)
        if source is None:
            yield ("from",), f"no directory is called {name}; there are {known}"
        elif not source.reads:
            yield ("from",), f"{name} ({source.protocol}) can only be written to: read another directory"
        elif name == sync.target or _same_file(source, directories.get(sync.target)):
            yield ("to",), f"{name} is read by this very sync: write into another directory"
        elif isinstance(source, GraphDirectory) and not source.rooms and "room" in sync.include.kinds:
            yield ("include", "kinds"), f"{name} does not tell rooms: leave out its rooms = false, or room here"
    target = directories.get(sync.target)
    if target is None:
        yield ("to",), f"no directory is called {sync.target}; there are {known}"
    else:
        yield from _target(sync, target)


def _target(sync: SyncSettings, target: DirectorySettings) -> Iterator[Problem]:
    forms = ", ".join(form.value for form in target.writes if form is not Form.GROUP)
    form = form_of(sync, target)
    if form is None:
        yield ("as",), f"is missing: into {target.protocol} one of {forms}"
    elif form not in target.writes:
        yield ("as",), f"{target.protocol} takes no {form.value}: write one of {forms}"
    yield from _groups(sync, target, form)
    if sync.mailboxes is None and form is Form.CONTACT and target.protocol in IN_MAILBOXES:
        yield ("mailboxes",), "is missing: write [directory_syncs.mailboxes], which says whose get the contacts"
    if isinstance(target, EwsDirectory) and sync.mailboxes and not (sync.mailboxes.addresses or target.people):
        yield ("mailboxes",), f"{sync.target} does not know who has a mailbox: write people there, or addresses here"
    if isinstance(target, StaffExportDirectory | StaffExportEwsDirectory) and not target.folder:
        yield ("to",), f"{sync.target} names no folder: write one there, lest it fill the mailbox's own contacts"
    if isinstance(target, ActiveDirectory) and not target.unit:
        yield ("to",), f"{sync.target} does not say where entries are made: write its unit"
    if isinstance(target, ExchangeOnlineDirectory) and form is Form.MAIL_USER and not target.sign_in_domain:
        yield ("as",), f'mail users need a sign_in_domain in {sync.target}: write it, or as = "mail-contact"'
    yield from _stamps(sync, target)


def _groups(sync: SyncSettings, target: DirectorySettings, form: Form | None) -> Iterator[Problem]:
    if sync.groups == "groups" and Form.GROUP not in target.writes:
        yield ("groups",), f'{target.protocol} takes no groups: write groups = "entries" or "none"'
    elif sync.groups == "groups" and isinstance(target, GoogleDirectory) and form is Form.CONTACT:
        yield ("groups",), 'contacts of users are never groups: leave out as, or write groups = "entries" or "none"'
    if sync.group_address and sync.groups != "groups":
        yield ("group_address",), 'is for groups with their members: write groups = "groups", or leave it out'


def _stamps(sync: SyncSettings, target: DirectorySettings) -> Iterator[Problem]:
    """A stamp where a field is written would be written over, and whatever has lost its stamp is nobody's."""
    stamp = getattr(target, "stamp", "")
    stamp = stamp or ("extensionAttribute15" if isinstance(target, ActiveDirectory) else "")
    taken = f"extra_{stamp.removeprefix('extensionAttribute').removeprefix('CustomAttribute')}"
    for key, names in (("fields", sync.fields), ("values", sync.values)):
        for name in names:
            if name.value == taken and sync.fields.get(name) != "leave":
                yield (
                    (key, name.value),
                    f"the stamp of {sync.target} stands there: take another field, or move the stamp",
                )


def _same_file(one: DirectorySettings, other: DirectorySettings | None) -> bool:
    path = getattr(one, "path", None)
    return path is not None and path == getattr(other, "path", None)
