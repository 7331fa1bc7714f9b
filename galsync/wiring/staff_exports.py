"""The shared mailbox of another company, by Graph or by EWS: as a source, and as a target."""

from galsync.settings.clouds import StaffExportDirectory
from galsync.settings.exchange import StaffExportEwsDirectory
from galsync.side import Source, Target
from galsync.sides import mailbox_contacts_target, staff_export_source
from galsync.sides.exchange_contacts_target import ExchangeContactsTarget
from galsync.sides.exchange_staff_source import ExchangeStaffSource
from galsync.sides.list_folder import ListFolder
from galsync.sides.mailbox_contacts_places import Listed
from galsync.sides.mailbox_contacts_target import MailboxContactsTarget
from galsync.sides.staff_export_source import StaffExportSource
from galsync.wiring.parts import Part
from protocols.http import Send
from protocols.model.mailbox import Mailbox
from service.clouds import at_graph, at_graph_as_person


async def graph_source(name: str, settings: StaffExportDirectory, part: Part, asks: object) -> Source:
    """Its people. Raises SecretError, OSError (a CA file)."""
    del asks
    send, api_url = await _at_graph(name, settings, part, scopes=staff_export_source.PERMISSIONS)
    return StaffExportSource(
        name,
        send,
        mailbox=Mailbox.parse(settings.mailbox),
        folder=settings.folder,
        api_url=api_url,
        clock=part.clock,
        sleep=part.sleep,
        takes=frozenset(settings.takes),
    )


async def graph_target(name: str, settings: StaffExportDirectory, part: Part) -> Target:
    """Contacts in its one folder. Raises SecretError, OSError (a CA file)."""
    send, api_url = await _at_graph(name, settings, part, scopes=mailbox_contacts_target.PERMISSIONS, writes=True)
    return MailboxContactsTarget(
        name,
        send,
        sync=part.sync.name,
        folder=ListFolder(settings.folder, shared=True),
        places=Listed([Mailbox.parse(settings.mailbox)]),
        api_url=api_url,
        clock=part.clock,
        sleep=part.sleep,
    )


async def ews_source(name: str, settings: StaffExportEwsDirectory, part: Part, asks: object) -> Source:
    """Its people. Raises SecretError, OSError (a CA file)."""
    del asks
    return ExchangeStaffSource(
        name,
        await part.exchange(settings, lanes=1, impersonates=settings.impersonate),
        mailbox=Mailbox.parse(settings.mailbox),
        folder=settings.folder,
        takes=frozenset(settings.takes),
    )


async def ews_target(name: str, settings: StaffExportEwsDirectory, part: Part) -> Target:
    """Contacts in its one folder. Raises SecretError, OSError (a CA file)."""
    return ExchangeContactsTarget(
        name,
        await part.exchange(settings, lanes=1, impersonates=settings.impersonate, writes=True),
        sync=part.sync.name,
        folder=ListFolder(settings.folder, shared=True),
        places=Listed([Mailbox.parse(settings.mailbox)]),
    )


async def _at_graph(
    name: str, settings: StaffExportDirectory, part: Part, *, scopes: tuple[str, ...], writes: bool = False
) -> tuple[Send, str]:
    outgoing = part.outgoing(settings)
    if not settings.person:
        return await at_graph(settings, outgoing, repeatable=not writes)
    return await at_graph_as_person(settings, outgoing, name=name, scopes=scopes, repeatable=not writes)
