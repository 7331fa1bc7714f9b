"""What a capture shows as it is: values that belong to a protocol and not to anybody, each by its place and shape.

Whatever is not listed here is replaced by a pseudonym, in an element or attribute of any name.
"""

import re
from collections.abc import Callable
from typing import Final, TypeAlias

from protocols.ews.autodiscover import pox, settings
from protocols.ews.names import ADDRESSING, SOAP, E, M, T
from protocols.ews.query import View
from protocols.ews.serial_zone import WEEKDAY_WORDS
from protocols.ews.tables import BUSY_TYPES, CODES, FAULT_CODES, REASONS, SUGGESTIONS_FAILED, TEXTS
from protocols.zones.names import zone_named
from proxy.capture.operation_names import FAULT_ACTION, OPERATION_NAMES
from proxy.capture.setting_names import SETTING_NAMES

Test: TypeAlias = Callable[[str], object]

PATHS: Final = frozenset(
    {"", "/", "/ews", "/ews/", "/ews/exchange.asmx", "/ews/exchange.asmx/", "/ews/exchange.asmx/wssecurity"}
    | {"/ews/services.wsdl", "/ews/messages.xsd", "/ews/types.xsd", "/oauth/token"}
    | {f"/autodiscover/autodiscover.{kind}" for kind in ("xml", "svc", "json")}
    | {"/autodiscover/autodiscover.svc/wssecurity"}
)
"""Paths that say nothing of anybody, in lower case."""

METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "PROPFIND"})
"""The methods of HTTP, and the one of WebDAV that clients of Exchange try."""

_MICROSOFT, _XMLSOAP = "http://schemas.microsoft.com", "http://schemas.xmlsoap.org"
_W3, _OASIS = "http://www.w3.org", "http://docs.oasis-open.org"
_WSS = f"{_OASIS}/wss/2004/01/oasis-200401-wss"
_AUTODISCOVER = f"{_MICROSOFT}/exchange/2010/Autodiscover"
NAMESPACES: Final = frozenset(
    {
        M,
        T,
        E,
        SOAP,
        ADDRESSING,
        _AUTODISCOVER,
        f"{_MICROSOFT}/exchange/soap/2006",
        f"{_MICROSOFT}/exchange/services/2006",
    }
    | {pox.REQUEST_SCHEMA, pox.RESPONSE_SCHEMA, f"{_MICROSOFT}/exchange/autodiscover/responseschema/2006"}
    | {f"{_MICROSOFT}/exchange/autodiscover/mobilesync/{kind}schema/2006" for kind in ("request", "response")}
    | {f"{_MICROSOFT}/exchange/2010/Exchange", f"{_MICROSOFT}/2003/10/Serialization/", f"{_MICROSOFT}/soap/actor/next"}
    | {f"{_MICROSOFT}/2003/10/Serialization/Arrays", f"{_MICROSOFT}/ws/2006/05/identity", f"{_XMLSOAP}/soap/encoding/"}
    | {f"{_XMLSOAP}/soap/actor/next", f"{_XMLSOAP}/ws/2004/08/addressing", f"{_XMLSOAP}/ws/2005/02/trust"}
    | {f"{_XMLSOAP}/ws/2004/09/policy", f"{_XMLSOAP}/ws/2005/02/sc", f"{_XMLSOAP}/ws/2006/12/federation"}
    | {f"{_XMLSOAP}/wsdl/", f"{_XMLSOAP}/wsdl/soap/", f"{_W3}/2003/05/soap-envelope", f"{ADDRESSING}/anonymous"}
    | {f"{_W3}/2001/XMLSchema", f"{_W3}/2001/XMLSchema-instance", f"{_W3}/XML/1998/namespace"}
    | {f"{_W3}/2000/09/xmldsig#", f"{_W3}/2001/04/xmlenc#", f"{_W3}/2009/xmlenc11#", f"{_W3}/2001/10/xml-exc-c14n#"}
    | {f"{_WSS}-wssecurity-{kind}-1.0.xsd" for kind in ("secext", "utility")}
    | {f"{_OASIS}/wss/oasis-wss-wssecurity-secext-1.1.xsd", f"{_OASIS}/ws-sx/ws-trust/200512"}
    | {f"urn:oasis:names:tc:SAML:{version}:assertion" for version in ("1.0", "2.0")}
)
"""Namespaces of everybody; any other is replaced like a text."""

ENCODINGS: Final = {
    "utf-8": "utf-8",
    "us-ascii": "ascii",
    "ascii": "ascii",
    "iso-8859-1": "iso-8859-1",
    "windows-1252": "cp1252",
    "utf-16": "utf-16",
}
"""Encodings in which a body is kept, by the name that its declaration gives, in lower case."""

