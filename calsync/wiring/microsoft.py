"""Spokes of Microsoft 365: a calendar or a folder of contacts of a mailbox, found by its name."""

from dataclasses import dataclass

from calsync.settings.microsoft import GraphAccountSpoke, GraphSpoke
from calsync.spoke import Spoke
from calsync.spokes.graph_calendar import GraphCalendar
from calsync.spokes.graph_calendar_asking import Calendar
from calsync.spokes.graph_contacts import GraphContacts
from calsync.spokes.patience import Patience, Rest
from calsync.wiring.later import LaterWatched
from calsync.wiring.named import named
from calsync.wiring.parts import Part
from protocols.graph import calendar_list, contact_folders
from protocols.graph.calendar_requests import Place
from protocols.http import Send
from service.clouds import at_graph, at_graph_as_person


async def graph(name: str, settings: GraphSpoke, part: Part) -> Spoke:
    """By an application. Raises SecretError, OSError (a CA file)."""
    send, api_url = await at_graph(settings, part.outgoing(settings), repeatable=False)
    return _Mailbox(name=name, settings=settings, part=part, send=send, api_url=api_url).spoke()


async def graph_account(name: str, settings: GraphAccountSpoke, part: Part) -> Spoke:
    """By the sign-in of its owner. Raises OSError (a CA file); that nobody has signed in is said when it is asked."""
    send, api_url = await at_graph_as_person(
        settings,
        part.outgoing(settings),
        name=part.connection(name),
        scopes=scopes_of(settings, of_contacts=part.of_contacts),
        repeatable=False,
    )
    return _Mailbox(name=name, settings=settings, part=part, send=send, api_url=api_url).spoke()


def scopes_of(settings: GraphSpoke, *, of_contacts: bool) -> tuple[str, ...]:
    """What the application or the owner has to allow: to read alone, unless something may be written."""
    what = "Contacts" if of_contacts else "Calendars"
    return (f"{what}.ReadWrite" if settings.get.writes else f"{what}.Read",)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Mailbox:
    """One mailbox, and the way to it."""

    name: str
    settings: GraphSpoke
    part: Part
    send: Send
    api_url: str

    def spoke(self) -> Spoke:
        """Its own calendar or contacts, or what is found by its name."""
        settings = self.settings
        if self.part.of_contacts:
            return LaterWatched(self._contacts(), self._found_contacts) if settings.folder else self._contacts()
        return LaterWatched(self._calendar(), self._found_calendar) if settings.calendar else self._calendar()

    def _contacts(self, key: str = "") -> GraphContacts:
        return GraphContacts(
            self.name,
            self.send,
            user=self.settings.mailbox,
            folder=key,
            api_url=self.api_url,
            patience=Patience(clock=self.part.clock, sleep=self.part.sleep, chance=self.part.chance, rest=self._rest),
            writable=self.settings.get.writes,
        )

    def _calendar(self, key: str = "", owner: str = "") -> GraphCalendar:
        calendar = Calendar(
            send=self.send,
            place=Place(user=self.settings.mailbox, calendar=key, api_url=self.api_url),
            zone=str(self.settings.zone),
            owners=frozenset(filter(None, (*self.settings.owners, owner))),
            clock=self.part.clock,
            sleep=self.part.sleep,
            chance=self.part.chance,
            rest=self._rest,
        )
        return GraphCalendar(self.name, calendar, writable=self.settings.get.writes)

    @property
    def _rest(self) -> Rest:
        return self.part.rest(self.name, self.api_url, self.settings.mailbox)

    async def _found_contacts(self) -> GraphContacts:
        user, now = self.settings.mailbox, self.part.clock()
        found = await contact_folders.folders(self.send, user, api_url=self.api_url, as_of=now)
        return self._contacts(named(found, self.settings.folder, what="folder of contacts", where=user).key)

    async def _found_calendar(self) -> GraphCalendar:
        user, now = self.settings.mailbox, self.part.clock()
        found = await calendar_list.calendars(self.send, user, api_url=self.api_url, as_of=now)
        calendar = named(found, self.settings.calendar, what="calendar", where=user)
        return self._calendar("" if calendar.own else calendar.key, calendar.owner)
