"""Spokes of Exchange Server: a calendar or a folder of contacts in a mailbox, or a public folder."""

from calsync.settings.exchange import EwsSpoke
from calsync.spoke import Spoke
from calsync.spokes.exchange_calendar import ExchangeCalendar
from calsync.spokes.exchange_calendar_asking import AT_ONCE, Exchange
from calsync.spokes.exchange_contacts import ExchangeContacts, ExchangePublicContacts
from calsync.spokes.exchange_public_folder import ExchangePublicFolder, Route
from calsync.wiring.later import LaterWatched
from calsync.wiring.named import named
from calsync.wiring.parts import Part
from protocols.ews import contact_folders
from protocols.ews.mailbox_access import MailboxAccess
from service.exchange import at_exchange


async def ews(name: str, settings: EwsSpoke, part: Part) -> Spoke:
    """By EWS. Raises SecretError, OSError (a CA file)."""
    exchange = Exchange(
        send=await at_exchange(settings, part.outgoing(settings), lanes=AT_ONCE, repeatable=False),
        url=settings.url,
        mailbox=settings.mailbox,
        impersonates=settings.impersonate and not settings.public_folder,
        version=settings.version,
        zone=str(settings.zone),
        owners=frozenset(settings.owners),
        clock=part.clock,
        sleep=part.sleep,
        chance=part.chance,
        rest=part.rest(name, settings.url, settings.mailbox),
    )
    if settings.public_folder:
        return _public(name, settings, part, exchange)
    if part.of_contacts:
        return _contacts(name, settings, exchange)
    return ExchangeCalendar(name, exchange, folder=settings.calendar, writable=settings.get.writes)


def _public(name: str, settings: EwsSpoke, part: Part, exchange: Exchange) -> Spoke:
    route = Route(
        path=settings.public_folder,
        hierarchy_mailbox=settings.hierarchy_mailbox or "",
        content_mailbox=settings.content_mailbox or "",
        autodiscover=settings.autodiscover or "",
    )
    every, writable = settings.deletions_every, settings.get.writes
    if part.of_contacts:
        return ExchangePublicContacts(name, exchange, route=route, deletions_every=every, writable=writable)
    return ExchangePublicFolder(name, exchange, route=route, deletions_every=every, writable=writable)


def _contacts(name: str, settings: EwsSpoke, exchange: Exchange) -> Spoke:
    def contacts(key: str = "") -> ExchangeContacts:
        return ExchangeContacts(name, exchange, folder=key, writable=settings.get.writes)

    async def found() -> ExchangeContacts:
        access = MailboxAccess(
            send=exchange.send, url=exchange.url, mailbox=exchange.mailbox, impersonates=exchange.impersonates
        )
        folders = await contact_folders.folders(exchange.patient(access), as_of=exchange.clock())
        return contacts(named(folders, settings.folder, what="folder of contacts", where=settings.mailbox).key)

    return LaterWatched(contacts(), found) if settings.folder else contacts()
