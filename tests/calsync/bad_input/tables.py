"""What is wrong with an item, in each system's own words: what is carried all the same, and what cannot be read."""

from collections.abc import Mapping
from typing import Any, Final, TypeAlias

from tests.calsync.bad_input.gate import Patch

Carried: TypeAlias = Mapping[str, Patch]
Unreadable: TypeAlias = Mapping[str, tuple[Patch, str]]
"""With a part of the words by which the report has to name what is wrong."""
BIG: Final = "Long line\n" * 210_000  # more than 2 MB
HTML: Final = "<html><body><p>Hello <b>all</b><br>Unclosed <i>one <a href='x'>here</p><script>alert(1)"
_LONG: Final = "S" * 1_000_000
_MANY: Final = [f"Category {number}" for number in range(1000)]


def _at(start: str, end: str, zone: str = "UTC") -> dict[str, Any]:
    return {"start": {"dateTime": start, "timeZone": zone}, "end": {"dateTime": end, "timeZone": zone}}


_NOON: Final = _at("2026-11-09T12:00:00Z", "2026-11-09T13:00:00Z")
GOOGLE_CARRIED: Final[Carried] = {
    "without an end": {**_NOON, "end": None},
    "a day without an end": {"start": {"date": "2026-11-09"}, "end": None},
    "a day that ends when it begins": {"start": {"date": "2026-11-09"}, "end": {"date": "2026-11-09"}},
    "in a zone unknown": _at("2026-11-09T12:00:00Z", "2026-11-09T13:00:00Z", "Mars/Base"),
    "2 MB": {"description": BIG},
    "HTML": {"description": HTML},
    "invalid UTF-8": {"summary": "Bytes [broken] here"},
    "half a letter": {"location": "Half [half] here"},
    "control characters": {"summary": "Signs [control] here", "description": "A [control] b"},
    "1 MB of subject": {"summary": _LONG},
    "values of other kinds": {
        "summary": 5, "location": {"x": 1}, "description": ["y"], "visibility": 7, "reminders": "none",
        "extendedProperties": [], "updated": "never", "transparency": None,
    },
}  # fmt: skip
GOOGLE_UNREADABLE: Final[Unreadable] = {
    "without a beginning": ({"start": None}, "no beginning"),
    "an end before it": (_at("2026-11-09T12:00:00Z", "2026-11-09T11:00:00Z"), "ends before"),
    "days that end before": ({"start": {"date": "2026-11-09"}, "end": {"date": "2026-11-01"}}, "ends before"),
    "a rule of no frequency": ({"recurrence": ["RRULE:FREQ=SOMETIMES"]}, "rule"),
    "a rule out of bounds": ({"recurrence": ["RRULE:FREQ=MONTHLY;BYMONTHDAY=40"]}, "bounds"),
    "a rule with two ends": ({"recurrence": ["RRULE:FREQ=DAILY;COUNT=3;UNTIL=20270101T000000Z"]}, "both"),
    "a rule by seconds": ({"recurrence": ["RRULE:FREQ=SECONDLY"]}, "hour"),
    "no rule at all": ({"recurrence": ["RRULE:"]}, ""),
    "an endless interval": ({"recurrence": ["RRULE:FREQ=YEARLY;INTERVAL=99999999999999"]}, ""),
    "two rules": ({"recurrence": ["RRULE:FREQ=DAILY;COUNT=2", "RRULE:FREQ=WEEKLY;COUNT=2"]}, "two rules"),
    "days that are none": ({"recurrence": ["RDATE:20269999T000000Z"]}, "days"),
    "a series in a zone unknown": (
        {**_at("2026-11-09T12:00:00", "2026-11-09T13:00:00", "Mars/Base"), "recurrence": ["RRULE:FREQ=DAILY;COUNT=3"]},
        "zone",
    ),
    "a time that is none": (_at("yesterday", "tomorrow"), "times cannot be read"),
    "before all years": (_at("0001-01-01T00:00:00+14:00", "0001-01-01T01:00:00+14:00"), ""),
    "after all years": (_at("9999-12-31T23:00:00-12:00", "9999-12-31T23:30:00-12:00"), ""),
    "after the last day": ({"start": {"date": "9999-12-31"}, "end": {"date": "10000-01-01"}}, ""),
    "the last day": ({"start": {"date": "9999-12-31"}, "end": {"date": "9999-12-31"}}, ""),
    "11,000 occurrences left out": (
        {"recurrence": ["RRULE:FREQ=DAILY", "EXDATE:" + ",".join(["20270101T090000Z"] * 11_000)]},
        "more days",
    ),
}


