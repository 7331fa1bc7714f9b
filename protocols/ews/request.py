"""GetUserAvailability, the question: read as a server gets it, written as a client asks it."""

from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache

from lxml import etree

from protocols.errors import Fault, RequestError
from protocols.ews.children import Parts, children, first, named, text_of
from protocols.ews.names import SOAP, M, T
from protocols.ews.query import AvailabilityRequest, Guest, Target, View
from protocols.ews.serial_zone import read_zone, write_zone
from protocols.ews.soap import Envelope
from protocols.ews.suggestion_options import WINDOW as SUGGESTIONS_WINDOW
from protocols.ews.suggestion_options import read_suggestions, write_guest, write_suggestions
from protocols.ews.text import escaped, quoted
from protocols.ews.view_options import read_question, read_stretch, read_view, window_of
from protocols.ews.zone_context import read_context
from protocols.model.freebusy import Question
from protocols.model.mailbox import Mailbox
from protocols.model.window import TimeWindow
from protocols.zones.wall import to_utc

__all__ = ["MOST_MAILBOXES", "AvailabilityRequest", "Target", "View", "decode", "encode", "mailboxes_asked"]

MOST_MAILBOXES = 100
_LONGEST_ADDRESS = 64 + 1 + 253 + len("SMTP:")  # RFC 5321 4.5.3.1
_DECLARED = '<?xml version="1.0" encoding="utf-8"?>\n'


def decode(envelope: Envelope) -> AvailabilityRequest:
    """What a GetUserAvailabilityRequest asks; unknown elements and headers are ignored.

    So is ExchangeImpersonation, must it be understood or not: an AvailabilityRequest has no room for it, hence it can
    neither widen what the caller may see nor travel on to a peer.

    The zone is the body's TimeZone, else the header's TimeZoneContext, else UTC. What is no SMTP address spoils only
    its own Target. Raises RequestError: NO_MAILBOXES, TOO_MANY_MAILBOXES, MISSING_ARGUMENT, MALFORMED, SCHEMA,
    INVALID_WINDOW, WINDOW_TOO_LONG, INVALID_INTERVAL, INVALID_VIEW, INVALID_TIME_ZONE.
    """
    parts = children(envelope.payload)
    headers = children(envelope.header) if envelope.header is not None else {}
    options, others = parts.get("FreeBusyViewOptions"), parts.get("SuggestionsViewOptions")
    version, array = headers.get("RequestServerVersion"), parts.get("MailboxDataArray")
    targets = _targets(array)
    wanted, looked_for = (children(each) if each is not None else None for each in (options, others))
    if wanted is not None:
        stretch = read_stretch(wanted)
    elif looked_for is not None:
        stretch = read_stretch(looked_for, SUGGESTIONS_WINDOW)
    else:
        raise RequestError(Fault.INVALID_VIEW, "neither free/busy nor suggestions are asked for")
    zone = _zone(parts.get("TimeZone"), headers.get("TimeZoneContext"), stretch.start.year)
    question, view, suggestions = None, View.FREE_BUSY, None
    if wanted is not None:
        view = read_view(wanted)
        question = read_question(wanted, window_of(stretch, zone), view)
    if looked_for is not None:
        suggestions = read_suggestions(looked_for, array, zone)
    return AvailabilityRequest(
        targets=targets,
        question=question,
        view=view,
        zone=zone,
        server_version=version.get("Version", "").strip() if version is not None else "",
        suggestions=suggestions,
        request_type=_request_type(headers),
    )


def encode(request: AvailabilityRequest, *, impersonate: str = "") -> bytes:
    """The whole envelope that asks ``request``. Raises ValueError where it has no question.

    ``impersonate`` is the address of the mailbox in whose name is asked (ExchangeImpersonation): one of our settings.
    """
    question = request.question
    if question is None:
        raise ValueError("a request without a question cannot be asked")
    guests = request.suggestions.guests if request.suggestions is not None else (Guest(),) * len(request.targets)
    return (
        f'{_DECLARED}<s:Envelope xmlns:s="{SOAP}" xmlns:m="{M}" xmlns:t="{T}">{_headers(request, impersonate)}<s:Body>'
        "<m:GetUserAvailabilityRequest>"
        f"<t:TimeZone>{write_zone(request.zone, question.window.start.year)}</t:TimeZone>"
        f"<m:MailboxDataArray>{''.join(map(_mailbox_data, request.targets, guests))}</m:MailboxDataArray>"
        f"{_view_options(request, question)}{_suggestions(request)}"
        "</m:GetUserAvailabilityRequest></s:Body></s:Envelope>"
    ).encode()


