"""Reasons and statuses in the words an operator reads: one table each, and a test that no member is missing."""

from protocols.model.freebusy import Reason
from protocols.model.intervals import BusyStatus

STATUSES: dict[BusyStatus, str] = {
    BusyStatus.FREE: "free",
    BusyStatus.WORKING_ELSEWHERE: "working elsewhere",
    BusyStatus.TENTATIVE: "tentative",
    BusyStatus.BUSY: "busy",
    BusyStatus.OUT_OF_OFFICE: "out of office",
}

REASONS: dict[Reason, str] = {
    Reason.NO_SUCH_MAILBOX: "the calendar system knows no such mailbox",
    Reason.NO_ACCESS: "the calendar system does not let Busyline see this mailbox",
    Reason.NO_CALENDAR: "the mailbox has no calendar",
    Reason.INVALID_ADDRESS: "this is no e-mail address",
    Reason.NO_ROUTE: "no route of the configuration names this address or its domain",
    Reason.FORBIDDEN: "may_ask of this caller does not name this address",
    Reason.LOOP: "the route leads back to the caller's own system (never_via)",
    Reason.TIMEOUT: "the calendar system did not answer in time",
    Reason.THROTTLED: "the calendar system asks us to slow down",
    Reason.UNREACHABLE: "the calendar system cannot be reached",
    Reason.UNAUTHORIZED: "the calendar system refuses our credentials",
    Reason.GARBLED: "the answer of the calendar system could not be understood",
    Reason.INCOMPLETE: "part of the time asked about is not known",
    Reason.TOO_MANY_ENTRIES: "the calendar holds more entries than the calendar system gives out at once",
    Reason.WINDOW_TOO_LONG: "the time asked about is longer than the calendar system allows",
    Reason.GROUP_TOO_LARGE: "the group has more members than the calendar system expands",
    Reason.TOO_MANY_MAILBOXES: "with the members of its groups the question names too many mailboxes",
    Reason.PEER_FAILED: "the calendar system failed",
}