def _pattern(pattern: Any, span: Any = None) -> dict[str, Any]:
    ends = {"type": "noEnd", "startDate": "2026-11-10", "recurrenceTimeZone": "UTC"} if span is None else span
    return {"type": "seriesMaster", "recurrence": {"pattern": pattern, "range": ends}}


_DAILY: Final = {"type": "daily", "interval": 1}
GRAPH_CARRIED: Final[Carried] = {
    "without an end": {"start": {"dateTime": "2026-11-09T12:00:00", "timeZone": "UTC"}, "end": None},
    "a day that ends when it begins": {"isAllDay": True, **_at("2026-11-09T00:00:00", "2026-11-09T00:00:00")},
    "in a zone of its own": {"originalStartTimeZone": "tzone://Microsoft/Custom"},
    "2 MB": {"body": {"contentType": "text", "content": BIG}},
    "HTML": {"body": {"contentType": "html", "content": HTML}},
    "invalid UTF-8": {"subject": "Bytes [broken] here"},
    "half a letter": {"subject": "Half [half] here"},
    "control characters": {"subject": "Signs [control] here", "body": {"contentType": "text", "content": "[control]"}},
    "1 MB of subject": {"subject": _LONG},
    "1,000 categories": {"categories": _MANY},
    "values of other kinds": {
        "subject": 5, "location": "here", "body": [1], "showAs": 7, "sensitivity": {}, "categories": "Blue",
        "isReminderOn": "yes", "reminderMinutesBeforeStart": "x", "lastModifiedDateTime": "never", "transactionId": 3,
    },
}  # fmt: skip
GRAPH_UNREADABLE: Final[Unreadable] = {
    "without a beginning": ({"start": None}, "times cannot be read"),
    "an end before it": (_at("2026-11-09T12:00:00", "2026-11-09T11:00:00"), "ends before"),
    "a time that is none": (_at("yesterday", "tomorrow"), "times cannot be read"),
    "a zone unknown": (_at("2026-11-09T12:00:00", "2026-11-09T13:00:00", "Mars/Base"), "zone"),
    "a pattern that is none": (_pattern({"type": "sometimes", "interval": 1}), ""),
    "a pattern of nothing": (_pattern({}), ""),
    "an interval of nought": (_pattern({"type": "daily", "interval": 0}), ""),
    "an interval of ages": (_pattern({"type": "absoluteYearly", "interval": 10**9, "dayOfMonth": 1, "month": 1}), ""),
    "a range that is none": (_pattern(_DAILY, {"type": "never"}), ""),
    "an end that is no day": (_pattern(_DAILY, {"type": "endDate", "endDate": "soon", "startDate": "2026-11-10"}), ""),
    "a series in a zone of its own": (
        {
            **_pattern(_DAILY, {"type": "noEnd", "startDate": "2026-11-10", "recurrenceTimeZone": "tzone://x"}),
            "originalStartTimeZone": "tzone://Microsoft/Custom",
        },
        "zone",
    ),
    "before all years": (_at("0001-01-01T00:00:00", "0001-01-01T01:00:00", "Tokyo Standard Time"), ""),
    "after all years": (_at("9999-12-31T23:00:00", "9999-12-31T23:30:00", "Hawaiian Standard Time"), ""),
    "the last day": ({"isAllDay": True, **_at("9999-12-31T00:00:00", "9999-12-31T00:00:00")}, ""),
}


def element(name: str, text: str, attributes: str = "") -> str:
    """An element of EWS as text."""
    return f"<t:{name}{attributes}>{text}</t:{name}>"


def _times(start: str, end: str, **more: str) -> dict[str, str]:
    return {"Start": element("Start", start), "End": element("End", end), **more}


_NO_END: Final = "<t:NoEndRecurrence><t:StartDate>2026-11-10</t:StartDate></t:NoEndRecurrence>"


def _again(pattern: str, span: str = _NO_END) -> Patch:
    kind = element("CalendarItemType", "RecurringMaster")
    return {"CalendarItemType": kind, "Recurrence": element("Recurrence", pattern + span)}


