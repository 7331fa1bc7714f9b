"""Checks the hubs: secrets and files that are not there, credentials of two purposes, and rules that surprise."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from pydantic import BaseModel

from calsync.settings import HubSettings, SpokeSettings
from calsync.settings.caldav import CaldavSpoke, IcalSpoke
from calsync.settings.exchange import EwsSpoke
from calsync.settings.google import GoogleAccountSpoke, GoogleSpoke
from calsync.settings.microsoft import GraphAccountSpoke, GraphSpoke
from calsync.wiring.google import scope_of
from calsync.wiring.microsoft import scopes_of
from console.configuration import Configuration
from console.findings import Finding, error, note, warning
from console.gal_checks import identity_of
from console.pem_checks import check_pair
from console.secret_checks import read
from service.reach import is_loopback
from service.secrets import Reference, Secret, SecretError
from service.tokens_google import key_file

_FILES: Final = frozenset({"ca", "keytab", "chain", "key"})
"""Keys whose values are paths of files that have to be there."""
_CERTIFICATE: Final = "certificate"
_RARELY: Final = timedelta(days=1)
_NOTIFYING: Final = (GoogleSpoke, GraphSpoke, GoogleAccountSpoke, EwsSpoke)
"""Protocols whose servers call when something changes."""


def check_hubs(configuration: Configuration, directory: Path, now: datetime) -> Iterator[Finding]:
    """Each hub, in the order of the file, then [hub_notifications]; nobody is asked."""
    for number, hub in enumerate(configuration.hubs, 1):
        key = f"hubs[{number}]"
        yield from _hub(key, hub, now)
        for name, spoke in hub.spokes.items():
            place = f"{key}.spokes.{name}"
            yield from _files(place, spoke, directory, now)
            yield from _shared(place, spoke, configuration, directory)
            yield from _scopes(place, spoke, directory, of_contacts=hub.kind == "contacts")
            yield from _private(place, name, spoke, hub)
            yield from _zone(place, spoke, hub)
            yield from _anonymous(place, name, spoke, hub)
    yield from _notices(configuration, directory, now)


def _hub(key: str, hub: HubSettings, now: datetime) -> Iterator[Finding]:
    if not any(spoke.get.writes for spoke in hub.spokes.values()):
        what = f"{hub.name} may write nowhere, so that nothing becomes equal"
        yield warning(key, what, "write get = { create = true, change = true, delete = true } at a spoke")
    for name, spoke in hub.spokes.items():
        others = [each for other, each in hub.spokes.items() if other != name and each.read]
        if spoke.get.create and not others:
            yield warning(f"{key}.spokes.{name}.get", "no other spoke is read, so that no copies come", "let one be")
    if hub.first == "by itself":
        what = f"busyline serve carries out the first run of {hub.name} before anybody has seen what it would write"
        yield note(f"{key}.first", what, f"leave it out, and run busyline calendar sync {hub.name} first")
    if hub.schedule.longest_gap(now) > _RARELY:
        what = "between two runs lies more than a day, in which only servers that tell of changes are heard"
        yield note(f"{key}.schedule", what, 'write a shorter one, such as "*/15 * * * *", where that is too long')


def _files(key: str, section: BaseModel, directory: Path, now: datetime) -> Iterator[Finding]:
    """Secrets and files that a section names, and those of the sections in it."""
    for name in type(section).model_fields:
        value, place = getattr(section, name), f"{key}.{name}"
        if isinstance(value, Reference):
            text, found = read(place, value, directory)
            yield from found
            if name == _CERTIFICATE and not found:
                yield from check_pair(place, text.encode(), text.encode(), now)
            if name == "service_account" and not found:
                yield from _key_file(place, Secret(text))
        elif isinstance(value, Path) and name in _FILES and not (directory / value).is_file():
            yield error(place, f"there is no file {directory / value}", "put it there, or mend the path")
        elif isinstance(value, BaseModel):
            yield from _files(place, value, directory, now)


def _key_file(key: str, text: Secret) -> Iterator[Finding]:
    try:
        key_file(text)
    except SecretError as wrong:
        what, _, mend = str(wrong).partition(": ")
        yield error(key, what, mend or "download it anew from Google Cloud")


def _shared(key: str, spoke: SpokeSettings, configuration: Configuration, directory: Path) -> Iterator[Finding]:
    """Whoever writes calendars must not be who answers questions from outside, nor who fills address books: what is
    broken into there would reach them all."""
    mine = _proofs(spoke, directory) if spoke.get.writes and not spoke.person else {}
    purposes: dict[str, Mapping[str, object]] = {
        "connectors": configuration.connectors,
        "directories": configuration.directories,
    }
    serves = {"connectors": "serves free/busy and nothing else", "directories": "serves address books"}
    for kind, sections in purposes.items():
        for name, section in sections.items():
            for proof in sorted(mine.keys() & _proofs(section, directory).keys()):
                what = f"{proof[0]} is also what [{kind}.{name}] proves itself with, which {serves[kind]}"
                if len(proof) == 1:
                    mend = "register one of its own, with what this hub needs and no more"
                    yield error(f"{key}.{mine[proof]}", what, mend)
                else:
                    mend = "make an account of its own, with the rights that this hub needs and no more"
                    yield warning(f"{key}.{mine[proof]}", what, mend)


def _proofs(section: object, directory: Path) -> dict[tuple[str, ...], str]:
    """What a section proves itself with, and the key of it: an application or a service account, which are known
    wherever they sign in, or an account and the host that it is one of."""
    found: dict[tuple[str, ...], str] = {}
    auth = getattr(section, "auth", None)
    for prefix, each in (("", section), ("auth.", auth)):
        if (who := identity_of(each, directory)) is not None:
            found[who,] = f"{prefix}{'client_id' if hasattr(each, 'client_id') else 'service_account'}"
    user, url = getattr(auth, "username", None), getattr(section, "url", None)
    if isinstance(user, str) and isinstance(url, str):
        found[user.lower(), urlsplit(url).hostname or ""] = "auth.username"
    return found


def _client_id(spoke: GoogleSpoke, directory: Path) -> str:
    """As the Admin console wants it; "" where the key file does not tell."""
    text, found = read("", spoke.service_account, directory)
    try:
        return "" if found else f"{key_file(Secret(text))['client_id']} "
    except (SecretError, KeyError):
        return ""


def _scopes(key: str, spoke: SpokeSettings, directory: Path, *, of_contacts: bool) -> Iterator[Finding]:
    """What has to be allowed on the other side, in words, since nothing here can see whether it is."""
    does = "reads and writes" if spoke.get.writes else "reads"
    if isinstance(spoke, GoogleSpoke):
        scope = scope_of(spoke, of_contacts=of_contacts)
        number = _client_id(spoke, directory)
        mend = (
            f"allow its client id {number}the scope {scope} in the Admin console (domain-wide delegation), and no more"
        )
        yield note(f"{key}.service_account", f"it {does} as {spoke.subject}", mend)
    elif isinstance(spoke, GraphSpoke) and not isinstance(spoke, GraphAccountSpoke):
        (scope,) = scopes_of(spoke, of_contacts=of_contacts)
        mend = (
            f"grant it the application permission {scope}, for this mailbox alone (RBAC for Applications), and no more"
        )
        yield note(f"{key}.client_id", f"it {does} the mailbox {spoke.mailbox}", mend)
    elif isinstance(spoke, EwsSpoke) and spoke.impersonate and not spoke.public_folder:
        mend = (
            "give it the role ApplicationImpersonation with a scope of this mailbox alone, or write impersonate = false"
        )
        yield note(f"{key}.impersonate", f"the account {does} in the name of {spoke.mailbox}", mend)


def _private(key: str, name: str, spoke: SpokeSettings, hub: HubSettings) -> Iterator[Finding]:
    """Private items in full, where another company reads them."""
    if not spoke.read or spoke.give.private != "copy" or spoke.give.detail == "busy":
        return
    others = {
        other: each
        for other, each in hub.spokes.items()
        if other != name and each.get.create and each.get.detail != "busy" and not each.get.subject
    }
    if there := [other for other, each in others.items() if _organisation(each) != _organisation(spoke)]:
        what = f"private items are told in full to {', '.join(there)}, which belongs to somebody else"
        yield warning(f"{key}.give.private", what, 'write "busy" or "skip", unless both have agreed to it')


def _anonymous(key: str, name: str, spoke: SpokeSettings, hub: HubSettings) -> Iterator[Finding]:
    """Whoever moves or deletes a block elsewhere moves or deletes here what it does not tell them."""
    get, give = spoke.get, spoke.give
    if hub.kind != "calendar" or not get.anonymous:
        return
    blocks = give.detail == "busy" or "busy" in (give.private, give.tentative, give.free, give.all_day)
    others = [each.get for other, each in hub.spokes.items() if other != name and each.get.create]
    if not spoke.read or not (blocks or any(each.detail == "busy" or each.subject for each in others)):
        yield note(f"{key}.get.anonymous", "no copy of what is given here is a block without a name", "leave it out")
    elif get.change or get.delete:
        does = " or ".join(word for word, may in (("moves", get.change), ("deletes", get.delete)) if may)
        what = f"whoever {does} a busy block elsewhere {does} here what it does not tell them, private items too"
        yield warning(f"{key}.get.anonymous", what, "leave it out, unless those who see the blocks may decide so")


def _zone(key: str, spoke: SpokeSettings, hub: HubSettings) -> Iterator[Finding]:
    """Whole days of Microsoft's systems are midnights by somebody's clocks: by others than the mailbox's they lie on
    two days there, and its own come as hours."""
    if hub.kind != "calendar" or not isinstance(spoke, EwsSpoke | GraphSpoke) or "zone" in spoke.model_fields_set:
        return
    if spoke.get.create or spoke.get.change or (spoke.read and isinstance(spoke, EwsSpoke)):
        what = "whole days begin and end at the midnights of UTC, since no zone is written"
        mend = f'write the zone of the mailbox {spoke.mailbox}, such as "Europe/Berlin" ("UTC" where it is that)'
        yield warning(f"{key}.zone", what, mend)


def _organisation(spoke: SpokeSettings) -> str:
    """Whose it is, as far as its address tells."""
    if isinstance(spoke, CaldavSpoke | IcalSpoke):
        host = "" if isinstance(spoke.url, Reference) else urlsplit(spoke.url).hostname or ""
        return ".".join(host.split(".")[-2:])
    address = getattr(spoke, "mailbox", "") or getattr(spoke, "subject", "") or getattr(spoke, "account", "")
    return str(address).rpartition("@")[2].lower()


def _notices(configuration: Configuration, directory: Path, now: datetime) -> Iterator[Finding]:
    settings, key = configuration.hub_notifications, "hub_notifications"
    if settings is None:
        return
    host = urlsplit(settings.public_url).hostname or ""
    if is_loopback(host) or urlsplit(settings.public_url).scheme != "https":
        what = f"{settings.public_url} is this machine alone, and servers call nothing but public https addresses"
        yield warning(f"{key}.public_url", what, 'write such as "https://hooks.example.com"')
    told = [
        (f"{hub.name}.{name}", spoke)
        for hub in configuration.hubs
        if hub.notices
        for name, spoke in hub.spokes.items()
        if isinstance(spoke, _NOTIFYING)
    ]
    if not told:
        what = "no hub has a spoke whose server tells of changes"
        yield warning(key, what, "remove it; or join a calendar of Google, Microsoft 365 or Exchange Server")
    if by_exchange := [name for name, spoke in told if isinstance(spoke, EwsSpoke)]:
        what = f"the Exchange server of {', '.join(by_exchange)} calls URLs below it that hold a secret"
        mend = "let that server reach it and trust its certificate, and let no proxy in front keep paths below /hooks/"
        yield note(f"{key}.public_url", what, mend)
    if settings.certificate is not None:
        yield from _served(f"{key}.certificate", directory, settings.certificate.chain, settings.certificate.key, now)


def _served(key: str, directory: Path, chain: Path, private: Path, now: datetime) -> Iterator[Finding]:
    try:
        both = (directory / chain).read_bytes(), (directory / private).read_bytes()
    except OSError as problem:
        yield error(key, f"{problem.filename}: {problem.strerror}", "put it there, or mend the path")
        return
    yield from check_pair(key, *both, now)
