"""GetUserAvailability, the answer: written as a server gives it, read as a client gets it."""

from collections.abc import Hashable, MutableMapping, Sequence
from datetime import timedelta, tzinfo
from functools import lru_cache
from itertools import count
from typing import NamedTuple

from protocols.errors import RequestError
from protocols.ews.events import write_events
from protocols.ews.failures import FAILURES, INCOMPLETE, NO_SUGGESTIONS, refused
from protocols.ews.manner import Manner
from protocols.ews.names import M, T
from protocols.ews.operations import AVAILABILITY
from protocols.ews.query import AvailabilityRequest, View
from protocols.ews.reading import read
from protocols.ews.request import mailboxes_asked
from protocols.ews.serial_zone import WEEKDAY_WORDS, write_zone
from protocols.ews.soap import Envelope, enveloped, in_envelope
from protocols.ews.tables import BEFORE_WORKING_ELSEWHERE, DIGITS
from protocols.model.freebusy import Answer, Availability, Detail, Unavailable, WorkingHours
from protocols.model.intervals import Intervals
from protocols.model.merging import merged
from protocols.model.window import TimeWindow

__all__ = ["encode", "encode_refusal", "read"]

_OPEN = f'<m:GetUserAvailabilityResponse xmlns:m="{M}" xmlns:t="{T}">'.encode()
_CLOSE = b"</m:GetUserAvailabilityResponse>"
_OPEN_ARRAY, _CLOSE_ARRAY = b"<m:FreeBusyResponseArray>", b"</m:FreeBusyResponseArray>"
_SUCCESS = (
    b'<m:FreeBusyResponse><m:ResponseMessage ResponseClass="Success"><m:ResponseCode>NoError</m:ResponseCode>'
    b"</m:ResponseMessage><m:FreeBusyView><t:FreeBusyViewType>"
)
_END = b"</m:FreeBusyView></m:FreeBusyResponse>"
_DIGITS = bytes(ord(DIGITS[number]) if number in DIGITS else ord("4") for number in range(256))  # type: ignore[index]
_BARE = {View.DETAILED: View.FREE_BUSY, View.DETAILED_MERGED: View.FREE_BUSY_MERGED}
_NUMBERS = count()
_MOST_REFUSALS = 1000  # more would only multiply the caller's bytes


class _Style(NamedTuple):
    """All of a request and its caller that shows in the bytes of one mailbox."""

    window: TimeWindow
    interval: timedelta | None
    view: View
    zone: tzinfo
    offsets: bool
    always_events: bool
    elsewhere: bool


def encode(
    request: AvailabilityRequest,
    answers: Sequence[Answer],
    manner: Manner,
    *,
    fragments: MutableMapping[Hashable, bytes] | None = None,
    suggested: bytes = NO_SUGGESTIONS,
) -> bytes:
    """:func:`encoded` in one piece."""
    return b"".join(encoded(request, answers, manner, fragments=fragments, suggested=suggested))


def encoded(
    request: AvailabilityRequest,
    answers: Sequence[Answer],
    manner: Manner,
    *,
    fragments: MutableMapping[Hashable, bytes] | None = None,
    suggested: bytes = NO_SUGGESTIONS,
) -> list[bytes]:
    """The whole answer in parts: one FreeBusyResponse per target, in order; ``suggested`` where they were asked for.

    A mailbox with any doubt in the window is an Error, never free. Of an Availability fetched at BUSY no detail is
    read, and the view says so. ``fragments`` keeps what was rendered, by all that was visible in it; its bound is its
    owner's. Raises ValueError where ``answers`` are not as many as the targets.
    """
    suggestions = suggested if request.suggestions is not None else b""
    if request.question is None:
        return in_envelope([_OPEN, suggestions, _CLOSE])
    if len(answers) != len(request.targets):
        raise ValueError(f"{len(answers)} answers for {len(request.targets)} mailboxes")
    pen = _pen(
        _Style(
            window=request.question.window,
            interval=request.question.interval,
            view=request.view,
            zone=request.zone,
            offsets=manner.offsets,
            always_events=manner.always_events,
            elsewhere=request.server_version not in BEFORE_WORKING_ELSEWHERE,
        )
    )
    parts = [_OPEN, _OPEN_ARRAY]
    for answer in answers:
        if isinstance(answer, Unavailable):
            parts.append(FAILURES[answer.reason])
        else:
            parts.append(pen.response(answer, fragments))
    parts += (_CLOSE_ARRAY, suggestions, _CLOSE)
    return in_envelope(parts)


