"""What the benchmarks ask: many different bodies, as exchangelib writes them, over many mailboxes and windows.

Callers look at whole days, so most bodies share five windows, and the server may remember what it rendered. Bodies that
rotate are more than any memory of whole bodies holds: each mailbox is asked about from each of these days, as each kind
of attendee, which changes the bytes of the question and nothing of the answer. Bodies that repeat are fifty. The bodies
with windows of their own begin at 5,760 different minutes and are 20,000, more than is remembered in any form: there
each answer is decoded, cut and rendered anew.
"""

from base64 import b64encode
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

DOMAIN = "fabrikam.example"
MAILBOXES = 1_000
WINDOWS = 5  # first days asked: today to four days on, so that 30 days stay within the home frame
MINUTES = (WINDOWS - 1) * 24 * 60  # minutes at which a window of its own begins, all between those first days
FRESH = 20_000
REPEATED = 50
HUNDREDS = 2_000
ATTENDEES = ("Organizer", "Required", "Optional", "Room", "Resource")  # [MS-OXWAVLS] 2.2.5.2
EVENTS = 20  # of each mailbox in each of these windows
DAYS = 30
USERNAME, PASSWORD = "bench@contoso.example", "a password of the benchmark"
HEADERS = {
    "Content-Type": "text/xml; charset=utf-8",
    "Authorization": "Basic " + b64encode(f"{USERNAME}:{PASSWORD}".encode()).decode(),
}

_HEAD = """<?xml version='1.0' encoding='utf-8'?>
<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" \
xmlns:m="http://schemas.microsoft.com/exchange/services/2006/messages" \
xmlns:t="http://schemas.microsoft.com/exchange/services/2006/types">\
<s:Header><t:RequestServerVersion Version="Exchange2016"/></s:Header>\
<s:Body><m:GetUserAvailabilityRequest><t:TimeZone><t:Bias>-60</t:Bias>\
<t:StandardTime><t:Bias>0</t:Bias><t:Time>03:00:00</t:Time><t:DayOrder>5</t:DayOrder><t:Month>10</t:Month>\
<t:DayOfWeek>Sunday</t:DayOfWeek></t:StandardTime>\
<t:DaylightTime><t:Bias>-60</t:Bias><t:Time>02:00:00</t:Time><t:DayOrder>5</t:DayOrder><t:Month>3</t:Month>\
<t:DayOfWeek>Sunday</t:DayOfWeek></t:DaylightTime></t:TimeZone><m:MailboxDataArray>"""
_MAILBOX = (
    "<t:MailboxData><t:Email><t:Address>{}</t:Address><t:RoutingType>SMTP</t:RoutingType></t:Email>"
    "<t:AttendeeType>{}</t:AttendeeType><t:ExcludeConflicts>false</t:ExcludeConflicts></t:MailboxData>"
)
_TAIL = """</m:MailboxDataArray><t:FreeBusyViewOptions><t:TimeWindow>\
<t:StartTime>{start}</t:StartTime><t:EndTime>{end}</t:EndTime></t:TimeWindow>\
<t:MergedFreeBusyIntervalInMinutes>30</t:MergedFreeBusyIntervalInMinutes>\
<t:RequestedView>{view}</t:RequestedView></t:FreeBusyViewOptions></m:GetUserAvailabilityRequest></s:Body></s:Envelope>"""


def address(number: int, kind: str = "person") -> str:
    """A mailbox of the benchmark; ``kind`` keeps the rows from warming each other's cache."""
    return f"{kind}{number:06}@{DOMAIN}"


def body(
    addresses: Sequence[str],
    start: date,
    *,
    minute: int = 0,
    days: int = DAYS,
    attendees: str = "Required",
    view: str = "DetailedMerged",
) -> bytes:
    """A question about ``addresses`` for so many days, from ``minute`` after local midnight of ``start``."""
    begin = datetime.combine(start, time()) + timedelta(minutes=minute)
    tail = _TAIL.format(start=begin.isoformat(), end=(begin + timedelta(days=days)).isoformat(), view=view)
    return (_HEAD + "".join(_MAILBOX.format(each, attendees) for each in addresses) + tail).encode()


def first_day(number: int, today: date) -> date:
    """On which day the window of a numbered question begins."""
    return today + timedelta(days=number % WINDOWS)


def bodies_of_one(today: date, *, view: str = "DetailedMerged") -> list[bytes]:
    """One mailbox each: no two alike, every mailbox from every first day as every kind of attendee, 25,000."""
    return [
        body([address(n)], today + timedelta(days=(n + shift) % WINDOWS), attendees=attendees, view=view)
        for attendees in ATTENDEES
        for shift in range(WINDOWS)
        for n in range(MAILBOXES)
    ]


def bodies_of_one_repeated(today: date) -> list[bytes]:
    """One mailbox each, and few enough to be known by heart."""
    return [body([address(n)], first_day(n, today)) for n in range(REPEATED)]


def bodies_of_one_afresh(today: date) -> list[bytes]:
    """One mailbox each: no two alike in whom and when they ask, and many more than the mailboxes."""
    return [body([address(n % MAILBOXES)], today, minute=n % MINUTES) for n in range(FRESH)]


def bodies_of_hundred(today: date) -> list[bytes]:
    """A hundred mailboxes each: no two alike in whom they ask, in which order, or when."""
    return [_hundred(n, today) for n in range(HUNDREDS)]


def bodies_of_hundred_repeated(today: date) -> list[bytes]:
    """A hundred mailboxes each, and few enough to be known by heart."""
    return [_hundred(n, today) for n in range(REPEATED)]


def _hundred(n: int, today: date) -> bytes:
    whom = [address((n + k * (n % 9 + 1)) % MAILBOXES) for k in range(100)]
    return body(whom, first_day(n, today))
