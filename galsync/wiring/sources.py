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
from galsync.settings.files import CsvDirectory, SealedDirectory
from galsync.side import Source
from galsync.sides import active_directory_source, google_source
from galsync.sides.active_directory_source import ActiveDirectorySource
from galsync.sides.csv_source import CsvSource
from galsync.sides.google_source import GoogleSource
from galsync.sides.microsoft_source import MicrosoftSource
from galsync.sides.sealed_source import SealedSource
from galsync.sides.staff_export_source import PERMISSIONS, StaffExportSource
from galsync.wiring.parts import Part
from galsync.wiring.seals import partner_of
from protocols.graph.people import Asked
from protocols.model.mailbox import Mailbox
from protocols.model.person import Field, Kind
from service.clouds import at_graph, at_graph_as_person
from service.words import Section


class Asks:
    """What a sync wants to know of people beside what everybody tells."""

    def __init__(self, selection: Selection, mapping: PeopleMapping) -> None:
        self.attributes = selection.attributes | mapping.attributes
        self.groups = Kind.GROUP in mapping.forms or selection.needs_groups
        self.members = Form.GROUP in mapping.forms.values()
        self.memberships = selection.needs_groups
        self.photos = mapping.photos
        self.manager = Field.MANAGER in mapping.fields


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
    )


async def _graph(name: str, settings: GraphDirectory, part: Part, asks: Asks) -> Source:
    send, api_url = await at_graph(settings, part.outgoing(settings))
    asked = Asked(
        groups=asks.groups,
        members=asks.members,
        memberships=asks.memberships,
        manager=asks.manager,
        domains=frozenset(settings.domains),
        attributes=tuple(sorted(asks.attributes)),
    )
    return MicrosoftSource(name, send, api_url=api_url, clock=part.clock, sleep=part.sleep, asked=asked)


async def _staff_export(name: str, settings: StaffExportDirectory, part: Part, asks: Asks) -> Source:
    del asks
    outgoing = part.outgoing(settings)
    if settings.person:
        send, api_url = await at_graph_as_person(settings, outgoing, name=name, scopes=PERMISSIONS)
    else:
        send, api_url = await at_graph(settings, outgoing)
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


async def _google(name: str, settings: GoogleDirectory, part: Part, asks: Asks) -> Source:
    wishes = google_source.Wishes(
        groups=asks.groups,
        members=asks.members,
        memberships=asks.memberships,
        photos=asks.photos,
        attributes=tuple(sorted(asks.attributes)),
        domain=settings.domain or "",
    )
    send = await part.google_as_subject(settings, wishes.scopes)
    return GoogleSource(name, send, wishes, pace=part.pace, api_url=settings.api_url)


async def _active_directory(name: str, settings: ActiveDirectory, part: Part, asks: Asks) -> Source:
    wishes = active_directory_source.Wishes(
        base=settings.base,
        filter=settings.filter,
        members=asks.members,
        memberships=asks.memberships,
        attributes=tuple(sorted(asks.attributes)),
        stamp=settings.stamp,
    )
    return ActiveDirectorySource(name, await part.line(settings), wishes)


SOURCES: Final[Mapping[type[Section], _Maker]] = {
    CsvDirectory: _csv,
    SealedDirectory: _sealed,
    GraphDirectory: _graph,
    StaffExportDirectory: _staff_export,
    GoogleDirectory: _google,
    ActiveDirectory: _active_directory,
}
"""What makes the source of each protocol that can be read."""
