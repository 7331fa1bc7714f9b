"""Exchange Server as a target: contacts in its mailboxes, and who of whom another directory tells has one."""

from collections.abc import Awaitable, Callable, Collection

from galsync.entries import Form
from galsync.people.mapping import Mapping
from galsync.people.selection import Selection, Sieve
from galsync.settings.exchange import EwsDirectory
from galsync.settings.syncs import MailboxesSettings
from galsync.side import Target
from galsync.sides.exchange_contacts_target import AT_ONCE, ExchangeContactsTarget
from galsync.sides.list_folder import ListFolder
from galsync.sides.mailbox_contacts_places import Listed
from galsync.sides.taken_people import TakenPeople
from galsync.wiring.parts import Part
from galsync.wiring.sources import source_of
from protocols.model.mailbox import Mailbox
from protocols.model.person import Kind


async def ews(name: str, settings: EwsDirectory, part: Part) -> Target:
    """Contacts in mailboxes. Raises SecretError, OSError (a CA file), and as the directory that tells who has one."""
    mailboxes = part.sync.mailboxes
    assert mailboxes is not None  # the settings see to it
    return ExchangeContactsTarget(
        name,
        await part.exchange(settings, lanes=AT_ONCE, impersonates=True, writes=True),
        sync=part.sync.name,
        folder=ListFolder(mailboxes.list),
        places=await _places(settings, mailboxes, part),
    )


async def _places(
    settings: EwsDirectory, mailboxes: MailboxesSettings, part: Part
) -> Callable[[], Awaitable[Collection[str]]]:
    if mailboxes.addresses:
        return Listed([Mailbox.parse(address) for address in mailboxes.addresses])
    name = settings.people
    sieve = Sieve.of(
        kinds=(Kind.USER,), groups=(mailboxes.group,) if mailboxes.group else (), where=mailboxes.where or ""
    )
    mapping = Mapping(source=name, forms={Kind.USER: Form.CONTACT}, fields={})
    source = await source_of(name, part.directories[name], part, Selection(include=sieve), mapping)
    return TakenPeople(source=source, sieve=sieve, domains=frozenset(settings.domains))