def encode_refusal(envelope: Envelope, error: RequestError) -> bytes | None:
    """``error`` as one code per mailbox, for callers that read no faults; None where no mailbox can be answered for."""
    number = mailboxes_asked(envelope) if envelope.operation == AVAILABILITY else 0
    if not 0 < number <= _MOST_REFUSALS:
        return None
    return enveloped([_OPEN, _OPEN_ARRAY, refused(error) * number, _CLOSE_ARRAY, _CLOSE])


class _Pen:
    """Writes the answers of one style, which is told apart once: its number is never given again."""

    __slots__ = ("_bare_view", "_number", "_style")

    def __init__(self, style: _Style) -> None:
        self._style, self._number = style, next(_NUMBERS)
        self._bare_view = _BARE.get(style.view, style.view)

    def response(self, answer: Availability, fragments: MutableMapping[Hashable, bytes] | None) -> bytes:
        """The FreeBusyResponse of one mailbox, as it was written before where ``fragments`` has it."""
        window, shown = self._style.window, answer.intervals
        if answer.window is not window and answer.window != window:
            if not answer.window.covers(window):
                return INCOMPLETE
            shown = shown.overlapping(window)
        if answer.unknown and any(gap.overlaps(window) for gap in answer.unknown):
            return INCOMPLETE
        detailed = answer.detail is Detail.DETAILS
        if fragments is None:
            return self._written(shown, answer.working_hours, detailed=detailed)
        key = (self._number, detailed, shown.digest, answer.working_hours)
        try:
            return fragments[key]
        except KeyError:
            written = fragments[key] = self._written(shown, answer.working_hours, detailed=detailed)
            return written

    def _written(self, shown: Intervals, hours: WorkingHours | None, *, detailed: bool) -> bytes:
        style = self._style
        view = style.view if detailed else self._bare_view
        blocks = _blocks(style, view, shown if view.detail is Detail.DETAILS else shown.bare())
        times = b""
        if hours is not None and (style.always_events or view is not View.MERGED_ONLY):
            times = _working_hours(hours, style.window.start.year)
        return b"".join((_SUCCESS, blocks, times, _END))


_pen = lru_cache(maxsize=4096)(_Pen)


def _blocks(style: _Style, view: View, intervals: Intervals) -> bytes:
    cells = ""
    if style.interval is not None and view.merged:
        digits = merged(intervals, style.window, style.interval).translate(_DIGITS).decode("ascii")
        cells = f"<t:MergedFreeBusy>{digits}</t:MergedFreeBusy>"
    if view is View.MERGED_ONLY:
        if not style.always_events:
            return f"{view.value}</t:FreeBusyViewType>{cells}".encode()
        view = View.FREE_BUSY_MERGED
    events = write_events(
        intervals,
        style.zone,
        details=view.detail is Detail.DETAILS,
        offsets=style.offsets,
        elsewhere=style.elsewhere,
    )
    return f"{view.value}</t:FreeBusyViewType>{cells}{events}".encode()


@lru_cache(maxsize=4096)
def _working_hours(hours: WorkingHours, year: int) -> bytes:
    periods = "".join(
        f"<t:WorkingPeriod><t:DayOfWeek>{' '.join(WEEKDAY_WORDS[day] for day in sorted(period.days))}</t:DayOfWeek>"
        f"<t:StartTimeInMinutes>{period.start}</t:StartTimeInMinutes>"
        f"<t:EndTimeInMinutes>{period.end}</t:EndTimeInMinutes></t:WorkingPeriod>"
        for period in hours.periods
    )
    return (
        f"<t:WorkingHours><t:TimeZone>{write_zone(hours.zone, year)}</t:TimeZone>"
        f"<t:WorkingPeriodArray>{periods}</t:WorkingPeriodArray></t:WorkingHours>"
    ).encode()
