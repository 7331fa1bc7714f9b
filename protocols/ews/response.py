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
from protocols.ews.soap import Envelope, enveloped
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


class _Kept(NamedTuple):
    """What was rendered before, and the number of the style that is looked for."""

    fragments: MutableMapping[Hashable, bytes]
    style: int


def encode(
    request: AvailabilityRequest,
    answers: Sequence[Answer],
    manner: Manner,
    *,
    fragments: MutableMapping[Hashable, bytes] | None = None,
    suggested: bytes = NO_SUGGESTIONS,
) -> bytes:
    """The whole answer: one FreeBusyResponse per target, in order; ``suggested`` where suggestions were asked for.

    A mailbox with any doubt in the window is an Error, never free. Of an Availability fetched at BUSY no detail is
    read, and the view says so. ``fragments`` keeps what was rendered, by all that was visible in it; its bound is its
    owner's. Raises ValueError where ``answers`` are not as many as the targets.
    """
    suggestions = suggested if request.suggestions is not None else b""
    if request.question is None:
        return enveloped([_OPEN, suggestions, _CLOSE])
    if len(answers) != len(request.targets):
        raise ValueError(f"{len(answers)} answers for {len(request.targets)} mailboxes")
    style = _Style(
        window=request.question.window,
        interval=request.question.interval,
        view=request.view,
        zone=request.zone,
        offsets=manner.offsets,
        always_events=manner.always_events,
        elsewhere=request.server_version not in BEFORE_WORKING_ELSEWHERE,
    )
    kept = None if fragments is None else _Kept(fragments, _number_of(style))
    parts = [_OPEN, _OPEN_ARRAY]
    for answer in answers:
        if isinstance(answer, Unavailable):
            parts.append(FAILURES[answer.reason])
        else:
            parts += _response(style, answer, kept)
    parts += (_CLOSE_ARRAY, suggestions, _CLOSE)
    return enveloped(parts)


def encode_refusal(envelope: Envelope, error: RequestError) -> bytes | None:
    """``error`` as one code per mailbox, for callers that read no faults; None where no mailbox can be answered for."""
    number = mailboxes_asked(envelope) if envelope.operation == AVAILABILITY else 0
    if not 0 < number <= _MOST_REFUSALS:
        return None
    return enveloped([_OPEN, _OPEN_ARRAY, refused(error) * number, _CLOSE_ARRAY, _CLOSE])


@lru_cache(maxsize=4096)
def _number_of(_: _Style) -> int:
    """A number of its own for each style, never given again: it is told apart once, not once for each mailbox."""
    return next(_NUMBERS)


def _response(style: _Style, answer: Availability, kept: _Kept | None) -> tuple[bytes, ...]:
    if not answer.window.covers(style.window) or any(gap.overlaps(style.window) for gap in answer.unknown):
        return (INCOMPLETE,)
    view = style.view if answer.detail is Detail.DETAILS else _BARE.get(style.view, style.view)
    shown = answer.intervals
    if answer.window is not style.window:
        shown = shown.overlapping(style.window)
    if view.detail is Detail.BUSY:
        shown = shown.bare()
    if kept is None:
        blocks = _blocks(style, view, shown)
    else:
        key = (kept.style, view.value, shown.content)
        try:
            blocks = kept.fragments[key]
        except KeyError:
            blocks = kept.fragments[key] = _blocks(style, view, shown)
    hours = b""
    if answer.working_hours is not None and (style.always_events or view is not View.MERGED_ONLY):
        hours = _working_hours(answer.working_hours, style.window.start.year)
    return _SUCCESS, blocks, hours, _END


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
