"""Decides which reports are worth an e-mail, so that whoever gets them goes on reading them."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from enum import Enum
from typing import Final, TypeAlias

from galsync.reports.report import RunReport
from galsync.reports.telling import email

REMIND: Final = timedelta(days=1)
"""How long the same trouble is not told again."""

Send: TypeAlias = Callable[[str, str], Awaitable[None]]
"""Sends subject and body to whoever gets the reports. Raises MailError."""
_Trouble: TypeAlias = tuple[object, ...]


class When(Enum):
    """Of which runs a report is sent."""

    ALWAYS = "always"
    CHANGE = "change"
    """Something was written, or somebody has to look."""
    FAILURE = "failure"
    """Somebody has to look: it failed, a guard stopped it, or there are conflicts."""


class Mailing:
    """Sends reports. Trouble that stays the same is told once, and again after a day, by the clock of the runs."""

    def __init__(self, send: Send, when: When = When.CHANGE) -> None:
        self._send, self._when = send, when
        self._told: dict[str, tuple[_Trouble, datetime]] = {}

    async def ended(self, report: RunReport, at: datetime) -> bool:
        """Send the report of a run that ended at ``at`` if it is worth it: whether it was. Raises MailError; then the
        same trouble counts as not told."""
        if not self._worth(report, at):
            return False
        await self._send(*email(report))
        if report.well:
            self._told.pop(report.sync, None)
        else:
            self._told[report.sync] = (_trouble(report), at)
        return True

    async def unopened(self, sync: str, words: str, at: datetime) -> bool:
        """The same for a run that could not begin, for the reason that ``words`` tell."""
        trouble: _Trouble = ("unopened", words)
        if self._known(sync, trouble, at):
            return False
        await self._send(f"Busyline {sync}: FAILED, it could not begin", f"{sync} could not begin: {words}\n")
        self._told[sync] = trouble, at
        return True

    def _worth(self, report: RunReport, at: datetime) -> bool:
        if self._when is When.ALWAYS:
            return True
        if self._when is When.CHANGE and (report.tally.written or report.tally.handed):
            return True
        if report.well:
            return False
        return not self._known(report.sync, _trouble(report), at)

    def _known(self, sync: str, trouble: _Trouble, at: datetime) -> bool:
        before, told_at = self._told.get(sync, ((), at))
        return before == trouble and at - told_at < REMIND


def _trouble(report: RunReport) -> _Trouble:
    """What somebody has to look at, in a form that can be compared; a number that grows is not something new."""
    conflicts = frozenset((place, step.anchor) for place, step in report.conflicts())
    failures = frozenset((each.place, each.anchor, each.words) for each in report.tally.failures)
    unread = frozenset((each.where, each.reason) for each in (*report.outlook.unread, *report.outlook.skipped))
    return report.state, conflicts, failures, unread, frozenset(stop.guard for stop in report.stops)
