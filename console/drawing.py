"""Draws free/busy as rows of half hours on the terminal, readable without colour and with plain ASCII."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from rich.console import Console
from rich.text import Text

from console.parts import failed_words
from console.words import REASONS, STATUSES
from protocols.model.freebusy import Answer, Availability, Unavailable
from protocols.model.intervals import BusyInterval, BusyStatus
from protocols.model.merging import UNKNOWN_CELL, merged
from protocols.model.window import TimeWindow

HALF_HOUR = timedelta(minutes=30)
_CELLS_OF_A_DAY = 48
_LABEL_WIDTH = 28  # with the cells of a day it fits 80 columns


@dataclass(frozen=True, slots=True)
class Look:
    """How one kind of half hour appears: a letterform for any terminal, one for Unicode, a style for colour."""

    ascii: str
    glyph: str
    style: str
    words: str


LOOKS: dict[int, Look] = {
    BusyStatus.FREE: Look(".", "·", "dim", STATUSES[BusyStatus.FREE]),
    BusyStatus.WORKING_ELSEWHERE: Look("w", "░", "cyan", STATUSES[BusyStatus.WORKING_ELSEWHERE]),
    BusyStatus.TENTATIVE: Look("t", "▒", "bright_blue", STATUSES[BusyStatus.TENTATIVE]),
    BusyStatus.BUSY: Look("B", "█", "blue", STATUSES[BusyStatus.BUSY]),
    BusyStatus.OUT_OF_OFFICE: Look("O", "▓", "magenta", STATUSES[BusyStatus.OUT_OF_OFFICE]),
    UNKNOWN_CELL: Look("/", "╱", "red", "no data"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """One person's line: what stands in front of it, what is known, and what is said where nothing is."""

    label: str
    answer: Answer
    words: str = ""


def is_plain(console: Console) -> bool:
    """Whether ``console`` shows ASCII only: a dumb terminal, or an encoding without box characters."""
    return console.is_dumb_terminal or console.options.ascii_only


def draw(
    console: Console,
    rows: Sequence[Row],
    *,
    window: TimeWindow,
    zone: tzinfo,
    details: bool = False,
    with_legend: bool = True,
) -> None:
    """Print one block per local day of ``window``: date, zone and hours, one row per person, then the legend.

    A cell is half an hour of elapsed time. ``details`` lists below each block what the answers say of each event.
    """
    plain = is_plain(console)
    width = _label_width(rows, console.width)
    for day in days(window, zone):
        console.print(_heading(day, zone, width), soft_wrap=True)
        for row in rows:
            console.print(_line(row, day, width, plain=plain), soft_wrap=True)
        if details:
            for row in rows:
                for line in _events(row, day, zone, width):
                    console.print(line, soft_wrap=True)
        console.print()
    if with_legend:
        console.print(legend(plain=plain), soft_wrap=True)


def legend(*, plain: bool) -> Text:
    """What each cell means."""
    text = Text()
    for look in LOOKS.values():
        text.append(look.ascii if plain else look.glyph, look.style)
        text.append(f" {look.words}  ")
    text.rstrip()
    return text


def days(window: TimeWindow, zone: tzinfo) -> Iterator[TimeWindow]:
    """The window cut at local midnights; a day may have 23 or 25 hours."""
    start = window.start
    while start < window.end:
        end = min(midnight(start.astimezone(zone).date() + timedelta(days=1), zone), window.end)
        yield TimeWindow(start, end)
        start = end


def midnight(day: date, zone: tzinfo) -> datetime:
    """The first instant of a local day, in UTC."""
    return datetime.combine(day, time(), zone).astimezone(UTC)


def zone_words(zone: tzinfo, at: datetime) -> str:
    """The zone's name, or its offset at that instant where it has none."""
    local = at.astimezone(zone)
    return str(getattr(zone, "key", None) or local.tzname() or local.strftime("UTC%z"))


