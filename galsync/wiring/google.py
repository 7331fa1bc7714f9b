"""Google Workspace as a target: shared contacts of the domain and groups beside them, or contacts of its users."""

from collections.abc import Awaitable, Callable, Sequence

from galsync.entries import Form
from galsync.people.selection import Sieve
from galsync.settings.clouds import GoogleDirectory
from galsync.settings.consistency import form_of
from galsync.settings.syncs import MailboxesSettings
from galsync.side import Target
from galsync.sides.google_contacts_target import GoogleContactsTarget
from galsync.sides.google_groups_target import GoogleGroupsTarget
from galsync.sides.google_groups_writing import GroupWriter
from galsync.sides.google_own_groups import OwnGroups
from galsync.sides.google_own_people import OwnPeople
from galsync.sides.google_source import GoogleSource, Wishes
from galsync.sides.shared_contacts_target import SharedContactsTarget
from galsync.sides.taken_people import TakenPeople
from galsync.wiring.parts import Part
from protocols.google import groups, people, personal_contacts, shared_contacts
from protocols.model.person import Kind


async def google(name: str, settings: GoogleDirectory, part: Part) -> Target:
    """Shared contacts of the domain, with groups or without, or contacts of its users.

    Raises SecretError, OSError (a CA file).
    """
    if form_of(part.sync, settings) is Form.CONTACT:
        return await _contacts(name, settings, part)
    if part.sync.groups == "groups":
        return await _with_groups(name, settings, part)
    own = await part.google_as_subject(settings, (people.USERS_SCOPE, people.GROUPS_SCOPE))
    return await _shared(name, settings, part, OwnPeople(own, pace=part.pace, api_url=settings.api_url))


async def _shared(name: str, settings: GoogleDirectory, part: Part, own: OwnPeople) -> SharedContactsTarget:
    send_as = await part.google(settings, settings.contacts_url, writes=True)
    return SharedContactsTarget(
        name,
        sync=part.sync.name,
        domain=_domain(settings),
        send=send_as(settings.subject, shared_contacts.SCOPE),
        own=own,
        pace=part.pace,
        api_url=settings.contacts_url,
    )


async def _with_groups(name: str, settings: GoogleDirectory, part: Part) -> Target:
    """Groups of the domain beside its shared contacts: asked for with the rights to write them, and no others."""
    scopes, sync = (groups.GROUPS_SCOPE, groups.MEMBERS_SCOPE), part.sync.name
    reading = await part.google_as_subject(settings, (people.USERS_SCOPE, *scopes))
    own = OwnGroups(reading, sync=sync, pace=part.pace, api_url=settings.api_url)
    send_as = await part.google(settings, settings.api_url, writes=True)
    writing = send_as(settings.subject, " ".join(scopes))
    return GoogleGroupsTarget(
        await _shared(name, settings, part, own),
        GroupWriter(writing, sync=sync, pace=part.pace, api_url=settings.api_url),
        domains=frozenset({_domain(settings)}),
    )


def _domain(settings: GoogleDirectory) -> str:
    return settings.domain or settings.subject.rpartition("@")[2]


async def _contacts(name: str, settings: GoogleDirectory, part: Part) -> Target:
    mailboxes = part.sync.mailboxes
    assert mailboxes is not None  # the settings see to it
    send_as = await part.google(settings, settings.people_url, writes=True)
    return GoogleContactsTarget(
        name,
        sync=part.sync.name,
        group=mailboxes.list,
        users=await _users(name, settings, mailboxes, part),
        send_as=lambda address: send_as(address, personal_contacts.SCOPE),
        pace=part.pace,
        api_url=settings.people_url,
    )


async def _users(
    name: str, settings: GoogleDirectory, mailboxes: MailboxesSettings, part: Part
) -> Callable[[], Awaitable[Sequence[str]]]:
    """Who gets the contacts: users who may sign in, and of them those who are wanted."""
    if mailboxes.addresses:
        return _Given(mailboxes.addresses)
    group = mailboxes.group
    wishes = Wishes(groups=bool(group), memberships=bool(group), rooms=False, domain=settings.domain or "")
    send = await part.google_as_subject(settings, wishes.scopes)
    sieve = Sieve.of(kinds=(Kind.USER,), groups=(group,) if group else (), where=mailboxes.where or "")
    source = GoogleSource(name, send, wishes, pace=part.pace, api_url=settings.api_url)
    return TakenPeople(source=source, sieve=sieve)


class _Given:
    """The users that somebody wrote down."""

    def __init__(self, addresses: Sequence[str]) -> None:
        self._addresses = tuple(dict.fromkeys(addresses))

    async def __call__(self) -> Sequence[str]:
        return self._addresses
