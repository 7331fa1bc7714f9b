"""The targets behind the names of directories, by protocol."""

import secrets
import string
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final, TypeAlias

from galsync.entries import Form
from galsync.files import sealed_keys
from galsync.people.conditions import Condition
from galsync.powershell.script import Exchange
from galsync.settings.active_directory import ActiveDirectory
from galsync.settings.clouds import ExchangeOnlineDirectory, GoogleDirectory, GraphDirectory, StaffExportDirectory
from galsync.settings.consistency import form_of
from galsync.settings.directories import DirectorySettings
from galsync.settings.exchange import EwsDirectory, StaffExportEwsDirectory
from galsync.settings.files import CsvDirectory, LdifDirectory, PowershellDirectory, SealedDirectory
from galsync.settings.google_account import GoogleAccountDirectory
from galsync.settings.syncs import MailboxesSettings
from galsync.side import Target
from galsync.sides.active_directory_target import ActiveDirectoryTarget, Standing
from galsync.sides.admin_cmdlets_pace import CmdletPace
from galsync.sides.admin_cmdlets_target import AdminCmdletsTarget, MailUsers, blocking
from galsync.sides.csv_target import csv_target
from galsync.sides.ldif_target import ldif_target
from galsync.sides.list_folder import ListFolder
from galsync.sides.mailbox_contacts_places import Everybody, Group, Listed, Places
from galsync.sides.mailbox_contacts_target import MailboxContactsTarget
from galsync.sides.powershell_target import PowerShellTarget
from galsync.sides.sealed_target import sealed_target
from galsync.wiring import staff_exports
from galsync.wiring.exchange import ews
from galsync.wiring.google import google
from galsync.wiring.google_account import google_account
from galsync.wiring.guests import guests
from galsync.wiring.parts import Part
from galsync.wiring.seals import partner_of
from protocols.graph.cmdlets import Endpoint
from protocols.http import Send
from protocols.model.mailbox import Mailbox
from protocols.model.person import Person
from service.clouds import at_graph
from service.words import Section

_Maker: TypeAlias = Callable[[str, Any, Part], Awaitable[Target]]
_LETTERS: Final = string.ascii_letters + string.digits


async def target_of(name: str, settings: DirectorySettings, part: Part) -> Target:
    """The target of that name, for one sync.

    Raises SecretError, OSError (a CA file), UnreadableError (keys), and PeerError where it has to be asked what it can.
    """
    return await TARGETS[type(settings)](name, settings, part)


async def _csv(name: str, settings: CsvDirectory, part: Part) -> Target:
    return csv_target(name=name, sync=part.sync.name, path=part.directory / settings.path)


async def _ldif(name: str, settings: LdifDirectory, part: Part) -> Target:
    return ldif_target(name=name, sync=part.sync.name, path=part.directory / settings.path, unit=settings.unit)


async def _sealed(name: str, settings: SealedDirectory, part: Part) -> Target:
    return sealed_target(
        name=name,
        sync=part.sync.name,
        path=part.directory / settings.path,
        keys=sealed_keys.load(part.directory / settings.key),
        to=partner_of(settings, part.directory),
        domains=settings.domains,
        clock=part.clock,
    )


async def _powershell(name: str, settings: PowershellDirectory, part: Part) -> Target:
    folder = part.directory / settings.folder / part.sync.name
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    at = Exchange(sign_in_domain=settings.sign_in_domain, unit=settings.unit, stamp_attribute=settings.stamp)
    return PowerShellTarget(
        name=name, sync=part.sync.name, folder=folder, at=at, clock=part.clock, max_age=settings.max_age
    )


async def _exchange_online(name: str, settings: ExchangeOnlineDirectory, part: Part) -> Target:
    mail_users = None
    if settings.sign_in_domain:
        graph, api_url = await at_graph(settings, part.outgoing(settings), repeatable=False)
        block = blocking(graph, api_url=api_url, clock=part.clock)
        mail_users = MailUsers(sign_in_domain=settings.sign_in_domain, password=unknown_password, block=block)
    return AdminCmdletsTarget(
        name,
        await part.exchange_online(settings),
        Endpoint(api_url=settings.exchange, tenant=settings.tenant),
        sync=part.sync.name,
        pace=CmdletPace(clock=part.clock, sleep=part.sleep),
        mail_users=mail_users,
        stamp_attribute=settings.stamp,
    )


async def _graph(name: str, settings: GraphDirectory, part: Part) -> Target:
    if form_of(part.sync, settings) is Form.GUEST:
        return await guests(name, settings, part)
    send, api_url = await at_graph(settings, part.outgoing(settings), repeatable=False)
    mailboxes = part.sync.mailboxes
    assert mailboxes is not None  # the settings see to it
    reading, _ = await at_graph(settings, part.outgoing(settings))
    return MailboxContactsTarget(
        name,
        send,
        sync=part.sync.name,
        folder=ListFolder(mailboxes.list),
        places=_places(settings, mailboxes, reading, api_url, part),
        api_url=api_url,
        clock=part.clock,
        sleep=part.sleep,
    )


def _places(settings: GraphDirectory, mailboxes: MailboxesSettings, send: Send, api_url: str, part: Part) -> Places:
    if mailboxes.addresses:
        return Listed([Mailbox.parse(address) for address in mailboxes.addresses])
    everybody = Everybody(
        send=send,
        api_url=api_url,
        clock=part.clock,
        domains=frozenset(settings.domains),
        tells_rooms=settings.rooms,
        takes=_takes(mailboxes),
    )
    return Group(everybody=everybody, group=Mailbox.parse(mailboxes.group)) if mailboxes.group else everybody


def _takes(mailboxes: MailboxesSettings) -> Callable[[Person], bool]:
    return Condition.parse(mailboxes.where).holds if mailboxes.where else lambda person: True


async def _active_directory(name: str, settings: ActiveDirectory, part: Part) -> Target:
    standing = Standing(unit=settings.unit, lists=settings.lists, stamp=settings.stamp)
    return await ActiveDirectoryTarget.open(
        name, part.sync.name, await part.line(settings), standing, password=unknown_password
    )


def unknown_password() -> str:
    """A password that nobody knows, for an account that nobody signs in to: of every kind of sign."""
    return "aA1-" + "".join(secrets.choice(_LETTERS) for _ in range(60))


TARGETS: Final[Mapping[type[Section], _Maker]] = {
    CsvDirectory: _csv,
    LdifDirectory: _ldif,
    SealedDirectory: _sealed,
    PowershellDirectory: _powershell,
    ExchangeOnlineDirectory: _exchange_online,
    GraphDirectory: _graph,
    GoogleDirectory: google,
    GoogleAccountDirectory: google_account,
    EwsDirectory: ews,
    StaffExportDirectory: staff_exports.graph_target,
    StaffExportEwsDirectory: staff_exports.ews_target,
    ActiveDirectory: _active_directory,
}
"""What makes the target of each protocol that can be written."""
