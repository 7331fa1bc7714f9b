"""Two calendars of the demo that a hub keeps equal: one at Google, one among Fabrikam's public folders."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from lxml import etree

from simulation.exchange.calendar_folders import CalendarDesk, CalendarFolder
from simulation.exchange.calendar_items import Entry, plain
from simulation.exchange.sign_in import Account
from simulation.exchange.soap import T
from simulation.google.calendar_store import Calendar, Calendars
from simulation.google.keys import ServiceAccount

HUB: Final = "project"
"""What keeps them equal, as merger.toml calls it."""
OWNER: Final = "jack.thompson@northwind.example"
CALENDAR: Final = "c_project@group.calendar.google.com"
FOLDER: Final = "/Shared/Project"
PUBLIC: Final = "8f5c0f1e-0d63-4f59-9c1a-0d5a3b6f0001@fabrikam.example"
"""The mailbox of Fabrikam's public folders."""
WRITER: Final = Account("calendars@fabrikam.example", "fabrikam-calendars")
_SCOPES: Final = tuple(f"https://www.googleapis.com/auth/calendar.{name}" for name in ("events", "events.readonly"))
_HOUR: Final = timedelta(hours=1)


def google_account() -> ServiceAccount:
    """What writes into the calendar: not what answers questions."""
    return ServiceAccount(
        email="busyline@northwind-calendars.iam.gserviceaccount.com", key_id="76543210" * 5, scopes=_SCOPES
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Desks:
    """Both calendars, as people work in them: times are aware UTC, and whatever is entered lasts an hour."""

    store: Calendars
    calendar: Calendar
    desk: CalendarDesk
    folder: CalendarFolder

    def at_google(self, subject: str, start: datetime) -> None:
        """Somebody at Northwind enters an appointment."""
        body = {"summary": subject, "start": _time(start), "end": _time(start + _HOUR), "reminders": {}}
        self.store.insert(self.calendar, body, told="none")

    def at_exchange(self, subject: str, start: datetime) -> None:
        """Somebody at Fabrikam enters an appointment."""
        item = etree.Element(f"{{{T}}}CalendarItem", nsmap={"t": T})
        for name, text in (("Subject", subject), ("Start", _text(start)), ("End", _text(start + _HOUR))):
            item.append(plain(name, text))
        self.desk.add(self.folder, item)

    def moved_at_exchange(self, subject: str, start: datetime) -> None:
        """Somebody at Fabrikam moves what is called so, whoever entered it."""
        entry = next(each for each in self.folder.entries.values() if _subject(each) == subject)
        entry.parts |= {"Start": plain("Start", _text(start)), "End": plain("End", _text(start + _HOUR))}
        self.desk.touch(self.folder, entry)

    def google_times(self) -> dict[str, datetime]:
        """When each appointment at Google begins, by its subject."""
        events: list[dict[str, Any]] = list(self.calendar.events.values())
        return {str(each["summary"]): datetime.fromisoformat(each["start"]["dateTime"]) for each in events}

    def exchange_subjects(self) -> set[str]:
        """What stands in the public folder."""
        return {_subject(each) for each in self.folder.entries.values()}


def exchange_desk() -> CalendarDesk:
    """Fabrikam's public folders, with an empty calendar among them."""
    desk = CalendarDesk([WRITER.username])
    desk.public.tree = desk.public.anchor = PUBLIC
    desk.public_folder(FOLDER, content=PUBLIC)
    return desk


def desks(store: Calendars, desk: CalendarDesk) -> Desks:
    """Both, with an empty calendar at Google."""
    calendar = store.add(CALENDAR, owner=OWNER)
    return Desks(store=store, calendar=calendar, desk=desk, folder=desk.public_folder(FOLDER))


def _subject(entry: Entry) -> str:
    return entry.parts["Subject"].text or ""


def _time(at: datetime) -> dict[str, str]:
    return {"dateTime": _text(at), "timeZone": "UTC"}


def _text(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
