"""Spokes of CalDAV: a calendar of a server, or a file that is published at a URL."""

from calsync.settings.caldav import CaldavSpoke, IcalSpoke
from calsync.spoke import Spoke
from calsync.spokes.caldav import CaldavCalendar
from calsync.spokes.ics import IcsSubscription
from calsync.wiring.parts import Part
from service.caldav_sign_in import signed_in
from service.file_urls import file_url
from service.secrets import Reference, SecretError


async def caldav(name: str, settings: CaldavSpoke, part: Part) -> Spoke:
    """A calendar of a server. Raises SecretError, OSError (a CA file)."""
    network = part.outgoing(settings)
    wire = await network.wire(repeatable=False)
    return CaldavCalendar(
        name,
        signed_in(wire.send, settings.auth, network, to=settings.url, patience=settings.deadline),
        url=settings.url,
        clock=part.clock,
        owners=settings.owners,
        zone=settings.zone,
        writable=settings.get.writes,
    )


async def ical(name: str, settings: IcalSpoke, part: Part) -> Spoke:
    """A published file. Raises SecretError, also where what lies there is no address, and OSError (a CA file)."""
    network = part.outgoing(settings)
    url = _url(settings.url, name, part)
    send = (await network.wire(redirects=True)).send
    return IcsSubscription(
        name,
        signed_in(send, settings.auth, network, to=url, patience=settings.deadline),
        url=url,
        clock=part.clock,
        owners=settings.owners,
        zone=settings.zone,
    )


def _url(written: str | Reference, name: str, part: Part) -> str:
    if not isinstance(written, Reference):
        return written
    try:
        return file_url(part.secret(written).reveal().strip())
    except ValueError as error:
        raise SecretError(f"{written}, the address of {name}: {error}") from None
