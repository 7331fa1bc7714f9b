"""How the tests ask the simulated calendars, by envelopes written by hand."""

import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

import aiohttp
from lxml import etree

from simulation.estate import Estate
from simulation.exchange import Account, ExchangeServer
from simulation.exchange.calendar_folders import CalendarDesk
from simulation.exchange.soap import M, T

ANNA: Final = Account("anna@fabrikam.example", "annas-password")
NOW: Final = datetime(2026, 11, 2, 8, tzinfo=UTC)
CALENDAR: Final = '<t:DistinguishedFolderId Id="calendar"/>'
TIMES: Final = "<t:Start>2026-11-09T10:00:00+01:00</t:Start><t:End>2026-11-09T10:00:00Z</t:End>"
WEEKLY: Final = (
    "<t:Recurrence><t:WeeklyRecurrence><t:Interval>1</t:Interval><t:DaysOfWeek>Monday</t:DaysOfWeek></t:WeeklyRecurrence>"
    "<t:NumberedRecurrence><t:StartDate>2026-11-09</t:StartDate><t:NumberOfOccurrences>4</t:NumberOfOccurrences>"
    '</t:NumberedRecurrence></t:Recurrence><t:StartTimeZone Id="W. Europe Standard Time"/>'
)
GUESTS: Final = (
    "<t:RequiredAttendees><t:Attendee><t:Mailbox><t:EmailAddress>guest@contoso.example</t:EmailAddress></t:Mailbox>"
    "</t:Attendee></t:RequiredAttendees>"
)
SHAPE: Final = (
    "<m:ItemShape><t:BaseShape>IdOnly</t:BaseShape><t:AdditionalProperties>"
    + "".join(
        f'<t:FieldURI FieldURI="{name}"/>'
        for name in (
            "item:Subject", "calendar:Start", "calendar:CalendarItemType", "calendar:IsMeeting",
            "calendar:ModifiedOccurrences", "calendar:DeletedOccurrences", "item:LastModifiedTime",
        )
    )
    + "</t:AdditionalProperties></m:ItemShape>"
)  # fmt: skip
SILENT: Final = {
    "CreateItem": 'SendMeetingInvitations="SendToNone"',
    "UpdateItem": 'ConflictResolution="AlwaysOverwrite" SendMeetingInvitationsOrCancellations="SendToNone"',
    "DeleteItem": 'DeleteType="HardDelete" SendMeetingCancellations="SendToNone"',
    "FindFolder": 'Traversal="Shallow"',
    "FindItem": 'Traversal="Shallow"',
}


@dataclass(slots=True)
class Asker:
    """Asks one server."""

    server: ExchangeServer
    desk: CalendarDesk
    session: aiohttp.ClientSession

    async def ask(
        self,
        operation: str,
        body: str,
        attributes: str | None = None,
        headers: dict[str, str] | None = None,
        version: str = "Exchange2016",
    ) -> etree._Element:
        """The answer; ``version`` is the dialect."""
        said = SILENT.get(operation, "") if attributes is None else attributes
        text = (
            f'<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" xmlns:m="{M}" xmlns:t="{T}"><s:Header>'
            f'<t:RequestServerVersion Version="{version}"/></s:Header><s:Body><m:{operation} {said}>{body}'
            f"</m:{operation}></s:Body></s:Envelope>"
        )
        secret = base64.b64encode(f"{ANNA.username}:{ANNA.password}".encode()).decode()
        sent = {"Authorization": f"Basic {secret}", "Content-Type": "text/xml", **(headers or {})}
        async with self.session.post(self.server.ews_url, data=text.encode(), headers=sent) as response:
            return etree.fromstring(await response.read())

    async def codes(
        self, operation: str, body: str, attributes: str | None = None, version: str = "Exchange2016"
    ) -> list[str]:
        """What the answer says of each part, or its fault."""
        root = await self.ask(operation, body, attributes, version=version)
        return [each.text or "" for each in root.iter("{*}ResponseCode")]

    async def created(self, inside: str, where: str = CALENDAR) -> str:
        """The key of a new item."""
        body = (
            f"<m:SavedItemFolderId>{where}</m:SavedItemFolderId><m:Items><t:CalendarItem>{inside}</t:CalendarItem>"
            "</m:Items>"
        )
        root = await self.ask("CreateItem", body)
        return next(root.iter("{*}ItemId")).get("Id", "")


@asynccontextmanager
async def asker() -> AsyncIterator[Asker]:
    """A server with Anna's calendar."""
    desk = CalendarDesk([ANNA.username], clock=lambda: NOW)
    async with (
        ExchangeServer(Estate(NOW.date()), accounts=(ANNA,), calendars=desk) as server,
        aiohttp.ClientSession() as session,
    ):
        yield Asker(server, desk, session)


def change(key: str, field: str, element: str, version: str = "") -> str:
    """One ItemChange."""
    changed = f' ChangeKey="{version}"' if version else ""
    return (
        f'<m:ItemChanges><t:ItemChange><t:ItemId Id="{key}"{changed}/><t:Updates><t:SetItemField><t:FieldURI '
        f'FieldURI="{field}"/><t:CalendarItem>{element}</t:CalendarItem></t:SetItemField></t:Updates></t:ItemChange>'
        "</m:ItemChanges>"
    )


def occurrence(key: str, place: int) -> str:
    """One occurrence."""
    return f'<t:OccurrenceItemId RecurringMasterId="{key}" InstanceIndex="{place}"/>'
