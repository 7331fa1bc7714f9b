"""An appointment as the simulated Exchange keeps it: elements by name, and what its occurrences have of their own."""

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final
from xml.sax.saxutils import escape, quoteattr

from lxml import etree

from simulation.exchange import calendar_series
from simulation.exchange.contact_items import Path, extended, local, read_extended
from simulation.exchange.soap import NS, SoapFault, T

# CalendarItemType of the published schema is a sequence: a server refuses elements out of this order.
_ORDER: Final = (
    "MimeContent", "ItemId", "ParentFolderId", "ItemClass", "Subject", "Sensitivity", "Body", "Attachments",
    "DateTimeReceived", "Size", "Categories", "Importance", "InReplyTo", "DateTimeCreated", "ReminderDueBy",
    "ReminderIsSet", "ReminderMinutesBeforeStart", "DisplayCc", "DisplayTo", "HasAttachments", "ExtendedProperty",
    "Culture", "EffectiveRights", "LastModifiedName", "LastModifiedTime", "UID", "RecurrenceId", "DateTimeStamp",
    "Start", "End", "OriginalStart", "IsAllDayEvent", "LegacyFreeBusyStatus", "Location", "When", "IsMeeting",
    "IsCancelled", "IsRecurring", "MeetingRequestWasSent", "IsResponseRequested", "CalendarItemType",
    "MyResponseType", "Organizer", "RequiredAttendees", "OptionalAttendees", "Resources", "Duration", "TimeZone",
    "AppointmentState", "Recurrence", "FirstOccurrence", "LastOccurrence", "ModifiedOccurrences",
    "DeletedOccurrences", "MeetingTimeZone", "StartTimeZone", "EndTimeZone", "ConferenceType", "AllowNewTimeProposal",
    "IsOnlineMeeting",
)  # fmt: skip
ATTENDEES: Final = ("RequiredAttendees", "OptionalAttendees", "Resources")
_INSTANTS: Final = ("Start", "End")
_LAID_OUT: Final = frozenset({"Start", "End", "Recurrence", "IsAllDayEvent", "StartTimeZone"})
_NEVER_SET: Final = frozenset(
    {"ItemId", "LastModifiedTime", "IsMeeting", "IsRecurring", "IsCancelled", "MyResponseType", "CalendarItemType"}
)


@dataclass(slots=True)
class Entry:
    """An item, or one occurrence of its series. ``parts`` are its elements by name, ``own`` its extended properties.

    ``differing`` tells for the occurrences that differ, by their place in the series (from 1), which elements they have
    of their own, None for one that they lack; ``deleted`` are the places of those that were cancelled."""

    key: str
    version: int = 1
    changed_at: datetime = datetime(2026, 1, 1, tzinfo=UTC)
    parts: dict[str, etree._Element] = field(default_factory=dict)
    own: dict[Path, str] = field(default_factory=dict)
    differing: dict[int, dict[str, etree._Element | None]] = field(default_factory=dict)
    deleted: set[int] = field(default_factory=set)

    @property
    def attendees(self) -> list[str]:
        """The addresses of all who are asked."""
        return [
            mail.text or ""
            for name in ATTENDEES
            if name in self.parts
            for mail in self.parts[name].iterfind("t:Attendee/t:Mailbox/t:EmailAddress", NS)
        ]

    @property
    def start(self) -> datetime:
        """When it, or the first of its occurrences, begins."""
        return datetime.fromisoformat(self.parts["Start"].text or "")

    @property
    def end(self) -> datetime:
        """When it, or the first of its occurrences, ends."""
        return datetime.fromisoformat(self.parts["End"].text or "")

    @property
    def zone(self) -> str:
        """By whose clocks it repeats."""
        told = self.parts.get("StartTimeZone")
        return told.get("Id", "UTC") if told is not None else "UTC"

    @property
    def starts(self) -> list[datetime]:
        """When each occurrence of the series would begin; empty for none."""
        rule = self.parts.get("Recurrence")
        return calendar_series.starts(rule, self.start, self.zone) if rule is not None else []

    def occurrence(self, place: int) -> "Entry":
        """The occurrence at ``place``, as it is now. ``place`` is within the series, and is not deleted."""
        parts = {name: deepcopy(each) for name, each in self.parts.items() if name != "Recurrence"}
        start = self.starts[place - 1]
        parts["Start"], parts["End"] = plain("Start", written(start)), plain("End", written(start + self.length))
        for name, own in self.differing.get(place, {}).items():
            parts.pop(name, None)
            if own is not None:
                parts[name] = own
        return Entry(f"{self.key}#{place}", self.version, self.changed_at, parts)

    def differ(self, place: int, changed: "Entry", names: set[str]) -> None:
        """The occurrence at ``place`` has these elements as its own from now on; whatever else it follows its series in
        ([MS-OXOCAL] 2.2.1.44.3, OverrideFlags)."""
        own = self.differing.setdefault(place, {"Start": changed.parts["Start"], "End": changed.parts["End"]})
        own |= {name: changed.parts.get(name) for name in names}

    @property
    def length(self) -> timedelta:
        """How long it takes."""
        return self.end - self.start

    def lay_out(self, names: set[str]) -> None:
        """After a change of ``names``: a series that is laid out anew has lost all that differed."""
        if names & _LAID_OUT:
            self.differing.clear()
            self.deleted.clear()


def plain(name: str, text: str) -> etree._Element:
    """An element with a text."""
    element = etree.Element(f"{{{T}}}{name}", nsmap={"t": T})
    element.text = text
    return element