_DAYS = frozenset({"Day", "Weekday", "WeekendDay", *WEEKDAY_WORDS.values()})
_VIEWS = frozenset(view.value for view in View) | {"None"}
_ERRORS = frozenset({*CODES.values(), *FAULT_CODES.values(), *REASONS, SUGGESTIONS_FAILED, "NoError"})
_ERRORS |= {"InvalidUser", "InvalidDomain", "InvalidRequest", "NotFederated", "SettingIsNotAvailable"}
_TEXTS = frozenset({*TEXTS.values(), *pox.MESSAGES.values(), "No error.", "Invalid user.", "Invalid domain."}) | {
    "The setting is not available.",
    "The domain is not federated.",
    f"From 1 to {settings.MAX_TARGETS} targets and from 1 to {settings.MAX_SETTINGS} settings must be requested.",
    "The request is not well-formed XML.",
    "The request is not accepted.",
    "The request is not a SOAP message.",
    "The operation is not supported.",
    "A header that must be understood is not.",
    "A SOAP header that must be understood is not.",
    "A valid email address is missing.",
    "The email address is not valid.",
    "The 'Protocol' parameter is missing.",
}


def _one_of(*words: str) -> Test:
    return frozenset(words).__contains__


def _all_of(words: frozenset[str]) -> Test:
    return lambda text: bool(text.split()) and words.issuperset(text.split())


def _shaped(pattern: str) -> Test:
    return re.compile(pattern, re.ASCII).fullmatch


def _any(*tests: Test) -> Test:
    return lambda text: any(test(text) for test in tests)


def _zone(text: str) -> object:
    return zone_named(text) or text == "tzone://Microsoft/Custom"


def _period(text: str) -> object:
    kind, _, rest = text.partition(":Microsoft/Registry/")
    zone, _, year = rest.rpartition("/")
    return kind == "trule" and zone_named(zone) and re.fullmatch(r"\d{4}-(Standard|Daylight)", year, re.ASCII)


def known_action(text: str) -> bool:
    """Whether it is a namespace of everybody's, or an operation behind one."""
    base, _, word = text.rpartition("/")
    known = base in NAMESPACES or base == f"{_AUTODISCOVER}/Autodiscover"
    return text in NAMESPACES or text == FAULT_ACTION or (known and word in OPERATION_NAMES)


_NUMBER = _shaped(r"[+-]?\d{1,5}")
_TRUTH = _one_of("true", "false", "0", "1")
_INSTANT = _shaped(r"\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,9})?)?)?(Z|[+-]\d\d:\d\d)?")
_CLOCK = _shaped(r"\d\d:\d\d(:\d\d(\.\d{1,9})?)?")
_LENGTH = _shaped(r"-?P(\d{1,3}D)?(T(\d{1,4}H)?(\d{1,5}M)?(\d{1,6}(\.\d{1,3})?S)?)?")
_VERSION = _any(
    _shaped(r"Exchange20\d\d(_SP\d)?|V20\d\d_\d\d_\d\d|\d{1,2}\.\d{1,3}\.\d{1,5}\.\d{1,4}"),
    _one_of(settings.SUPPORTED_SCHEMAS),
)
_ZONE_PART = _any(_zone, _period, _shaped(r"(Standard|Daylight)([+-]\d{1,4})?"), _NUMBER)
_FAULT_CODE = _shaped(
    rf"([A-Za-z]\w{{0,9}}:)?({'|'.join(_ERRORS)}|Client|Server|Sender|Receiver|MustUnderstand|VersionMismatch)"
)
_FIGURES = _shaped(
    r"There are too many target users in the EmailAddress array\. The allowed size = \d{1,4}; the actual size = "
    r"\d{1,7}\.|FreeBusyViewOptions\.TimeWindow is too long\. The allowed limit = \d{1,4} days; the actual limit = "
    r"\d{1,7} days\."
)
_TEXT = _any(_TEXTS.__contains__, _FIGURES)