def mailboxes_asked(envelope: Envelope) -> int:
    """How many mailboxes a request names, whether or not it can be decoded."""
    array = first(envelope.payload, "MailboxDataArray")
    return len(named(array, "MailboxData")) if array is not None else 0


def _targets(array: etree._Element | None) -> tuple[Target, ...]:
    asked = named(array, "MailboxData") if array is not None else []
    if not asked:
        raise RequestError(Fault.NO_MAILBOXES)
    if len(asked) > MOST_MAILBOXES:
        raise RequestError(
            Fault.TOO_MANY_MAILBOXES,
            "There are too many target users in the EmailAddress array. "
            f"The allowed size = {MOST_MAILBOXES}; the actual size = {len(asked)}.",
        )
    return tuple(map(_target, asked))


def _target(data: etree._Element) -> Target:
    email = first(data, "Email")
    parts = children(email) if email is not None else {}
    address, routing = text_of(parts.get("Address")), text_of(parts.get("RoutingType"))
    return target_of(address) if routing.upper() in ("", "SMTP") else Target(address, None)


def target_of(address: str) -> Target:
    """The target that an SMTP address names; one without a mailbox where it is none."""
    return _known_target(address) if len(address) <= _LONGEST_ADDRESS else Target(address, None)


@lru_cache(maxsize=65_536)
def _known_target(address: str) -> Target:
    try:
        return Target(address, Mailbox.parse(address))
    except ValueError:
        return Target(address, None)


def _zone(in_body: etree._Element | None, context: etree._Element | None, year: int) -> tzinfo:
    try:
        if in_body is not None:
            return read_zone(in_body)
        definition = children(context).get("TimeZoneDefinition") if context is not None else None
        return read_context(definition, year) if definition is not None else UTC
    except ValueError as error:
        raise RequestError(Fault.INVALID_TIME_ZONE, str(error)[:200]) from None


def _request_type(headers: Parts) -> str:
    """The schema wraps RequestType in a RequestTypeHeader; the documentation does not. Both are read."""
    wrapped = headers.get("RequestTypeHeader")
    element = headers.get("RequestType")
    if element is None and wrapped is not None:
        element = children(wrapped).get("RequestType")
    return text_of(element)


def _headers(request: AvailabilityRequest, impersonate: str) -> str:
    version = quoted(request.server_version)
    parts = [f'<t:RequestServerVersion Version="{version}"/>'] if version else []
    if impersonate:
        sid = f"<t:PrimarySmtpAddress>{escaped(impersonate)}</t:PrimarySmtpAddress>"
        parts.append(f"<t:ExchangeImpersonation><t:ConnectingSID>{sid}</t:ConnectingSID></t:ExchangeImpersonation>")
    if request.request_type:
        kind = escaped(request.request_type)
        parts.append(f"<t:RequestTypeHeader><t:RequestType>{kind}</t:RequestType></t:RequestTypeHeader>")
    return f"<s:Header>{''.join(parts)}</s:Header>" if parts else ""


def _mailbox_data(target: Target, guest: Guest) -> str:
    address = target.mailbox.address if target.mailbox is not None else target.asked
    return (
        f"<t:MailboxData><t:Email><t:Address>{escaped(address)}</t:Address><t:RoutingType>SMTP</t:RoutingType></t:Email>"
        f"{write_guest(guest)}</t:MailboxData>"
    )


def _view_options(request: AvailabilityRequest, question: Question) -> str:
    interval = question.interval
    cell = ""
    if interval is not None:
        minutes = interval // timedelta(minutes=1)
        cell = f"<t:MergedFreeBusyIntervalInMinutes>{minutes}</t:MergedFreeBusyIntervalInMinutes>"
    return (
        f"<t:FreeBusyViewOptions><t:TimeWindow>{_window(request, question.window)}</t:TimeWindow>{cell}"
        f"<t:RequestedView>{request.view.value}</t:RequestedView></t:FreeBusyViewOptions>"
    )


def _suggestions(request: AvailabilityRequest) -> str:
    asked = request.suggestions
    return write_suggestions(asked, _window(request, asked.window)) if asked is not None else ""


def _window(request: AvailabilityRequest, window: TimeWindow) -> str:
    start = _wall(window.start, request.zone, latest=False)
    end = _wall(window.end, request.zone, latest=True)
    return f"<t:StartTime>{start}</t:StartTime><t:EndTime>{end}</t:EndTime>"


def _wall(instant: datetime, zone: tzinfo, *, latest: bool) -> str:
    """Naive in ``zone``; with the offset where a naive time would be read as another instant."""
    here = instant.astimezone(zone)
    naive = here.replace(tzinfo=None, fold=0)
    return naive.isoformat() if to_utc(naive, zone, latest=latest) == instant else here.isoformat()
