"""CalendarEventArray, written: the part of an answer that is as long as the month was busy."""

from datetime import tzinfo

from protocols.ews.tables import BUSY_TYPES
from protocols.ews.text import escaped
from protocols.model.intervals import DETAIL_FLAGS, BusyStatus, Intervals
from protocols.zones.wall import wall_clock

_NEW_WORDS = {int(status): word for status, word in BUSY_TYPES.items()}
_OLD_WORDS = _NEW_WORDS | {int(BusyStatus.WORKING_ELSEWHERE): BUSY_TYPES[BusyStatus.FREE]}
_OPEN = "<t:CalendarEventArray>"
_CLOSE = "</t:CalendarEventArray>"
_EVENT = "<t:CalendarEvent><t:StartTime>"


def write_events(intervals: Intervals, zone: tzinfo, *, details: bool, offsets: bool, elsewhere: bool) -> str:
    """The array of ``intervals`` by start, times in ``zone``; "" where there are none, for empty ones trouble readers.

    ``details``: with subject and the rest where there is one. ``offsets``: all times with their UTC offset, and not
    only those that the clock of ``zone`` shows for the second time. ``elsewhere``: the reader knows WorkingElsewhere,
    which is Free otherwise.
    """
    if not len(intervals):
        return ""
    clock = wall_clock(zone)
    at = clock.offset if offsets else clock.unmistakable
    words = _NEW_WORDS if elsewhere else _OLD_WORDS
    if not details or not intervals.has_details:
        rows = [
            f"{_EVENT}{at(start)}</t:StartTime><t:EndTime>{at(end)}</t:EndTime><t:BusyType>{words[status]}</t:BusyType>"
            "</t:CalendarEvent>"
            for start, end, status in intervals.edges()
        ]
    else:
        rows = [
            f"{_EVENT}{at(start)}</t:StartTime><t:EndTime>{at(end)}</t:EndTime><t:BusyType>{words[status]}</t:BusyType>"
            f"{'' if flags < 0 else _details(subject, location, flags)}</t:CalendarEvent>"
            for (start, end, status), (subject, location, flags) in zip(
                intervals.edges(), intervals.packed_details(), strict=True
            )
        ]
    return f"{_OPEN}{''.join(rows)}{_CLOSE}"


def _details(subject: str | None, location: str | None, flags: int) -> str:
    written = _FLAGS[flags]
    if flags & _PRIVATE:
        return f"<t:CalendarEventDetails>{written}"
    what = f"<t:Subject>{escaped(subject)}</t:Subject>" if subject is not None else ""
    where = f"<t:Location>{escaped(location)}</t:Location>" if location is not None else ""
    return f"<t:CalendarEventDetails>{what}{where}{written}"


def _written_flags(flags: int) -> str:
    """In the order of the schema, which is not that of the model."""
    order = {
        "IsMeeting": "meeting",
        "IsRecurring": "recurring",
        "IsException": "exception",
        "IsReminderSet": "reminder",
        "IsPrivate": "private",
    }
    bits = {name: flags >> DETAIL_FLAGS.index(flag) & 1 for name, flag in order.items()}
    written = (f"<t:{name}>{'true' if bit else 'false'}</t:{name}>" for name, bit in bits.items())
    return f"{''.join(written)}</t:CalendarEventDetails>"


_PRIVATE = 1 << DETAIL_FLAGS.index("private")
_FLAGS = [_written_flags(flags) for flags in range(1 << len(DETAIL_FLAGS))]
