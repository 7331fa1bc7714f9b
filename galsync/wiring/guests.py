"""Guests as a target, with whatever the settings say shows them in the address lists."""

from galsync.powershell.guests import GuestScript
from galsync.settings.clouds import ExchangeOnlineDirectory, GraphDirectory
from galsync.settings.files import PowershellDirectory
from galsync.side import Target
from galsync.sides.admin_cmdlets_pace import CmdletPace
from galsync.sides.guests_by_script_target import GuestsByScriptTarget
from galsync.sides.guests_shown_target import AddressLists, GuestsShownTarget
from galsync.sides.guests_target import GuestsTarget
from galsync.wiring.parts import Part
from protocols.graph.cmdlets import Endpoint
from service.clouds import at_graph


async def guests(name: str, settings: GraphDirectory, part: Part) -> Target:
    """The target, shown at once, by script, or by nobody. Raises SecretError, OSError."""
    send, api_url = await at_graph(settings, part.outgoing(settings), repeatable=False)
    invited = GuestsTarget(
        name,
        send,
        sync=part.sync.name,
        api_url=api_url,
        clock=part.clock,
        sleep=part.sleep,
        stamp_at=settings.stamp,
    )
    other = part.directories.get(settings.shown_by)
    if isinstance(other, ExchangeOnlineDirectory):
        return GuestsShownTarget(invited, await _at_once(other, part))
    if isinstance(other, PowershellDirectory):
        return GuestsByScriptTarget(invited, _script(settings, other, part), sync=part.sync.name)
    return invited


async def _at_once(settings: ExchangeOnlineDirectory, part: Part) -> AddressLists:
    return AddressLists(
        send=await part.exchange_online(settings),
        endpoint=Endpoint(api_url=settings.exchange, tenant=settings.tenant),
        pace=CmdletPace(clock=part.clock, sleep=part.sleep),
    )


def _script(settings: GraphDirectory, other: PowershellDirectory, part: Part) -> GuestScript:
    folder = part.directory / other.folder / part.sync.name
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return GuestScript(
        name=settings.shown_by,
        sync=part.sync.name,
        folder=folder,
        stamp_attribute=settings.stamp.replace("extensionAttribute", "CustomAttribute"),  # as Exchange calls the same
        clock=part.clock,
    )
