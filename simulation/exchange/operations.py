"""The operations beside free/busy that clients need before they ask: time zones, and an identifier to convert."""

from datetime import timedelta, tzinfo
from xml.sax.saxutils import quoteattr

from aiohttp import web
from lxml import etree

from protocols.model.freebusy import Weekday
from protocols.zones.names import windows_zone_ids, zone_named
from protocols.zones.rules import Change, rules_of
from simulation.exchange.soap import NS, M, T, envelope


def server_time_zones(request: etree._Element, year: int) -> web.Response:
    """GetServerTimeZones: those whose ids were asked for, or all; with their rules of ``year`` where wanted."""
    known = {name.lower(): name for name in windows_zone_ids()}
    asked = [element.text or "" for element in request.iterfind("m:Ids/t:Id", NS)]
    names = [known[name.lower()] for name in asked if name.lower() in known] if asked else list(known.values())
    full = request.get("ReturnFullTimeZoneData", "true") in ("true", "1")
    zones = "".join(_definition(name, year, full=full) for name in names)
    return envelope(
        f'<m:GetServerTimeZonesResponse xmlns:m="{M}" xmlns:t="{T}"><m:ResponseMessages>'
        '<m:GetServerTimeZonesResponseMessage ResponseClass="Success"><m:ResponseCode>NoError</m:ResponseCode>'
        f"<m:TimeZoneDefinitions>{zones}</m:TimeZoneDefinitions></m:GetServerTimeZonesResponseMessage>"
        "</m:ResponseMessages></m:GetServerTimeZonesResponse>"
    )


def convert_id(request: etree._Element) -> web.Response:
    """ConvertId: every identifier is malformed here, which clients take as proof that the server speaks EWS."""
    message = (
        '<m:ConvertIdResponseMessage ResponseClass="Error"><m:MessageText>Id is malformed.</m:MessageText>'
        "<m:ResponseCode>ErrorInvalidIdMalformed</m:ResponseCode><m:DescriptiveLinkKey>0</m:DescriptiveLinkKey>"
        "</m:ConvertIdResponseMessage>"
    )
    count = len(request.findall("m:SourceIds/*", NS))
    return envelope(
        f'<m:ConvertIdResponse xmlns:m="{M}" xmlns:t="{T}"><m:ResponseMessages>{message * count}'
        "</m:ResponseMessages></m:ConvertIdResponse>"
    )


def _definition(name: str, year: int, *, full: bool) -> str:
    zone = zone_named(name)
    heading = f"<t:TimeZoneDefinition Id={quoteattr(name)} Name={quoteattr(name)}"
    if not full or zone is None:
        return f"{heading}/>"
    return f"{heading}>{_rules(name, zone, year)}</t:TimeZoneDefinition>"


def _rules(name: str, zone: tzinfo, year: int) -> str:
    rules = rules_of(zone, year)
    prefix = f"trule:Microsoft/Registry/{name}/1"
    standard, daylight = quoteattr(f"{prefix}-Standard"), quoteattr(f"{prefix}-Daylight")
    periods = f'<t:Period Bias="{_duration(-rules.standard_offset)}" Name="Standard" Id={standard}/>'
    group = f'<t:Transition><t:To Kind="Period">{prefix}-Standard</t:To></t:Transition>'
    if rules.changing and rules.standard and rules.daylight:
        periods += f'<t:Period Bias="{_duration(-rules.daylight_offset)}" Name="Daylight" Id={daylight}/>'
        group = _yearly(f"{prefix}-Daylight", rules.daylight) + _yearly(f"{prefix}-Standard", rules.standard)
    return (
        f"<t:Periods>{periods}</t:Periods>"
        f'<t:TransitionsGroups><t:TransitionsGroup Id="0">{group}</t:TransitionsGroup></t:TransitionsGroups>'
        '<t:Transitions><t:Transition><t:To Kind="Group">0</t:To></t:Transition></t:Transitions>'
    )


def _yearly(period: str, change: Change) -> str:
    at = timedelta(hours=change.time.hour, minutes=change.time.minute, seconds=change.time.second)
    occurrence = -1 if change.day_order == 5 else change.day_order
    weekday = (Weekday.SUNDAY if change.weekday is None else change.weekday).name.capitalize()
    return (
        f'<t:RecurringDayTransition><t:To Kind="Period">{period}</t:To>'
        f"<t:TimeOffset>{_duration(int(at.total_seconds()))}</t:TimeOffset><t:Month>{change.month}</t:Month>"
        f"<t:DayOfWeek>{weekday}</t:DayOfWeek><t:Occurrence>{occurrence}</t:Occurrence></t:RecurringDayTransition>"
    )


def _duration(seconds: int) -> str:
    """An xs:duration in minutes."""
    return f"{'-' if seconds < 0 else ''}PT{abs(seconds) // 60}M"