_EVERY_DAY: Final = "<t:DailyRecurrence><t:Interval>1</t:Interval></t:DailyRecurrence>"
EWS_CARRIED: Final[Carried] = {
    "in a zone of its own": {"StartTimeZone": '<t:StartTimeZone Id="Customized Time Zone"/>'},
    "2 MB": {"Body": element("Body", BIG, ' BodyType="Text"')},
    "HTML": {"Body": element("Body", HTML.replace("<", "&lt;"), ' BodyType="HTML"')},
    "1 MB of subject": {"Subject": element("Subject", _LONG)},
    "1,000 categories": {"Categories": element("Categories", "".join(element("String", each) for each in _MANY))},
    "values of other kinds": {
        "Sensitivity": element("Sensitivity", "Strange"),
        "LegacyFreeBusyStatus": element("LegacyFreeBusyStatus", "Strange"),
        "ReminderIsSet": element("ReminderIsSet", "true"),
        "ReminderMinutesBeforeStart": element("ReminderMinutesBeforeStart", "never"),
    },
}
EWS_UNREADABLE: Final[Unreadable] = {
    "without an end": ({"End": None}, "time"),
    "an end before it": (_times("2026-11-09T12:00:00Z", "2026-11-09T11:00:00Z"), "ends before"),
    "a time that is none": (_times("yesterday", "tomorrow"), "time"),
    "a change at no time": ({"LastModifiedTime": element("LastModifiedTime", "never")}, "time"),
    "control characters": ({"Subject": element("Subject", "Signs [control] here")}, "characters"),
    "a pattern that is none": (_again("<t:OddRecurrence/>"), ""),
    "an interval of nought": (_again("<t:DailyRecurrence><t:Interval>0</t:Interval></t:DailyRecurrence>"), ""),
    "an interval that is none": (_again("<t:DailyRecurrence><t:Interval>x</t:Interval></t:DailyRecurrence>"), ""),
    "a day that is none": (
        _again(
            "<t:AbsoluteMonthlyRecurrence><t:Interval>1</t:Interval>"
            "<t:DayOfMonth>77</t:DayOfMonth></t:AbsoluteMonthlyRecurrence>"
        ),
        "",
    ),
    "a range that is none": (_again(_EVERY_DAY, "<t:OddRange/>"), ""),
    "nothing of a rule": ({"Recurrence": "<t:Recurrence/>"}, ""),
    "repeats without a rule": (
        {"CalendarItemType": element("CalendarItemType", "RecurringMaster"), "Recurrence": None},
        "does not say how",
    ),
    "a series in a zone of its own": (
        {**_again(_EVERY_DAY), "StartTimeZone": '<t:StartTimeZone Id="Customized Time Zone"/>'},
        "zone",
    ),
    "before all years": (_times("0001-01-01T00:00:00+14:00", "0001-01-01T01:00:00+14:00"), ""),
    "after all years": (_times("9999-12-31T23:00:00-12:00", "9999-12-31T23:30:00-12:00"), ""),
    "the last day": (
        _times("9999-12-31T00:00:00Z", "9999-12-31T00:00:00Z", IsAllDayEvent=element("IsAllDayEvent", "true")),
        "",
    ),
}
_ICS_AT: Final = "DTSTART:20261109T120000Z\r\nDTEND:20261109T130000Z"


def _text(text: str, at: str = _ICS_AT) -> Patch:
    return {"text": f"{text}\r\n{at}"}


def _repeats(rule: str) -> Patch:
    return _text(f"SUMMARY:Rule\r\nRRULE:{rule}")


