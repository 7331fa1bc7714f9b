"""Drives zeep, which knows of EWS only what our WSDL tells it."""

from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import requests
import zeep
import zeep.exceptions
from requests.auth import HTTPBasicAuth
from zeep.transports import Transport

from protocols.zones.rules import Change, rules_of
from tests.clients.blocks import Answer, block

_CLIENT: Any = zeep.Client  # zeep has types only here and there
_TRANSPORT: Any = Transport
_BINDING = "{http://schemas.microsoft.com/exchange/services/2006/messages}ExchangeServiceBinding"


def free_busy(
    wsdl: str,
    url: str,
    username: str,
    password: str,
    addresses: list[str],
    start: datetime,
    end: datetime,
    zone: str,
    *,
    ca: str | None = None,
    view: str = "DetailedMerged",
) -> list[Answer]:
    """Blocks of each address between two naive times of the IANA ``zone``. ``wsdl`` is a URL or a path.

    A fault of the whole request is its code for every address.
    """
    with requests.Session() as session:
        session.auth = HTTPBasicAuth(username, password)
        session.verify = ca or True
        session.trust_env = False  # else a bundle named in the environment wins over `verify`
        client = _CLIENT(wsdl, transport=_TRANSPORT(session=session))
        service = client.create_service(_BINDING, url)
        try:
            answer = service.GetUserAvailability(
                TimeZone=_time_zone(ZoneInfo(zone), start.year),
                MailboxDataArray={"MailboxData": [_mailbox(address) for address in addresses]},
                FreeBusyViewOptions={
                    "TimeWindow": {"StartTime": start, "EndTime": end},
                    "MergedFreeBusyIntervalInMinutes": 30,
                    "RequestedView": [view],
                },
                _soapheaders={"RequestVersion": {"Version": "Exchange2013"}},
            )
        except zeep.exceptions.Fault as fault:
            return [str(fault.code).rpartition(":")[2]] * len(addresses)
    body = getattr(answer, "body", answer)
    responses = getattr(body, "FreeBusyResponseArray", None) or body.GetUserAvailabilityResult.FreeBusyResponseArray
    return [_answer(response, ZoneInfo(zone)) for response in responses.FreeBusyResponse]


def rooms(
    wsdl: str, url: str, username: str, password: str, *, ca: str | None = None
) -> dict[str, list[tuple[str, str]]]:
    """Address and name of each room by the address of its list; a failure of a list is its code."""
    with requests.Session() as session:
        session.auth = HTTPBasicAuth(username, password)
        session.verify = ca or True
        session.trust_env = False
        service = _CLIENT(wsdl, transport=_TRANSPORT(session=session)).create_service(_BINDING, url)
        headers = {"RequestVersion": {"Version": "Exchange2013"}}
        lists = service.GetRoomLists(_soapheaders=headers).body.RoomLists
        found = {}
        for one in lists.Address if lists else ():
            told = service.GetRooms(RoomList={"EmailAddress": one.EmailAddress}, _soapheaders=headers).body
            found[one.EmailAddress] = [(room.Id.EmailAddress, room.Id.Name) for room in told.Rooms.Room]
        return found


def _mailbox(address: str) -> dict[str, Any]:
    return {"Email": {"Address": address}, "AttendeeType": "Required", "ExcludeConflicts": False}


def _answer(response: Any, zone: ZoneInfo) -> Answer:
    if response.ResponseMessage.ResponseClass != "Success":
        return str(response.ResponseMessage.ResponseCode)
    array = response.FreeBusyView.CalendarEventArray
    events = [event for event in (array.CalendarEvent if array else []) if event.BusyType != "Free"]
    return sorted(block(_aware(event.StartTime, zone), _aware(event.EndTime, zone), event.BusyType) for event in events)


def _aware(value: datetime, zone: ZoneInfo) -> datetime:
    return value if value.tzinfo else value.replace(tzinfo=zone)


def _time_zone(zone: ZoneInfo, year: int) -> dict[str, Any]:
    rules = rules_of(zone, year)
    return {
        "Bias": rules.bias,
        "StandardTime": _change(rules.standard),
        "DaylightTime": _change(rules.daylight),
    }


def _change(change: Change | None) -> dict[str, Any]:
    if change is None:
        change = Change(0, 1, 1, None, time())
    weekday = change.weekday.name.capitalize() if change.weekday is not None else "Sunday"
    at = change.time.isoformat(timespec="seconds")
    return {"Bias": change.bias, "Time": at, "DayOrder": change.day_order, "Month": change.month, "DayOfWeek": weekday}
