"""The forwarders of the settings: opens the directories whose mailboxes forward, plans, and carries the plan out."""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from galsync.forwarding.carrying import Carried, carry_out
from galsync.forwarding.forwards import Forward, PostOffice
from galsync.forwarding.records import Records
from galsync.forwarding.seeing import Seen
from galsync.forwarding.shifts import Shift, Situation, planned
from galsync.people.moved import Mover
from galsync.settings.active_directory import ActiveDirectory
from galsync.settings.clouds import ExchangeOnlineDirectory, GoogleDirectory
from galsync.settings.directories import DirectorySettings
from galsync.settings.files import PowershellDirectory
from galsync.settings.forwarders import ForwarderSettings
from galsync.side import Failed
from galsync.sides.active_directory_forwarding import ActiveDirectoryPostOffice
from galsync.sides.admin_cmdlets_pace import CmdletPace
from galsync.sides.exchange_online_forwarding import ExchangeOnlinePostOffice
from galsync.sides.forwarding_by_script import ForwardingByScript
from galsync.sides.google_forwarding import GooglePostOffice
from galsync.wiring.parts import Lines
from protocols.google.mail_forwarding import SCOPES
from protocols.graph.cmdlets import Endpoint
from protocols.model.mailbox import Mailbox
from routing.table import applied
from service.clouds import at_google
from service.words import Section

_Maker: TypeAlias = Callable[[str, Any, str, Lines], Awaitable[PostOffice]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Forwarding:
    """One [[move_forwarders]], open: ``office`` is the side that people leave, ``beyond`` the one they go to."""

    settings: ForwarderSettings
    office: PostOffice
    beyond: PostOffice | None
    records: Records

    async def plan(self, movers: Sequence[Mover], *, listed: Collection[str] | None = None) -> list[Shift] | Failed:
        """What has to be done for ``movers``, or why nobody can tell. ``listed`` are all on the list, by the address at
        the side that is left: whoever was taken from it with their mail still forwarded is named. Raises StateError."""
        records = await self.records.everything()
        concerned = [each for each in movers if each.there or each.left in records]
        dropped = [] if listed is None else sorted(set(records).difference(listed, (each.left for each in movers)))
        seen = Seen(office=self.office, beyond=self.beyond)
        failed = await seen.look([*(each.left for each in concerned), *dropped], self._wanted_beyond(concerned))
        if failed is not None:
            return failed
        situation = Situation(
            posts=seen.posts,
            records=records,
            shall=self._shall,
            beyond=seen.there if self.beyond is not None else None,
            listed=listed,
            at=self.office.name,
            there=self.beyond.name if self.beyond is not None else "",
        )
        return planned(concerned, situation)

    async def carry_out(self, shifts: Sequence[Shift]) -> Carried:
        """Does ``shifts``. Raises StateError."""
        return await carry_out(shifts, self.office, self.records)

    def _shall(self, mover: Mover) -> Forward | str:
        try:
            to = applied(self.settings.to, Mailbox.parse(mover.new)) if self.settings.to else Mailbox.parse(mover.new)
        except ValueError:
            return f"to makes no address of {mover.new}: mend the template"
        return self.office.spelled(to, copy=self.settings.keep_copy)

    def _wanted_beyond(self, movers: Sequence[Mover]) -> Sequence[str]:
        shall = [self._shall(each) for each in movers if each.there]
        return list(dict.fromkeys(each.address for each in shall if isinstance(each, Forward)))


async def opened(
    settings: ForwarderSettings, directories: Mapping[str, DirectorySettings], lines: Lines, records: Records
) -> Forwarding:
    """The forwarder, open as long as ``lines.stack`` is. Raises SecretError, OSError (a CA file)."""
    beyond = await _office(settings.beyond, settings.move, directories, lines) if settings.beyond else None
    office = await _office(settings.at, settings.move, directories, lines)
    return Forwarding(settings=settings, office=office, beyond=beyond, records=records)


async def _office(
    name: str, move: str, directories: Mapping[str, DirectorySettings], lines: Lines
) -> PostOffice:  # fmt: skip
    settings = directories[name]
    return await OFFICES[type(settings)](name, settings, move, lines)


async def _active_directory(name: str, settings: ActiveDirectory, move: str, lines: Lines) -> PostOffice:
    del move
    return ActiveDirectoryPostOffice(name=name, ask=await lines.line(settings))


async def _exchange_online(name: str, settings: ExchangeOnlineDirectory, move: str, lines: Lines) -> PostOffice:
    del move
    pace = CmdletPace(clock=lines.clock, sleep=lines.sleep)
    return ExchangeOnlinePostOffice(
        name=name,
        send=pace.paced(await lines.exchange_online(settings)),
        endpoint=Endpoint(api_url=settings.exchange, tenant=settings.tenant),
        clock=lines.clock,
    )


async def _google(name: str, settings: GoogleDirectory, move: str, lines: Lines) -> PostOffice:
    del move
    send_as = await at_google(
        settings, lines.outgoing(settings), api_url=settings.gmail_url, subject_is_asked=True, repeatable=False
    )
    scopes = " ".join(SCOPES)
    return GooglePostOffice(
        name=name, send_as=lambda address: send_as(address, scopes), pace=lines.pace, api_url=settings.gmail_url
    )


async def _powershell(name: str, settings: PowershellDirectory, move: str, lines: Lines) -> PostOffice:
    return ForwardingByScript(
        name=name,
        move=move,
        folder=lines.directory / settings.folder / move,
        clock=lines.clock,
        max_age=settings.max_age,
    )


OFFICES: Final[Mapping[type[Section], _Maker]] = {
    ActiveDirectory: _active_directory,
    ExchangeOnlineDirectory: _exchange_online,
    GoogleDirectory: _google,
    PowershellDirectory: _powershell,
}
"""What makes the post office of each protocol whose mailboxes can forward."""
