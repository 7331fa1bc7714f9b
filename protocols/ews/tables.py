"""The words of Exchange Web Services beside the words of the house, each table read in both directions."""

from protocols.errors import Fault
from protocols.model.freebusy import Reason
from protocols.model.intervals import BusyStatus

BUSY_TYPES = {
    BusyStatus.FREE: "Free",
    BusyStatus.WORKING_ELSEWHERE: "WorkingElsewhere",
    BusyStatus.TENTATIVE: "Tentative",
    BusyStatus.BUSY: "Busy",
    BusyStatus.OUT_OF_OFFICE: "OOF",
}
STATUSES = {word: status for status, word in BUSY_TYPES.items()}  # NoData is no status: nothing is known then

# 4 means "no data" to some readers and "working elsewhere" to others, so it is never written: free-but-elsewhere is 0.
DIGITS = {
    BusyStatus.FREE: "0",
    BusyStatus.WORKING_ELSEWHERE: "0",
    BusyStatus.TENTATIVE: "1",
    BusyStatus.BUSY: "2",
    BusyStatus.OUT_OF_OFFICE: "3",
}
# Read from others, 4 and 5 stay unknown.
DIGIT_STATUSES = {"0": BusyStatus.FREE, "1": BusyStatus.TENTATIVE, "2": BusyStatus.BUSY, "3": BusyStatus.OUT_OF_OFFICE}
DIGITS_UNKNOWN = "45"

# Unknown and forbidden mailboxes must not be told apart, or addresses could be found out by asking.
_ONE_FOR_ALL = "ErrorNoFreeBusyAccess"
_FAILED = "ErrorFreeBusyGenerationFailed"
CODES = {
    Reason.NO_SUCH_MAILBOX: _ONE_FOR_ALL,
    Reason.NO_ACCESS: _ONE_FOR_ALL,
    Reason.NO_CALENDAR: _ONE_FOR_ALL,
    Reason.NO_ROUTE: _ONE_FOR_ALL,
    Reason.FORBIDDEN: _ONE_FOR_ALL,
    Reason.INVALID_ADDRESS: "ErrorMailRecipientNotFound",
    Reason.LOOP: "ErrorProxyRequestNotAllowed",
    Reason.TIMEOUT: "ErrorTimeoutExpired",
    Reason.THROTTLED: "ErrorServerBusy",
    Reason.UNREACHABLE: "ErrorProxyRequestProcessingFailed",
    Reason.UNAUTHORIZED: "ErrorProxyRequestProcessingFailed",
    Reason.GARBLED: _FAILED,
    Reason.INCOMPLETE: _FAILED,
    Reason.PEER_FAILED: _FAILED,
    Reason.TOO_MANY_ENTRIES: "ErrorResultSetTooBig",
    Reason.WINDOW_TOO_LONG: "ErrorTimeIntervalTooBig",
    Reason.GROUP_TOO_LARGE: "ErrorFreeBusyDLLimitReached",
    Reason.TOO_MANY_MAILBOXES: "ErrorIndividualMailboxLimitReached",
}

# What a peer's code tells us; every other code is PEER_FAILED.
REASONS = {
    "ErrorMailRecipientNotFound": Reason.NO_SUCH_MAILBOX,
    "ErrorNonExistentMailbox": Reason.NO_SUCH_MAILBOX,
    "ErrorInvalidSmtpAddress": Reason.NO_SUCH_MAILBOX,  # what is no address for us is never asked about
    "ErrorNoFreeBusyAccess": Reason.NO_ACCESS,
    "ErrorAccessDenied": Reason.NO_ACCESS,
    "ErrorNoCalendar": Reason.NO_CALENDAR,
    "ErrorAddressSpaceNotFound": Reason.NO_ROUTE,
    "ErrorProxyRequestNotAllowed": Reason.LOOP,
    "ErrorTimeoutExpired": Reason.TIMEOUT,
    "ErrorServerBusy": Reason.THROTTLED,
    "ErrorExceededConnectionCount": Reason.THROTTLED,
    "ErrorResultSetTooBig": Reason.TOO_MANY_ENTRIES,
    "ErrorTimeIntervalTooBig": Reason.WINDOW_TOO_LONG,
    "ErrorFreeBusyDLLimitReached": Reason.GROUP_TOO_LARGE,
    "ErrorIndividualMailboxLimitReached": Reason.GROUP_TOO_LARGE,
    "ErrorInvalidCrossForestCredentials": Reason.UNAUTHORIZED,
    "ErrorInvalidAuthorizationContext": Reason.UNAUTHORIZED,
    "ErrorInvalidClientSecurityContext": Reason.UNAUTHORIZED,
    "ErrorImpersonateUserDenied": Reason.UNAUTHORIZED,
    "ErrorImpersonationDenied": Reason.UNAUTHORIZED,
}