ICS_CARRIED: Final[Carried] = {
    "without an end": _text("SUMMARY:Bad", "DTSTART:20261109T120000Z"),
    "a day without an end": _text("SUMMARY:Bad", "DTSTART;VALUE=DATE:20261109"),
    "2 MB": _text("SUMMARY:Bad\r\nDESCRIPTION:" + BIG.replace("\n", "\\n")),
    "HTML": _text("SUMMARY:Bad\r\nDESCRIPTION:" + HTML.replace(";", "\\;")),
    "invalid UTF-8": _text("SUMMARY:Bytes [broken] here"),
    "1 MB of subject": _text(f"SUMMARY:{_LONG}"),
    "1,000 categories": _text("SUMMARY:Bad\r\nCATEGORIES:" + ",".join(_MANY)),
    "words unknown": _text("SUMMARY:Bad\r\nTRANSP:ODD\r\nSTATUS:ODD\r\nCLASS:ODD\r\nSEQUENCE:x\r\nLAST-MODIFIED:never"),
    "lines that are none": _text("SUMMARY:Bad\r\nno line\r\n;;;:\r\nX-[control]:y"),
}
ICS_UNREADABLE: Final[Unreadable] = {
    "without a beginning": (_text("SUMMARY:Bad", "DTEND:20261109T120000Z"), "no start"),
    "an end before it": (_text("SUMMARY:Bad", "DTSTART:20261109T120000Z\r\nDTEND:20261109T110000Z"), "ends before"),
    "a length below nought": (_text("SUMMARY:Bad", "DTSTART:20261109T120000Z\r\nDURATION:-PT1H"), ""),
    "a rule of no frequency": (_repeats("FREQ=SOMETIMES"), "rule"),
    "a rule out of bounds": (_repeats("FREQ=MONTHLY;BYMONTHDAY=40"), "bounds"),
    "a rule with two ends": (_repeats("FREQ=DAILY;COUNT=3;UNTIL=20270101T000000Z"), "both"),
    "a rule by seconds": (_repeats("FREQ=SECONDLY"), "hour"),
    "an endless interval": (_repeats("FREQ=YEARLY;INTERVAL=99999999999999"), ""),
    "two rules": (_text("RRULE:FREQ=DAILY;COUNT=2\r\nRRULE:FREQ=WEEKLY;COUNT=2"), "several rules"),
    "a rule of exceptions": (_text("RRULE:FREQ=DAILY\r\nEXRULE:FREQ=WEEKLY"), "several rules"),
    "a zone unknown": (_text("SUMMARY:Bad", "DTSTART;TZID=Mars/Base:20261109T120000\r\nDURATION:PT1H"), "zone"),
    "a time that is none": (_text("SUMMARY:Bad", "DTSTART:yesterday\r\nDTEND:tomorrow"), ""),
    "two beginnings": (_text("SUMMARY:Bad\r\nDTSTART:20261108T120000Z"), "several"),
    "before all years": (
        _text("SUMMARY:Bad", "DTSTART;TZID=Asia/Tokyo:00010101T000000\r\nDTEND;TZID=Asia/Tokyo:00010101T010000"),
        "",
    ),
    "after all years": (
        _text("SUMMARY:Bad", "DTSTART;TZID=Pacific/Honolulu:99991231T230000\r\nDURATION:PT30M"),
        "",
    ),
    "longer than all years": (_text("SUMMARY:Bad", "DTSTART:20261109T120000Z\r\nDURATION:P99999999D"), ""),
    "the last day": (_text("SUMMARY:Bad", "DTSTART;VALUE=DATE:99991231"), ""),
    "from the last day to the last day": (
        _text("SUMMARY:Bad", "DTSTART;VALUE=DATE:99991231\r\nDTEND;VALUE=DATE:99991231"),
        "years",
    ),
    "a last day with a part of it": (
        _text("SUMMARY:Bad", "DTSTART;VALUE=DATE:99991231\r\nDTEND:99991231T120000Z"),
        "years",
    ),
    "an occurrence after all years": (
        _text("RRULE:FREQ=DAILY;COUNT=3\r\nEXDATE;TZID=Pacific/Honolulu:99991231T230000"),
        "",
    ),
}

_CONTROL: Final = {"control characters": _text("SUMMARY:Signs [control] here")}
"""Which no XML can hold: in a multistatus they spoil the answer about all others as well."""
_CALDAV_CARRIED: Final = {**ICS_CARRIED, **_CONTROL}
CARRIED: Final = {
    "radicale": _CALDAV_CARRIED, "xandikos": _CALDAV_CARRIED, "cyrus": _CALDAV_CARRIED,
    "google": GOOGLE_CARRIED, "graph": GRAPH_CARRIED, "ews": EWS_CARRIED, "public": EWS_CARRIED, "ics": ICS_CARRIED,
}  # fmt: skip
UNREADABLE: Final = {
    "radicale": ICS_UNREADABLE, "xandikos": ICS_UNREADABLE, "cyrus": ICS_UNREADABLE,
    "google": GOOGLE_UNREADABLE, "graph": GRAPH_UNREADABLE, "ews": EWS_UNREADABLE, "public": EWS_UNREADABLE,
    "ics": ICS_UNREADABLE,
}  # fmt: skip
