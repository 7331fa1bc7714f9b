"""Reads a GetUserAvailability request and refuses what Exchange refuses, with the same codes and limits."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo
from typing import TypeVar

from lxml import etree

from protocols.model.freebusy import Weekday
from protocols.model.window import TimeWindow
from protocols.zones.names import zone_named
from protocols.zones.rules import Change, RuleZone, ZoneRules
from simulation.exchange.soap import NS, SoapFault

MOST_MAILBOXES = 100
LONGEST_WINDOW = timedelta(days=62)
_Value = TypeVar("_Value")
VIEWS = ("MergedOnly", "FreeBusy", "FreeBusyMerged", "Detailed", "DetailedMerged")


@dataclass(frozen=True, slots=True, kw_only=True)
class AvailabilityQuestion:
    """What one GetUserAvailability asks. ``window`` is None for suggestions only; ``interval`` is in minutes."""

    addresses: tuple[str, ...]
    zone: tzinfo
    window: TimeWindow | None
    interval: int
    view: str
    suggestions: tuple[datetime, ...] = ()  # the days to suggest for, at midnight in the zone


def read_question(envelope: etree._Element) -> AvailabilityQuestion:
    """The question in a whole envelope. Raises SoapFault."""
    request = envelope.find("s:Body", NS)
    request = None if request is None else request.find("m:GetUserAvailabilityRequest", NS)
    if request is None:
        raise SoapFault("ErrorInvalidOperation")
    addresses = addresses_of(request)
    if not addresses:
        raise SoapFault("ErrorMailboxDataArrayEmpty")
    if len(addresses) > MOST_MAILBOXES:
        raise SoapFault(
            "ErrorMailboxDataArrayTooBig",
            "There are too many target users in the EmailAddress array. The allowed size = 100; "
            f"the actual size = {len(addresses)}.",
        )
    zone = _zone(envelope, request)
    options, wanted = request.find("t:FreeBusyViewOptions", NS), request.find("t:SuggestionsViewOptions", NS)
    if options is None and wanted is None:
        raise SoapFault("ErrorInvalidFreeBusyViewType")
    window, interval, view = (None, 30, "") if options is None else _view(options, zone)
    days = () if wanted is None else _days(wanted, zone)
    return AvailabilityQuestion(
        addresses=addresses, zone=zone, window=window, interval=interval, view=view, suggestions=days
    )


def addresses_of(request: etree._Element) -> tuple[str, ...]:
    """The addresses asked for, in order, as written."""
    array = request.find("m:MailboxDataArray", NS)
    mailboxes = [] if array is None else array.findall("t:MailboxData", NS)
    return tuple((mailbox.findtext("t:Email/t:Address", "", NS) or "").strip() for mailbox in mailboxes)


def _view(options: etree._Element, zone: tzinfo) -> tuple[TimeWindow, int, str]:
    window = _window(options, "t:TimeWindow", zone)
    if window.length > LONGEST_WINDOW:
        raise SoapFault(
            "ErrorTimeIntervalTooBig",
            "The requested time duration specified for FreeBusyViewOptions.TimeWindow is too long. "
            f"The allowed limit = 62 days; the actual limit = {-(-window.length // timedelta(days=1))} days.",
        )
    interval = _number(options.findtext("t:MergedFreeBusyIntervalInMinutes", "30", NS))
    if not 5 <= interval <= 1440 or interval * 60 > window.length.total_seconds():
        raise SoapFault("ErrorInvalidMergedFreeBusyInterval")
    view = (options.findtext("t:RequestedView", "FreeBusy", NS) or "").split()
    if not view or view[-1] not in VIEWS:
        raise SoapFault("ErrorInvalidFreeBusyViewType")
    return window, interval, view[-1]


def _window(parent: etree._Element, path: str, zone: tzinfo) -> TimeWindow:
    start = _instant(parent.findtext(f"{path}/t:StartTime", "", NS), zone)
    end = _instant(parent.findtext(f"{path}/t:EndTime", "", NS), zone)
    if start >= end:
        raise SoapFault("ErrorInvalidTimeInterval")
    return TimeWindow(start, end)


def _days(options: etree._Element, zone: tzinfo) -> tuple[datetime, ...]:
    window = _window(options, "t:DetailedSuggestionsWindow", zone)
    first, last = window.start.astimezone(zone).date(), (window.end.astimezone(zone) - timedelta(seconds=1)).date()
    count = (last - first).days + 1
    return tuple(datetime.combine(first + timedelta(days=i), time(), zone) for i in range(count))


def _instant(text: str, zone: tzinfo) -> datetime:
    value = _valid(datetime.fromisoformat, text.strip())
    return (value if value.tzinfo else value.replace(tzinfo=zone)).astimezone(UTC)


def _zone(envelope: etree._Element, request: etree._Element) -> tzinfo:
    element = request.find("t:TimeZone", NS)
    if element is not None:
        standard, daylight = (element.find(f"t:{name}Time", NS) for name in ("Standard", "Daylight"))
        bias = _number(element.findtext("t:Bias", "", NS))
        rules = ZoneRules(bias, _change(standard), _change(daylight))
        return RuleZone(rules)
    definition = envelope.find("s:Header/t:TimeZoneContext/t:TimeZoneDefinition", NS)
    zone = zone_named(definition.get("Id", "")) if definition is not None else None
    if zone is None:
        raise SoapFault("ErrorTimeZone")
    return zone


def _change(element: etree._Element | None) -> Change | None:
    if element is None:
        return None
    fields = {
        name: element.findtext(f"t:{name}", "", NS) for name in ("Bias", "Time", "DayOrder", "Month", "DayOfWeek")
    }
    year = element.findtext("t:Year", "", NS)
    return Change(
        bias=_number(fields["Bias"]),
        month=_number(fields["Month"]),
        day_order=_number(fields["DayOrder"]),
        weekday=_valid(lambda name: Weekday[name.upper()], fields["DayOfWeek"]) if fields["DayOfWeek"] else None,
        time=_valid(time.fromisoformat, fields["Time"]),
        year=_number(year) if year else None,
    )


def _number(text: str) -> int:
    return _valid(int, text)


def _valid(read: Callable[[str], _Value], text: str) -> _Value:
    try:
        return read(text)
    except (ValueError, KeyError):
        raise SoapFault("ErrorSchemaValidation") from None