_INVALID_REQUEST = "ErrorInvalidRequest"
FAULT_CODES = {
    Fault.MALFORMED: "ErrorSchemaValidation",
    Fault.SCHEMA: "ErrorSchemaValidation",
    Fault.TOO_COMPLEX: _INVALID_REQUEST,
    Fault.TOO_LARGE: _INVALID_REQUEST,
    Fault.TOO_SLOW: _INVALID_REQUEST,
    Fault.UNSUPPORTED_TYPE: _INVALID_REQUEST,
    Fault.MUST_UNDERSTAND: _INVALID_REQUEST,
    Fault.UNKNOWN_OPERATION: "ErrorInvalidOperation",
    Fault.MISSING_ARGUMENT: "ErrorMissingArgument",
    Fault.NO_MAILBOXES: "ErrorMailboxDataArrayEmpty",
    Fault.TOO_MANY_MAILBOXES: "ErrorMailboxDataArrayTooBig",
    Fault.INVALID_WINDOW: "ErrorInvalidTimeInterval",
    Fault.WINDOW_TOO_LONG: "ErrorTimeIntervalTooBig",
    Fault.INVALID_INTERVAL: "ErrorInvalidMergedFreeBusyInterval",
    Fault.INVALID_VIEW: "ErrorInvalidFreeBusyViewType",
    Fault.INVALID_TIME_ZONE: "ErrorTimeZone",
    Fault.BUSY: "ErrorServerBusy",
    Fault.INTERNAL: "ErrorInternalServerError",
}

SUGGESTIONS_FAILED = "ErrorMeetingSuggestionGenerationFailed"

# One text per code, whatever happened: the text must not tell what the code conceals.
TEXTS = {
    _ONE_FOR_ALL: "The caller does not have free/busy viewing rights on the calendar.",
    _FAILED: "Free/busy information could not be retrieved because of an intervening failure.",
    "ErrorMailRecipientNotFound": "Unable to resolve the e-mail address to a mailbox.",
    "ErrorProxyRequestNotAllowed": "The request may not be proxied to the organisation that asks.",
    "ErrorTimeoutExpired": "The request could not be processed in time.",
    "ErrorServerBusy": "The server cannot service this request right now. Try again later.",
    "ErrorProxyRequestProcessingFailed": "The request could not be passed on to the mailbox's own system.",
    "ErrorResultSetTooBig": "The result set contains too many calendar entries.",
    "ErrorFreeBusyDLLimitReached": "The distribution group has too many members.",
    "ErrorIndividualMailboxLimitReached": (
        "With the members of its groups the request names too many mailboxes. The allowed size = 100."
    ),
    "ErrorSchemaValidation": "The request failed schema validation.",
    _INVALID_REQUEST: "The request is invalid.",
    "ErrorInvalidOperation": "The operation is not supported.",
    "ErrorMissingArgument": "The request lacks an argument that the operation needs.",
    "ErrorMailboxDataArrayEmpty": "There are no target users in the EmailAddress array.",
    "ErrorMailboxDataArrayTooBig": "There are too many target users in the EmailAddress array. The allowed size = 100.",
    "ErrorInvalidTimeInterval": "The start of FreeBusyViewOptions.TimeWindow must lie before its end.",
    "ErrorTimeIntervalTooBig": "FreeBusyViewOptions.TimeWindow is too long. The allowed limit = 62 days.",
    "ErrorInvalidMergedFreeBusyInterval": (
        "Specify an interval that is less than the free/busy time window and between 5 and 1440 minutes."
    ),
    "ErrorInvalidFreeBusyViewType": "The requested free/busy view is not valid.",
    "ErrorTimeZone": "The time zone of the request is not valid.",
    "ErrorInternalServerError": "An internal server error occurred. The operation failed.",
    SUGGESTIONS_FAILED: "No meeting times could be suggested.",
}

# Faults whose text repeats the caller's own figures.
FIGURES = frozenset({Fault.TOO_MANY_MAILBOXES, Fault.WINDOW_TOO_LONG})

EXCEPTION_CODES = {"ErrorMailRecipientNotFound": 5009}

# Versions whose clients do not know WorkingElsewhere; no version at all means the oldest.
BEFORE_WORKING_ELSEWHERE = frozenset(
    {"", "Exchange2007", "Exchange2007_SP1", "Exchange2009", "Exchange2010", "Exchange2010_SP1", "Exchange2010_SP2"}
    | {"Exchange2012"}
)