ELEMENTS: Final[dict[str, Test]] = {
    **dict.fromkeys(("Bias", "DayOrder", "Month", "Year", "Occurrence", "Day"), _NUMBER),
    **dict.fromkeys(("StartTimeInMinutes", "EndTimeInMinutes", "MergedFreeBusyIntervalInMinutes"), _NUMBER),
    **dict.fromkeys(("GoodThreshold", "MaximumResultsByDay", "MaximumNonWorkHourResultsByDay"), _NUMBER),
    **dict.fromkeys(("MeetingDurationInMinutes", "DescriptiveLinkKey", "ExceptionCode", "RedirectCount"), _NUMBER),
    **dict.fromkeys(("MajorVersion", "MinorVersion", "MajorBuildNumber", "MinorBuildNumber", "Port"), _NUMBER),
    **dict.fromkeys(("LineNumber", "LinePosition"), _NUMBER),
    **dict.fromkeys(("ExcludeConflicts", "ExcludeNonWorkingHours", "IsMeeting", "IsRecurring", "IsException"), _TRUTH),
    **dict.fromkeys(("IsReminderSet", "IsPrivate"), _TRUTH),
    **dict.fromkeys(("StartTime", "EndTime", "DateTime", "CurrentMeetingTime", "Created", "Expires"), _INSTANT),
    "Time": _any(_CLOCK, _INSTANT),
    "TimeOffset": _LENGTH,
    "DayOfWeek": _all_of(_DAYS),
    "MergedFreeBusy": _shaped("[0-5]+"),
    **dict.fromkeys(("RequestedView", "FreeBusyViewType"), _all_of(_VIEWS)),
    "BusyType": _one_of(*BUSY_TYPES.values(), "NoData"),
    "AttendeeType": _one_of("Organizer", "Required", "Optional", "Room", "Resource"),
    "RoutingType": _one_of("SMTP", "smtp", "Smtp", "EX"),
    "RequestType": _one_of("CrossForest", "CrossSite"),
    "MinimumSuggestionQuality": _one_of("Excellent", "Good", "Fair", "Poor"),
    "DateTimePrecision": _one_of("Seconds", "Milliseconds"),
    "MailboxCulture": _shaped("[a-z]{2}-[A-Z]{2}"),
    **dict.fromkeys(("Id", "To", "ResponseId"), _any(_ZONE_PART, known_action)),
    **dict.fromkeys(("ResponseCode", "ErrorCode"), _any(_ERRORS.__contains__, _shaped(r"\d{3}"))),
    **dict.fromkeys(("MessageText", "ErrorMessage", "Message", "faultstring", "Text"), _TEXT),
    "Violation": _shaped(r"(StartTime|EndTime|MergedFreeBusyIntervalInMinutes) is not an xs:(int|dateTime)"),
    **dict.fromkeys(("faultcode", "Value"), _any(_FAULT_CODE, _VERSION, _NUMBER)),
    **dict.fromkeys(("Version", "RequestedServerVersion", "ServerVersion"), _VERSION),
    **dict.fromkeys(("Action", "Address", "AcceptableResponseSchema"), known_action),
    **dict.fromkeys(("Setting", "SettingName", "Name"), SETTING_NAMES.__contains__),
    "AccountType": _one_of("email"),
    "Type": _one_of("EXCH", "EXPR", "WEB"),
    "SSL": _one_of("On", "Off"),
}
"""What may stand in elements, by local name."""

ATTRIBUTES: Final[dict[str, Test]] = {
    **dict.fromkeys(("MajorVersion", "MinorVersion", "MajorBuildNumber", "MinorBuildNumber"), _NUMBER),
    **dict.fromkeys(("mustUnderstand", "nil", "ReturnFullTimeZoneData"), _TRUTH),
    "Version": _VERSION,
    "ResponseClass": _one_of("Success", "Warning", "Error"),
    "Kind": _one_of("Period", "Group"),
    "Bias": _LENGTH,
    "Id": _any(_ZONE_PART, _shaped(r"(?:[1-6]\d\d)")),
    "Name": _any(_ZONE_PART, _one_of("BackOffMilliseconds")),
    "Time": _CLOCK,
    "lang": _shaped("[a-z]{2}(-[A-Z]{2})?"),
    "type": _shaped(r"([A-Za-z]\w{0,9}:)?(Domain)?StringSetting"),
    **dict.fromkeys(("actor", "role"), NAMESPACES.__contains__),
}
"""What may stand in attributes, by local name."""

JSON: Final[dict[str, Test]] = {
    "Protocol": _one_of("EWS", "AvailabilityService", "AutodiscoverV1"),
    "ErrorCode": _one_of("MandatoryParameterMissing", "InvalidUserId", "InvalidProtocol"),
    "ErrorMessage": _TEXTS.__contains__,
    "Url": _one_of(),
    "access_token": _one_of(),
    "token_type": _one_of("Bearer", "bearer"),
    "expires_in": _one_of(),
    "error": _one_of("invalid_client", "invalid_request", "unsupported_grant_type", "invalid_scope"),
    "error_description": _one_of(),
}
"""The names of our JSON, and what of their texts is shown."""

EVENT_TIMES: Final = frozenset({"StartTime", "EndTime"})
BUSY_DIGITS: Final = "MergedFreeBusy"