def written(instant: datetime) -> str:
    """An instant as the server tells it."""
    return f"{instant.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def read_into(entry: Entry, item: etree._Element, *, create: bool = False) -> set[str]:
    """Puts what a t:CalendarItem of a request says into ``entry``; the names of what it says. Raises SoapFault where
    the schema does not allow it."""
    names = [local(child) for child in item]
    if any(name not in _ORDER for name in names) or names != sorted(names, key=_ORDER.index):
        raise SoapFault("ErrorSchemaValidation")
    for child in item:
        name = local(child)
        if name == "ExtendedProperty":
            path, text = read_extended(child)
            entry.own[path] = text
        elif name in _NEVER_SET or (name == "Organizer" and create):
            raise SoapFault("ErrorSchemaValidation")
        else:
            entry.parts[name] = _kept(name, child)
    return set(names)


def _kept(name: str, child: etree._Element) -> etree._Element:
    if name == "Recurrence":
        calendar_series.check(child)
    if name in _INSTANTS:
        try:
            told = datetime.fromisoformat(child.text or "")
        except ValueError:
            raise SoapFault("ErrorSchemaValidation") from None
        return plain(name, written(told if told.tzinfo else told.replace(tzinfo=UTC)))
    return deepcopy(child)


def told(entry: Entry, wanted: Sequence[Path], *, kind: str = "", mailbox: str = "", bare: bool = False) -> str:
    """The item as an element of an answer, with what is ``wanted`` of it. ``kind`` is its CalendarItemType where it is
    not what it looks like; ``bare`` leaves out what FindItem never tells."""
    names = {path[0].rpartition(":")[2] for path in wanted if path[0] != "ext"}
    names -= {"Body", "Recurrence", "ModifiedOccurrences", "DeletedOccurrences", *ATTENDEES} if bare else set()
    parts = {**{name: _text(each) for name, each in entry.parts.items()}, **_derived(entry, kind, mailbox)}
    inside = "".join(parts[name] for name in _ORDER if name in names and name in parts and name != "ExtendedProperty")
    own = extended({path: text for path, text in entry.own.items() if path in wanted})
    before = "".join(parts[name] for name in _BEFORE if name in names and name in parts)
    after = inside[len(before) :]
    return f"<t:CalendarItem>{item_id(entry)}{before}{own}{after}</t:CalendarItem>"


def item_id(entry: Entry) -> str:
    """Its ItemId."""
    return f'<t:ItemId Id={quoteattr(entry.key)} ChangeKey="{entry.version}"/>'


def _text(element: etree._Element) -> str:
    return str(etree.tostring(element, encoding="unicode", with_tail=False)).replace("\r", "&#13;")


def _derived(entry: Entry, kind: str, mailbox: str) -> dict[str, str]:
    series, meeting = "Recurrence" in entry.parts, bool(entry.attendees)
    organizer = f"<t:Mailbox><t:Name>Owner</t:Name><t:EmailAddress>{escape(mailbox)}</t:EmailAddress></t:Mailbox>"
    found = {
        "LastModifiedTime": f"<t:LastModifiedTime>{written(entry.changed_at)}</t:LastModifiedTime>",
        "IsMeeting": f"<t:IsMeeting>{str(meeting).lower()}</t:IsMeeting>",
        "IsRecurring": f"<t:IsRecurring>{str(series).lower()}</t:IsRecurring>",
        "IsCancelled": _said(entry, "IsCancelled", "false"),
        "MyResponseType": _said(entry, "MyResponseType", "Organizer"),
        "Organizer": f"<t:Organizer>{organizer}</t:Organizer>",
        "AppointmentState": f"<t:AppointmentState>{int(meeting)}</t:AppointmentState>",
        "CalendarItemType": f"<t:CalendarItemType>{kind or ('RecurringMaster' if series else 'Single')}"
        "</t:CalendarItemType>",
    }
    if "Body" not in entry.parts:
        found["Body"] = '<t:Body BodyType="Text"/>'
    if "LegacyFreeBusyStatus" not in entry.parts:
        found["LegacyFreeBusyStatus"] = "<t:LegacyFreeBusyStatus>Busy</t:LegacyFreeBusyStatus>"
    return found | (_occurrences(entry) if series else {})


def _said(entry: Entry, name: str, usually: str) -> str:
    """What no request can set, and somebody's answer to an invitation did."""
    return _text(entry.parts[name] if name in entry.parts else plain(name, usually))


def _occurrences(entry: Entry) -> dict[str, str]:
    starts, found = entry.starts, {}
    if entry.differing:
        those = [(place, entry.occurrence(place)) for place in sorted(entry.differing)]
        each = "".join(
            f"<t:Occurrence>{item_id(one)}<t:Start>{written(one.start)}</t:Start><t:End>{written(one.end)}</t:End>"
            f"<t:OriginalStart>{written(starts[place - 1])}</t:OriginalStart></t:Occurrence>"
            for place, one in those
        )
        found["ModifiedOccurrences"] = f"<t:ModifiedOccurrences>{each}</t:ModifiedOccurrences>"
    if entry.deleted:
        each = "".join(
            f"<t:DeletedOccurrence><t:Start>{written(starts[place - 1])}</t:Start></t:DeletedOccurrence>"
            for place in sorted(entry.deleted)
        )
        found["DeletedOccurrences"] = f"<t:DeletedOccurrences>{each}</t:DeletedOccurrences>"
    return found


_BEFORE: Final = _ORDER[: _ORDER.index("ExtendedProperty")]
