"""The sources behind the names of directories, by protocol."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final, TypeAlias

from galsync.entries import Form
from galsync.files import sealed_keys
from galsync.people.mapping import Mapping as PeopleMapping
from galsync.people.selection import Selection
from galsync.settings.active_directory import ActiveDirectory
from galsync.settings.clouds import GoogleDirectory, GraphDirectory, StaffExportDirectory
from galsync.settings.directories import DirectorySettings
from galsync.settings.exchange import StaffExportEwsDirectory
from galsync.settings.files import CsvDirectory, SealedDirectory
from galsync.side import Source
from galsync.sides import active_directory_source
from galsync.sides.active_directory_source import ActiveDirectorySource
from galsync.sides.csv_source import CsvSource
from galsync.sides.google_source import GoogleSource, Wishes
from galsync.sides.microsoft_source import MicrosoftSource
from galsync.sides.sealed_source import SealedSource
from galsync.wiring import staff_exports
from galsync.wiring.parts import Part
from galsync.wiring.seals import partner_of
from protocols.graph.people import Asked
from protocols.model.person import Field, Kind
from service.clouds import at_graph
from service.words import Section


class Asks:
    """What a sync wants to know of people beside what everybody tells."""

    def __init__(self, selection: Selection, mapping: PeopleMapping) -> None:
        self.attributes = selection.attributes | mapping.attributes
        kinds = _kinds(selection, mapping)
        self.users = Kind.USER in kinds
        self.rooms = not kinds.isdisjoint((Kind.ROOM, Kind.EQUIPMENT))
        self.groups = Kind.GROUP in mapping.forms or selection.needs_groups
        self.members = Form.GROUP in mapping.forms.values()
        self.memberships = selection.needs_groups
        self.photos = mapping.photos
        self.manager = Field.MANAGER in mapping.fields


def _kinds(selection: Selection, mapping: PeopleMapping) -> frozenset[Kind]:
    """Those of whom somebody may be taken."""
    asked = selection.include.kinds or frozenset(Kind)
    return asked.intersection(mapping.forms) - selection.exclude.kinds


_Maker: TypeAlias = Callable[[str, Any, Part, Asks], Awaitable[Source]]


async def source_of(
    name: str, settings: DirectorySettings, part: Part, selection: Selection, mapping: PeopleMapping
) -> Source:
    """The source of that name, for one sync. Raises SecretError, OSError (a CA file), UnreadableError (keys)."""
    return await SOURCES[type(settings)](name, settings, part, Asks(selection, mapping))


async def _csv(name: str, settings: CsvDirectory, part: Part, asks: Asks) -> Source:
    return CsvSource(name=name, path=part.directory / settings.path, attributes=asks.attributes)


async def _sealed(name: str, settings: SealedDirectory, part: Part, asks: Asks) -> Source:
    del asks
    return SealedSource(
        name=name,
        path=part.directory / settings.path,
        keys=sealed_keys.load(part.directory / settings.key),
        sender=partner_of(settings, part.directory),
        domains=frozenset(settings.domains),
        seen=part.directory / settings.seen,
        clock=part.clock,
        max_age=settings.max_age,
        x500=settings.x500,
    )


async def _graph(name: str, settings: GraphDirectory, part: Part, asks: Asks) -> Source:
    send, api_url = await at_graph(settings, part.outgoing(settings))
    asked = asked_of(settings, asks)
    return MicrosoftSource(
        name, send, api_url=api_url, clock=part.clock, sleep=part.sleep, asked=asked, photos=asks.photos
    )


def asked_of(settings: GraphDirectory, asks: Asks) -> Asked:
    """What is read of Microsoft 365. A room is a user there: its rooms have to be known wherever either is wanted, or
    the one would be taken for the other."""
    return Asked(
        groups=asks.groups,
        members=asks.members,
        memberships=asks.memberships,
        rooms=settings.rooms and (asks.rooms or asks.users),
        manager=asks.manager,
        domains=frozenset(settings.domains),
        attributes=tuple(sorted(asks.attributes)),
    )


async def _google(name: str, settings: GoogleDirectory, part: Part, asks: Asks) -> Source:
    wishes = wishes_of(settings, asks)
    send = await part.google_as_subject(settings, wishes.scopes)
    return GoogleSource(name, send, wishes, pace=part.pace, api_url=settings.api_url)


def wishes_of(settings: GoogleDirectory, asks: Asks) -> Wishes:
    """What is read of a Google Workspace."""
    return Wishes(
        groups=asks.groups,
        members=asks.members,
        memberships=asks.memberships,
        rooms=asks.rooms,
        photos=asks.photos,
        attributes=tuple(sorted(asks.attributes)),
        domain=settings.domain or "",
    )


async def _active_directory(name: str, settings: ActiveDirectory, part: Part, asks: Asks) -> Source:
    wishes = active_directory_source.Wishes(
        base=settings.base,
        filter=settings.filter,
        members=asks.members,
        memberships=asks.memberships,
        photos=asks.photos,
        attributes=tuple(sorted(asks.attributes)),
        stamp=settings.stamp,
    )
    return ActiveDirectorySource(name, await part.line(settings), wishes)


SOURCES: Final[Mapping[type[Section], _Maker]] = {
    CsvDirectory: _csv,
    SealedDirectory: _sealed,
    GraphDirectory: _graph,
    StaffExportDirectory: staff_exports.graph_source,
    StaffExportEwsDirectory: staff_exports.ews_source,
    GoogleDirectory: _google,
    ActiveDirectory: _active_directory,
}
"""What makes the source of each protocol that can be read."""
