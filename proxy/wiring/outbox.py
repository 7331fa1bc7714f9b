"""Opens the scheduling outbox for CalDAV clients, to every caller."""

from protocols.caldav.resources import OUTBOX, ROOT, Principal
from protocols.model.mailbox import canonical
from proxy.fronts.outbox import OutboxFront, WellKnownFront
from proxy.server import Front
from proxy.settings.callers import CallerSettings
from proxy.wiring.house import Fronts, House

WELL_KNOWN = "/.well-known/caldav"


def outbox(house: House) -> Fronts:
    """Everything below /caldav/, and what leads there."""
    url = house.settings.server.public_url.lower().rstrip("/")
    front = OutboxFront(
        entrance=house.entrance,
        desks=house.desks,
        principals={caller.name: _principal(caller, url) for caller in house.settings.callers},
        clock=house.clock,
        max_body=house.settings.server.max_body,
    )
    paths: dict[str, Front] = {ROOT.rstrip("/"): front, OUTBOX.rstrip("/"): front, WELL_KNOWN: WellKnownFront()}
    return Fronts(paths=paths, prefixes={ROOT: front})


def _principal(caller: CallerSettings, url: str) -> Principal:
    names = caller.basic.usernames if caller.basic is not None else ()
    addresses = tuple(found for name in names if (found := _address(name)))
    return Principal(caller.organisation or caller.name, addresses, url)


def _address(name: str) -> str:
    """The user name, where it is an address."""
    try:
        return canonical(name)
    except ValueError:
        return ""
