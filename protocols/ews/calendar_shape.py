"""Where each part of an appointment stands in EWS: the names of its properties, and what is asked of an item."""

from types import MappingProxyType
from typing import Final

from protocols.ews.contact_paths import STAMP, ours
from protocols.model.event import Response, Sensitivity
from protocols.model.intervals import BusyStatus

TOKEN: Final = "BusylineToken"  # noqa: S105 - the name of a property
"""The property that tells by which attempt a copy was made, so that another attempt finds it."""
HALF: Final = "BusylineHalf"
"""The property that stands in a series while its occurrences are written, one call after the other: a text that the
attempt knows again. What bears it is only half written."""

SHOWS: Final = MappingProxyType(
    {
        "Free": BusyStatus.FREE,
        "WorkingElsewhere": BusyStatus.WORKING_ELSEWHERE,
        "Tentative": BusyStatus.TENTATIVE,
        "Busy": BusyStatus.BUSY,
        "OOF": BusyStatus.OUT_OF_OFFICE,
    }
)
SENSITIVITIES: Final = MappingProxyType({each.name.capitalize(): each for each in Sensitivity})
RESPONSES: Final = MappingProxyType(
    {
        "Unknown": Response.NONE,
        "Organizer": Response.NONE,
        "Tentative": Response.TENTATIVE,
        "Accept": Response.ACCEPTED,
        "Decline": Response.DECLINED,
        "NoResponseReceived": Response.UNANSWERED,
    }
)


def uri(name: str) -> str:
    """A property as it is asked for and changed."""
    return f'<t:FieldURI FieldURI="{name}"/>'


_TEXTS: Final = (
    "item:Subject", "item:Sensitivity", "item:Body", "item:Categories", "item:ReminderIsSet",
    "item:ReminderMinutesBeforeStart", "item:LastModifiedTime", "item:ItemClass",
)  # fmt: skip
_TIMES: Final = (
    "calendar:Start", "calendar:End", "calendar:IsAllDayEvent", "calendar:LegacyFreeBusyStatus", "calendar:Location",
    "calendar:StartTimeZone", "calendar:EndTimeZone",
)  # fmt: skip
_OTHERS: Final = (
    "calendar:IsMeeting", "calendar:MyResponseType", "calendar:Organizer", "calendar:RequiredAttendees",
    "calendar:OptionalAttendees", "calendar:Resources", "calendar:AppointmentState",
)  # fmt: skip
_OF_ALL: Final = (
    "calendar:UID", "calendar:IsCancelled", "calendar:CalendarItemType", "calendar:Recurrence",
    "calendar:ModifiedOccurrences", "calendar:DeletedOccurrences",
)  # fmt: skip


def _shape(names: tuple[str, ...], extra: str = "") -> str:
    return (
        "<m:ItemShape><t:BaseShape>IdOnly</t:BaseShape><t:BodyType>Text</t:BodyType><t:AdditionalProperties>"
        f"{''.join(map(uri, names))}{extra}</t:AdditionalProperties></m:ItemShape>"
    )


SHAPE: Final = _shape((*_TEXTS, *_TIMES, *_OTHERS, *_OF_ALL), f"{ours(STAMP)}{ours(TOKEN)}{ours(HALF)}")
"""Asks for all that is read of an appointment or a series."""
OCCURRENCE_SHAPE: Final = _shape((*_TEXTS, "item:HasAttachments", *_TIMES, *_OTHERS, "calendar:IsCancelled"))
"""The same of one occurrence that differs; others may be invited to it alone, and it may be called off alone."""
LISTED: Final = (
    "<m:ItemShape><t:BaseShape>IdOnly</t:BaseShape><t:AdditionalProperties>"
    f"{uri('item:LastModifiedTime')}</t:AdditionalProperties></m:ItemShape>"
)
"""Of an item in a listing: which it is, and when it was last changed."""
