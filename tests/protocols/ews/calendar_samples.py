"""Appointments as Exchange tells them, made by hand."""

from typing import Final

from lxml import etree

from protocols.ews.names import M, T

STAMPED: Final = (
    '<t:ExtendedProperty><t:ExtendedFieldURI PropertySetId="9b1f7a3c-6d52-4c0e-8a37-52e1c0d4b6f9" '
    'PropertyName="{name}" PropertyType="String"/><t:Value>{value}</t:Value></t:ExtendedProperty>'
)
TIMES: Final = "<t:Start>2026-11-09T09:00:00Z</t:Start><t:End>2026-11-09T10:00:00Z</t:End>"
DAYS: Final = (
    "<t:Start>2026-11-08T23:00:00Z</t:Start><t:End>2026-11-10T23:00:00Z</t:End><t:IsAllDayEvent>true</t:IsAllDayEvent>"
)
BERLIN: Final = '<t:StartTimeZone Id="W. Europe Standard Time" Name="(UTC+01:00)"/>'
WEEKLY: Final = (
    "<t:CalendarItemType>RecurringMaster</t:CalendarItemType><t:Recurrence><t:WeeklyRecurrence><t:Interval>1"
    "</t:Interval><t:DaysOfWeek>Monday</t:DaysOfWeek></t:WeeklyRecurrence><t:NoEndRecurrence><t:StartDate>2026-11-09"
    "+01:00</t:StartDate></t:NoEndRecurrence></t:Recurrence>"
)


def item(inside: str, key: str = "k", version: str = "v", element: str = "CalendarItem") -> etree._Element:
    """One item."""
    text = f'<t:ItemId Id="{key}" ChangeKey="{version}"/>{inside}'
    return etree.fromstring(f'<t:{element} xmlns:t="{T}" xmlns:m="{M}">{text}</t:{element}>')


def text(inside: str, key: str = "k", version: str = "v", element: str = "CalendarItem") -> str:
    """The same as text for an answer."""
    return f'<t:{element}><t:ItemId Id="{key}" ChangeKey="{version}"/>{inside}</t:{element}>'


def attendee(address: str, name: str = "") -> str:
    """One attendee."""
    named = f"<t:Name>{name}</t:Name>" if name else ""
    mailbox = f"<t:Mailbox>{named}<t:EmailAddress>{address}</t:EmailAddress></t:Mailbox>"
    return f"<t:Attendee>{mailbox}</t:Attendee>"
