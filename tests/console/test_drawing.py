"""The drawing: pictures of it as text, with and without Unicode, across a day of 23 and one of 25 hours."""

from datetime import UTC, date, datetime, timedelta
from io import StringIO
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from console.drawing import LOOKS, Row, days, draw, event_words, midnight
from console.words import REASONS, STATUSES
from protocols.model.freebusy import Availability, Detail, Part, Reason, Unavailable
from protocols.model.intervals import BusyInterval, BusyStatus, EventDetails, Intervals
from protocols.model.mailbox import Mailbox
from protocols.model.merging import UNKNOWN_CELL
from protocols.model.window import TimeWindow

BERLIN = ZoneInfo("Europe/Berlin")
ANN, BOB = Mailbox.parse("ann@contoso.example"), Mailbox.parse("bob@northwind.example")


def a_day(day: date) -> TimeWindow:
    return TimeWindow(midnight(day, BERLIN), midnight(day + timedelta(days=1), BERLIN))


def at(hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, 23, hour, minute, tzinfo=BERLIN).astimezone(UTC)


def block(start: datetime, end: datetime, status: BusyStatus, details: EventDetails | None = None) -> BusyInterval:
    return BusyInterval(TimeWindow(start, end), status, details)


def known(*intervals: BusyInterval, window: TimeWindow, unknown: tuple[TimeWindow, ...] = ()) -> Row:
    details = any(interval.details for interval in intervals)
    answer = Availability(
        mailbox=ANN,
        window=window,
        intervals=Intervals.pack(intervals),
        detail=Detail.DETAILS if details else Detail.BUSY,
        unknown=unknown,
        source="contoso",
        as_of=at(8),
    )
    return Row(str(ANN), answer)


def picture(*rows: Row, window: TimeWindow, plain: bool = False, details: bool = False, width: int = 120) -> list[str]:
    out = StringIO()
    if plain:
        console = Console(file=out, width=width, force_terminal=True, _environ={"TERM": "dumb"}, markup=False)
    else:
        console = Console(file=out, width=width, _environ={}, markup=False)
    draw(console, rows, window=window, zone=BERLIN, details=details)
    return [line.rstrip() for line in out.getvalue().splitlines()]


WINDOW = a_day(date(2026, 11, 23))
ROWS = (
    known(
        block(at(9), at(10), BusyStatus.BUSY),
        block(at(11, 40), at(11, 50), BusyStatus.TENTATIVE),
        block(at(13), at(17), BusyStatus.OUT_OF_OFFICE),
        block(at(18), at(19), BusyStatus.WORKING_ELSEWHERE),
        window=WINDOW,
        unknown=(TimeWindow(at(20), at(21)),),
    ),
    Row("bob@northwind.example", Unavailable(mailbox=BOB, reason=Reason.TIMEOUT)),
)


def test_a_plain_picture_has_ascii_only() -> None:
    assert picture(*ROWS, window=WINDOW, plain=True) == [
        "Mon 23 Nov 2026  Europe/Berlin",
        "                             00  02  04  06  08  10  12  14  16  18  20  22",
        "ann@contoso.example          ..................BB...t..OOOOOOOO..ww..//......",
        "bob@northwind.example        // the calendar system did not answer in time //",
        "",
        ". free  w working elsewhere  t tentative  B busy  O out of office  / no data",
    ]


def test_of_several_systems_the_one_that_failed_is_named() -> None:
    parts = (Part("contoso", at(8)), Part("shifts", None, Reason.UNREACHABLE))
    row = Row("ann@contoso.example", Unavailable(mailbox=ANN, reason=Reason.INCOMPLETE, parts=parts))
    assert picture(row, window=WINDOW, plain=True)[2].endswith("// shifts cannot be reached ///////////")


def test_a_picture_in_unicode() -> None:
    lines = picture(*ROWS, window=WINDOW)
    assert lines[2] == "ann@contoso.example          ··················██···▒··▓▓▓▓▓▓▓▓··░░··╱╱······"
    assert lines[3].startswith("bob@northwind.example        ╱╱ the calendar")


def test_the_day_the_clocks_go_forward_has_46_cells_and_the_other_50() -> None:
    spring, autumn = a_day(date(2027, 3, 28)), a_day(date(2026, 10, 25))
    lines = picture(known(window=spring), window=spring, plain=True)
    assert lines[1].split() == ["00", "04", "06", "08", "10", "12", "14", "16", "18", "20", "22"]
    assert lines[2].count(".") - 1 == 46  # the address has one too
    lines = picture(known(window=autumn), window=autumn, plain=True)
    assert lines[1].split() == ["00", "02", "04", "06", "08", "10", "12", "14", "16", "18", "20", "22"]
    assert lines[2].count(".") - 1 == 50


def test_a_window_that_begins_at_half_past_still_names_its_hours() -> None:
    window = TimeWindow(at(9, 30), at(14))
    assert picture(known(window=window), window=window, plain=True)[1].split() == ["10", "12"]


def test_what_was_not_asked_is_not_drawn_as_free() -> None:
    row = known(window=TimeWindow(at(9), at(17)))
    assert picture(row, window=WINDOW, plain=True)[2].split()[1] == "/" * 18 + "." * 16 + "/" * 14


def test_details_are_listed_below_with_private_ones_bare() -> None:
    meeting = EventDetails(subject="Budget [bold]", location="Room Elbe", meeting=True, recurring=True)
    row = known(
        block(at(9), at(10), BusyStatus.BUSY, meeting),
        block(at(11), at(12), BusyStatus.TENTATIVE, EventDetails(private=True)),
        window=WINDOW,
    )
    lines = picture(row, window=WINDOW, plain=True, details=True)
    assert lines[3] == (
        "         ann@contoso.example 09:00-10:00  busy             Budget [bold] @ Room Elbe (recurring)"
    )
    assert lines[4] == "         ann@contoso.example 11:00-12:00  tentative        (private)"


def test_a_long_address_is_cut_and_the_cells_stay_in_their_columns() -> None:
    row = Row("somebody.with.a.long.name@northwind.example", ROWS[0].answer)
    short, long = picture(ROWS[0], row, window=WINDOW, plain=True, width=80)[2:4]
    assert long.startswith("somebody.with.a.long.name@nort~ ...")
    assert long[32:] == short[32:]
    assert max(map(len, picture(ROWS[0], row, window=WINDOW, width=80))) <= 80
    assert picture(row, window=WINDOW)[2].startswith("somebody.with.a.long.name@northwind.example ···")


def test_every_kind_of_cell_and_every_reason_has_words() -> None:
    assert set(LOOKS) == {*BusyStatus, UNKNOWN_CELL}
    assert set(STATUSES) == set(BusyStatus)
    assert set(REASONS) == set(Reason)
    assert len({look.ascii for look in LOOKS.values()}) == len({look.glyph for look in LOOKS.values()}) == len(LOOKS)
    assert all(look.ascii.isascii() for look in LOOKS.values())


def test_an_event_without_details_has_no_words() -> None:
    assert event_words(block(at(9), at(10), BusyStatus.BUSY)) == ""


@given(st.dates(date(2026, 1, 1), date(2027, 12, 31)), st.integers(1, 14))
def test_days_adjoin_and_cover_the_window(first: date, count: int) -> None:
    window = TimeWindow(midnight(first, BERLIN), midnight(first + timedelta(days=count), BERLIN))
    pieces = list(days(window, BERLIN))
    assert len(pieces) == count
    assert (pieces[0].start, pieces[-1].end) == (window.start, window.end)
    assert all(one.end == next_.start for one, next_ in pairwise(pieces))