def _heading(day: TimeWindow, zone: tzinfo, width: int) -> Text:
    """The date, the zone and every second hour, each over its first half hour; an hour that comes twice, once."""
    hours = bytearray(b" " * (_cells(day) + 2))
    free_from = 0
    for column in range(_cells(day)):
        local = (day.start + column * HALF_HOUR).astimezone(zone)
        if local.minute < 30 and local.hour % 2 == 0 and column >= free_from:
            hours[column : column + 2] = f"{local.hour:02d}".encode()
            free_from = column + 3
    first = day.start.astimezone(zone)
    text = Text(f"{first:%a %d %b %Y}  {zone_words(zone, day.start)}\n", style="bold")
    text.append(" " * width + " " + hours.decode().rstrip(), style="dim")
    return text


def _cells(day: TimeWindow) -> int:
    return -(-int(day.length.total_seconds()) // int(HALF_HOUR.total_seconds()))


def _label_width(rows: Sequence[Row], columns: int) -> int:
    """As wide as the longest label where the terminal is wide enough for it."""
    spare = columns - _CELLS_OF_A_DAY - 1
    return max(_LABEL_WIDTH, min(max((len(row.label) for row in rows), default=0), spare))


def _line(row: Row, day: TimeWindow, width: int, *, plain: bool) -> Text:
    cells, words = _reading(row, day)
    text = Text(f"{_shortened(row.label, width, plain=plain):<{width}} ")
    room = len(words) + 4 <= len(cells)
    before = (len(cells) - len(words)) // 2 - 1 if words and room else len(cells)
    for cell in cells[:before]:
        text.append(LOOKS[cell].ascii if plain else LOOKS[cell].glyph, LOOKS[cell].style)
    if words:
        text.append(f" {words}", LOOKS[UNKNOWN_CELL].style)
    rest = cells[before + len(words) + 2 :]
    for index, cell in enumerate(rest):
        text.append("" if index else " ").append(LOOKS[cell].ascii if plain else LOOKS[cell].glyph, LOOKS[cell].style)
    return text


def _shortened(label: str, width: int, *, plain: bool) -> str:
    return label if len(label) <= width else label[: width - 1] + ("~" if plain else "…")


def _reading(row: Row, day: TimeWindow) -> tuple[bytes, str]:
    """The cells of a day and, where nothing is known, why."""
    answer = row.answer
    if isinstance(answer, Unavailable):
        return bytes([UNKNOWN_CELL]) * _cells(day), row.words or failed_words(answer) or REASONS[answer.reason]
    outside = [gap for gap in _around(answer.window, day) if gap is not None]  # not asked is not free
    return bytes(merged(answer.intervals, day, HALF_HOUR, [*answer.unknown, *outside])), ""


def _around(known: TimeWindow, day: TimeWindow) -> tuple[TimeWindow | None, TimeWindow | None]:
    before = TimeWindow(day.start, min(known.start, day.end)) if known.start > day.start else None
    after = TimeWindow(max(known.end, day.start), day.end) if known.end < day.end else None
    return before, after


def _events(row: Row, day: TimeWindow, zone: tzinfo, width: int) -> Iterator[Text]:
    if not isinstance(row.answer, Availability):
        return
    for interval in row.answer.intervals.overlapping(day):
        text = Text(f"{row.label:>{width}} ", "dim")
        text.append(f"{_hours(interval.window, day, zone):<13}")
        text.append(f"{STATUSES[interval.status]:<17}", LOOKS[interval.status].style)
        text.append(event_words(interval))
        yield text


def _hours(window: TimeWindow, day: TimeWindow, zone: tzinfo) -> str:
    """When on this day, by the clock on the wall."""
    if window.covers(day):
        return "all day"
    start, end = (at.astimezone(zone).strftime("%H:%M") for at in (window.start, window.end))
    return f"{'…' if window.start < day.start else start}-{'…' if window.end > day.end else end}"


def event_words(interval: BusyInterval) -> str:
    """Subject, place and flags of an event, as far as the answer shows them."""
    details = interval.details
    if details is None:
        return ""
    if details.private:
        return "(private)"
    place = f" @ {details.location}" if details.location else ""
    flags = [name for name in ("recurring", "exception") if getattr(details, name)]
    return f"{details.subject or ''}{place}{' (' + ', '.join(flags) + ')' if flags else ''}"
