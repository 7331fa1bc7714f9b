"""The words of the provider contract beside the words of the house, and its bounds."""

from typing import Final

from protocols.model.freebusy import Reason, Weekday
from protocols.model.intervals import BusyStatus

VERSION: Final = 1

STATUSES: Final = {
    "free": BusyStatus.FREE,
    "working-elsewhere": BusyStatus.WORKING_ELSEWHERE,
    "tentative": BusyStatus.TENTATIVE,
    "busy": BusyStatus.BUSY,
    "out-of-office": BusyStatus.OUT_OF_OFFICE,
}

# What the error of one mailbox means; a code that is not here is PEER_FAILED, so that more may be added.
REASONS: Final = {
    "not-found": Reason.NO_SUCH_MAILBOX,
    "no-access": Reason.NO_ACCESS,
    "try-later": Reason.THROTTLED,
    "failed": Reason.PEER_FAILED,
}

# What a status other than 200 means for the whole call; every other one is PEER_FAILED.
HTTP_REASONS: Final = {
    401: Reason.UNAUTHORIZED,
    403: Reason.UNAUTHORIZED,
    407: Reason.UNREACHABLE,
    408: Reason.TIMEOUT,
    413: Reason.TOO_MANY_ENTRIES,
    429: Reason.THROTTLED,
    502: Reason.UNREACHABLE,
    503: Reason.THROTTLED,
    504: Reason.TIMEOUT,
}

WEEKDAYS: Final = {day.name.lower(): day for day in Weekday}

MOST_BYTES: Final = 8 * 1024 * 1024  # of a whole answer
MOST_EVENTS: Final = 5_000  # of one mailbox
MOST_GAPS: Final = 1_000  # windows of one mailbox that nothing is known about
MOST_PERIODS: Final = 50  # of one mailbox's working hours
LONGEST_TEXT: Final = 1_000  # characters of a subject or a location; what is longer is cut
LONGEST_WAIT: Final = 86_400  # seconds
