"""GetServerTimeZones: the Windows zones with their rules, for clients that know zones by these names only."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from protocols.errors import Fault, RequestError
from protocols.ews.children import children, named, text_of
from protocols.ews.names import M, T
from protocols.ews.serial_zone import WEEKDAY_WORDS
from protocols.ews.soap import Envelope, envelope
from protocols.ews.text import escaped, quoted
from protocols.model.freebusy import Weekday
from protocols.zones.names import windows_zone_ids, zone_named
from protocols.zones.rules import Change, ZoneRules, rules_of

# The operation names no year and this room has no clock: the rules of these years are written, equal years together.
_FIRST_YEAR, _LAST_YEAR = 2015, 2032
_MOST_IDS = 1000
_OPEN = (
    f'<m:GetServerTimeZonesResponse xmlns:m="{M}" xmlns:t="{T}"><m:ResponseMessages>'
    '<m:GetServerTimeZonesResponseMessage ResponseClass="Success"><m:ResponseCode>NoError</m:ResponseCode>'
    "<m:TimeZoneDefinitions>"
)
_CLOSE = (
    "</m:TimeZoneDefinitions></m:GetServerTimeZonesResponseMessage></m:ResponseMessages></m:GetServerTimeZonesResponse>"
)


@dataclass(frozen=True, slots=True)
class TimeZonesRequest:
    """Which zones are asked for (None: all) and whether with their periods and transitions."""

    ids: tuple[str, ...] | None
    full: bool


def decode(request: Envelope) -> TimeZonesRequest:
    """What a GetServerTimeZones asks. Raises RequestError(TOO_COMPLEX) for more than a thousand Ids."""
    ids = children(request.payload).get("Ids")
    wanted = tuple(text_of(element) for element in named(ids, "Id")) if ids is not None else None
    if wanted is not None and len(wanted) > _MOST_IDS:
        raise RequestError(Fault.TOO_COMPLEX, f"more than {_MOST_IDS} time zones")
    full = request.payload.get("ReturnFullTimeZoneData", "true").strip()
    return TimeZonesRequest(wanted, full not in ("false", "0"))


def encode(request: TimeZonesRequest) -> bytes:
    """The zones asked for, in that order and each once; an Id that nobody knows is left out, as Exchange does.

    Each full definition costs some milliseconds the first time, all of them half a second: it may be called in threads,
    several at once, and on an event loop had better be.
    """
    known = {name.lower(): name for name in windows_zone_ids()}
    ids = windows_zone_ids() if request.ids is None else _once(request.ids, known)
    write = _full_definition if request.full else _bare_definition
    return envelope(f"{_OPEN}{''.join(map(write, ids))}{_CLOSE}")


def _once(ids: tuple[str, ...], known: dict[str, str]) -> list[str]:
    return list(dict.fromkeys(known[one.lower()] for one in ids if one.lower() in known))


def _attributes(name: str) -> str:
    return f'Id="{quoted(name)}" Name="{quoted(name)}"'


def _bare_definition(name: str) -> str:
    return f"<t:TimeZoneDefinition {_attributes(name)}/>"


@lru_cache(maxsize=256)
def _full_definition(name: str) -> str:
    spans = _spans(name)
    periods: dict[tuple[str, int], str] = {}
    groups = [
        f'<t:TransitionsGroup Id="{number}">{_group(rules, periods)}</t:TransitionsGroup>'
        for number, (_, rules) in enumerate(spans)
    ]
    written = "".join(
        f'<t:Period Bias="{_duration(bias)}" Name="{kind}" Id="{identity}"/>'
        for (kind, bias), identity in periods.items()
    )
    first, *rest = range(len(spans))
    transitions = f'<t:Transition><t:To Kind="Group">{first}</t:To></t:Transition>' + "".join(
        f'<t:AbsoluteDateTransition><t:To Kind="Group">{number}</t:To><t:DateTime>{spans[number][0]}-01-01T00:00:00'
        "</t:DateTime></t:AbsoluteDateTransition>"
        for number in rest
    )
    return (
        f"<t:TimeZoneDefinition {_attributes(name)}><t:Periods>{written}</t:Periods>"
        f"<t:TransitionsGroups>{''.join(groups)}</t:TransitionsGroups>"
        f"<t:Transitions>{transitions}</t:Transitions></t:TimeZoneDefinition>"
    )


def _spans(name: str) -> list[tuple[int, ZoneRules]]:
    """First year and rules of each run of years with equal rules."""
    zone = zone_named(name) or UTC
    spans: list[tuple[int, ZoneRules]] = []
    for year in range(_FIRST_YEAR, _LAST_YEAR + 1):
        rules = rules_of(zone, year)
        if not spans or spans[-1][1] != rules:
            spans.append((year, rules))
    return spans


def _group(rules: ZoneRules, periods: dict[tuple[str, int], str]) -> str:
    if not rules.changing or rules.standard is None or rules.daylight is None:
        identity = _period("Standard", -rules.standard_offset // 60, periods)
        return f'<t:Transition><t:To Kind="Period">{identity}</t:To></t:Transition>'
    daylight = _period("Daylight", -rules.daylight_offset // 60, periods)
    standard = _period("Standard", -rules.standard_offset // 60, periods)
    return f"{_recurring(rules.daylight, daylight)}{_recurring(rules.standard, standard)}"


def _period(kind: str, bias: int, periods: dict[tuple[str, int], str]) -> str:
    return periods.setdefault((kind, bias), f"{kind}{bias:+d}")


def _recurring(change: Change, identity: str) -> str:
    seconds = timedelta(hours=change.time.hour, minutes=change.time.minute, seconds=change.time.second)
    offset = f"<t:TimeOffset>{_duration(int(seconds.total_seconds()) // 60)}</t:TimeOffset>"
    target = f'<t:To Kind="Period">{escaped(identity)}</t:To>'
    weekday = change.weekday if change.weekday is not None else Weekday(datetime(2000, 1, 1, tzinfo=UTC).weekday())
    occurrence = -1 if change.day_order == 5 else change.day_order
    return (
        f"<t:RecurringDayTransition>{target}{offset}<t:Month>{change.month}</t:Month>"
        f"<t:DayOfWeek>{WEEKDAY_WORDS[weekday]}</t:DayOfWeek><t:Occurrence>{occurrence}</t:Occurrence>"
        "</t:RecurringDayTransition>"
    )


def _duration(minutes: int) -> str:
    return f"{'-' if minutes < 0 else ''}PT{abs(minutes)}M"
