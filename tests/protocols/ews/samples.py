"""Requests, answers and strategies that the tests of this room share; everything produced is held to the schema."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

from hypothesis import strategies as st
from lxml import etree

from protocols.ews.manner import EXCHANGE, Manner
from protocols.ews.names import SOAP, M, T
from protocols.ews.query import AvailabilityRequest, Target, View
from protocols.ews.request import decode
from protocols.ews.response import encode
from protocols.ews.schema import validator
from protocols.ews.soap import read_envelope
from protocols.model.freebusy import Answer, Availability, Detail, Question, Weekday, WorkingHours, WorkingPeriod
from protocols.model.intervals import BusyInterval, BusyStatus, EventDetails, Intervals
from protocols.model.mailbox import Mailbox
from protocols.model.window import TimeWindow

START = datetime(2026, 11, 23, tzinfo=UTC)
WEEK = TimeWindow(START, START + timedelta(days=7))
ANN = Mailbox.parse("ann@contoso.example")
BOB = Mailbox.parse("bob@contoso.example")
BERLIN = ZoneInfo("Europe/Berlin")
ZONES = (UTC, BERLIN, ZoneInfo("America/Los_Angeles"), ZoneInfo("Australia/Sydney"), ZoneInfo("Asia/Kolkata"))
HOURS = WorkingHours(BERLIN, (WorkingPeriod(frozenset({Weekday.MONDAY, Weekday.FRIDAY}), 480, 1020),))

_MAILBOX = (
    "<t:MailboxData><t:Email><t:Address>{}</t:Address></t:Email>"
    "<t:AttendeeType>Required</t:AttendeeType></t:MailboxData>"
)
_OPTIONS = (
    "<t:FreeBusyViewOptions><t:TimeWindow><t:StartTime>{start}</t:StartTime><t:EndTime>{end}</t:EndTime></t:TimeWindow>"
    "{rest}</t:FreeBusyViewOptions>"
)


def soap_request(body: str, header: str = "") -> bytes:
    """``body`` in an envelope, with the usual prefixes."""
    spaces = f'xmlns:s="{SOAP}" xmlns:m="{M}" xmlns:t="{T}"'
    return f"<s:Envelope {spaces}><s:Header>{header}</s:Header><s:Body>{body}</s:Body></s:Envelope>".encode()


def interval(minutes: int | str) -> str:
    """MergedFreeBusyIntervalInMinutes."""
    return f"<t:MergedFreeBusyIntervalInMinutes>{minutes}</t:MergedFreeBusyIntervalInMinutes>"


def view(words: str) -> str:
    """RequestedView."""
    return f"<t:RequestedView>{words}</t:RequestedView>"


def asking(
    *addresses: str,
    start: str = "2026-11-23T00:00:00",
    end: str = "2026-11-30T00:00:00",
    rest: str = "",
    zone: str = "",
    header: str = "",
    after: str = "",
) -> bytes:
    """A request about ``addresses``; ``rest`` follows the window, ``after`` the view options."""
    mailboxes = "".join(map(_MAILBOX.format, addresses or ("ann@contoso.example",)))
    options = _OPTIONS.format(start=start, end=end, rest=rest)
    return soap_request(
        f"<m:GetUserAvailabilityRequest>{zone}<m:MailboxDataArray>{mailboxes}</m:MailboxDataArray>{options}{after}"
        "</m:GetUserAvailabilityRequest>",
        header,
    )


def decoded(data: bytes) -> AvailabilityRequest:
    """What ``data`` asks."""
    return decode(read_envelope(data))


def valid(data: bytes) -> etree._Element:
    """The root of ``data``, which must hold to our schema."""
    root = etree.fromstring(data)
    validator().assertValid(root)
    return root


def texts(root: etree._Element, name: str) -> list[str]:
    """The text of each element called ``name``, in any namespace."""
    return [element.text or "" for element in root.iter(f"{{*}}{name}")]


def request_of(
    *mailboxes: Mailbox,
    view: View = View.DETAILED_MERGED,
    zone: tzinfo = UTC,
    window: TimeWindow = WEEK,
    version: str = "Exchange2016",
) -> AvailabilityRequest:
    """A decoded request about ``mailboxes``."""
    cell = timedelta(minutes=30) if view.merged else None
    return AvailabilityRequest(
        targets=tuple(Target(mailbox.asked, mailbox) for mailbox in mailboxes or (ANN,)),
        question=Question(window=window, detail=view.detail, interval=cell),
        view=view,
        zone=zone,
        server_version=version,
    )


def answered(request: AvailabilityRequest, *answers: Answer, manner: Manner = EXCHANGE) -> bytes:
    """The encoded answer, held to the schema."""
    data = encode(request, answers, manner)
    valid(data)
    return data


def known(
    blocks: Sequence[BusyInterval] = (),
    *,
    mailbox: Mailbox = ANN,
    window: TimeWindow = WEEK,
    detail: Detail = Detail.DETAILS,
    unknown: tuple[TimeWindow, ...] = (),
    hours: WorkingHours | None = None,
) -> Availability:
    """An Availability of ``blocks``."""
    return Availability(
        mailbox=mailbox,
        window=window,
        intervals=Intervals.pack(blocks),
        detail=detail,
        unknown=unknown,
        working_hours=hours,
        source="here",
        as_of=START,
    )


def block(
    start_hour: float, hours: float = 1, status: BusyStatus = BusyStatus.BUSY, details: EventDetails | None = None
) -> BusyInterval:
    """A block that many hours after the week's start."""
    start = START + timedelta(hours=start_hour)
    return BusyInterval(TimeWindow(start, start + timedelta(hours=hours)), status, details)


any_text = st.text(st.characters(), max_size=30)
xml_text = st.text(st.characters(exclude_categories=("Cc", "Cs"), exclude_characters="\ufffe\uffff"), max_size=30)


@st.composite
def event_details(draw: st.DrawFn, text: st.SearchStrategy[str] = any_text) -> EventDetails:
    """Details of an event; private ones bare."""
    private = draw(st.booleans())
    return EventDetails(
        subject=None if private else draw(st.none() | text),
        location=None if private else draw(st.none() | text),
        meeting=draw(st.booleans()),
        recurring=draw(st.booleans()),
        exception=draw(st.booleans()),
        private=private,
        reminder=draw(st.booleans()),
    )


@st.composite
def blocks(draw: st.DrawFn, details: st.SearchStrategy[EventDetails | None] | None = None) -> list[BusyInterval]:
    """Blocks that overlap the week, minutes apart; without details where no strategy for them is given."""
    details = st.none() if details is None else details
    found = []
    for _ in range(draw(st.integers(0, 6))):
        start = draw(st.integers(-600, 7 * 1440 - 1))
        end = draw(st.integers(max(start, 0) + 1, 8 * 1440))
        window = TimeWindow(START + timedelta(minutes=start), START + timedelta(minutes=end))
        found.append(BusyInterval(window, draw(st.sampled_from(BusyStatus)), draw(details)))
    return found
