"""VFREEBUSY as it is written: read back by the icalendar library it says what is known, and never calls doubt free."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.caldav.writing import (
    FBTYPES,
    STATUSES,
    Busy,
    Period,
    Taken,
    folded,
    mailto,
    periods_of,
    publish,
    reply,
    uid_of,
)
from protocols.model.freebusy import Answer, Availability, Reason, Unavailable
from protocols.model.intervals import BusyInterval, BusyStatus, Intervals
from protocols.model.mailbox import Mailbox
from protocols.model.window import TimeWindow
from tests.protocols.caldav.read_back import read_back

ANN = Mailbox.parse("ann@contoso.example")
DAY = datetime(2026, 11, 23, tzinfo=UTC)
WINDOW = TimeWindow(DAY, DAY + timedelta(days=1))
BASE = int(DAY.timestamp())
HOUR = 3600
OF_TYPE = {word: taken for taken, word in FBTYPES.items()}


def at(start: float, end: float) -> TimeWindow:
    """Hours of the day."""
    return TimeWindow(DAY + timedelta(hours=start), DAY + timedelta(hours=end))


def known(
    *blocks: tuple[TimeWindow, BusyStatus], unknown: tuple[TimeWindow, ...] = (), window: TimeWindow = WINDOW
) -> Answer:
    """An availability."""
    intervals = Intervals.pack(BusyInterval(when, status) for when, status in blocks)
    return Availability(mailbox=ANN, window=window, intervals=intervals, unknown=unknown, source="script", as_of=DAY)


def hours(periods: tuple[Period, ...]) -> list[tuple[float, float, str]]:
    """Periods in hours of the day."""
    return [((start - BASE) / HOUR, (end - BASE) / HOUR, taken.name) for start, end, taken in periods]


def told(
    *blocks: tuple[TimeWindow, BusyStatus], unknown: tuple[TimeWindow, ...] = ()
) -> list[tuple[float, float, str]]:
    """What becomes of one answer about the day."""
    return hours(periods_of([(WINDOW, known(*blocks, unknown=unknown))]))


def back(data: bytes) -> tuple[str, Any, tuple[Period, ...]]:
    """Method, VFREEBUSY and its periods, as the icalendar library reads them."""
    found = read_back(data)
    assert found.window == WINDOW
    periods = [(int(start.timestamp()), int(end.timestamp()), OF_TYPE[kind]) for start, end, kind in found.periods]
    return found.method, found.component, tuple(periods)


def written(periods: tuple[Period, ...], attendee: str = "") -> Busy:
    """One VFREEBUSY about the day."""
    organizer = mailto(ANN)
    return Busy(
        window=WINDOW, periods=periods, stamp=DAY, uid=uid_of(organizer), organizer=organizer, attendee=attendee
    )


def test_every_status_has_its_word() -> None:
    assert set(STATUSES) == set(BusyStatus)
    assert set(FBTYPES) == set(Taken) - {Taken.FREE}


def test_statuses_become_types() -> None:
    blocks = [(at(n, n + 0.5), status) for n, status in enumerate(BusyStatus)]
    assert told(*blocks) == [(2, 2.5, "TENTATIVE"), (3, 3.5, "BUSY"), (4, 4.5, "UNAVAILABLE")]


def test_what_overlaps_shows_the_strongest_and_what_adjoins_is_one() -> None:
    busy, tentative, out = BusyStatus.BUSY, BusyStatus.TENTATIVE, BusyStatus.OUT_OF_OFFICE
    assert told((at(8, 9), busy), (at(9, 10), busy), (at(8.5, 9.5), busy)) == [(8, 10, "BUSY")]
    assert told((at(8, 12), tentative), (at(9, 10), busy), (at(9.5, 11), out)) == [
        (8, 9, "TENTATIVE"),
        (9, 9.5, "BUSY"),
        (9.5, 11, "UNAVAILABLE"),
        (11, 12, "TENTATIVE"),
    ]


def test_what_reaches_beyond_the_window_is_clipped() -> None:
    assert told((at(-3, 2), BusyStatus.BUSY), (at(23, 30), BusyStatus.BUSY)) == [(0, 2, "BUSY"), (23, 24, "BUSY")]


def test_doubt_is_unavailable_and_never_free() -> None:
    assert told((at(8, 9), BusyStatus.BUSY), unknown=(at(8.5, 12),)) == [(8, 8.5, "BUSY"), (8.5, 12, "UNAVAILABLE")]
    for reason in Reason:
        nothing = Unavailable(mailbox=ANN, reason=reason)
        assert hours(periods_of([(WINDOW, nothing)])) == [(0, 24, "UNAVAILABLE")]
    assert hours(periods_of([(WINDOW, known(window=at(6, 12)))])) == [(0, 6, "UNAVAILABLE"), (12, 24, "UNAVAILABLE")]
    assert hours(periods_of([(WINDOW, known(window=at(48, 72)))])) == [(0, 24, "UNAVAILABLE")]


def test_the_pieces_of_a_long_window_meet() -> None:
    block = known((at(10, 14), BusyStatus.BUSY))
    assert hours(periods_of([(at(0, 12), block), (at(12, 24), block)])) == [(10, 14, "BUSY")]
    failed = Unavailable(mailbox=ANN, reason=Reason.TIMEOUT)
    assert hours(periods_of([(at(0, 12), block), (at(12, 24), failed)])) == [(10, 12, "BUSY"), (12, 24, "UNAVAILABLE")]


_BLOCKS = st.lists(
    st.tuples(st.integers(-600, 2000), st.integers(1, 900), st.sampled_from(list(BusyStatus))), max_size=12
)
_GAPS = st.lists(st.tuples(st.integers(0, 1300), st.integers(1, 140)), max_size=3)


@given(_BLOCKS, _GAPS)
def test_what_is_written_is_read_back_minute_by_minute(
    blocks: list[tuple[int, int, BusyStatus]], gaps: list[tuple[int, int]]
) -> None:
    """Against a table of all minutes of the day, made in the plainest way."""
    minutes = [Taken.FREE] * 1440
    for start, length, status in blocks:
        for minute in range(max(start, 0), min(start + length, 1440)):
            minutes[minute] = max(minutes[minute], STATUSES[status])
    for start, length in gaps:
        minutes[start : start + length] = [Taken.UNAVAILABLE] * length
    answer = known(
        *((at(start / 60, (start + length) / 60), status) for start, length, status in blocks),
        unknown=tuple(at(start / 60, (start + length) / 60) for start, length in gaps),
    )
    method, busy, periods = back(publish(written(periods_of([(WINDOW, answer)]))))
    seen = [Taken.FREE] * 1440
    for start, end, taken in periods:
        assert seen[(start - BASE) // 60 : (end - BASE) // 60] == [Taken.FREE] * ((end - start) // 60)  # once each
        seen[(start - BASE) // 60 : (end - BASE) // 60] = [taken] * ((end - start) // 60)
    assert seen == minutes
    assert list(periods) == sorted(periods)
    assert (method, str(busy["ORGANIZER"])) == ("PUBLISH", mailto(ANN))


def test_the_whole_of_a_publication() -> None:
    data = publish(written(((BASE, BASE + HOUR, Taken.TENTATIVE),)))
    assert data.decode().split("\r\n") == [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Busyline//Free/Busy//EN",
        "METHOD:PUBLISH",
        "BEGIN:VFREEBUSY",
        f"UID:{uid_of('mailto:ann@contoso.example')}",
        "DTSTAMP:20261123T000000Z",
        "DTSTART:20261123T000000Z",
        "DTEND:20261124T000000Z",
        "ORGANIZER:mailto:ann@contoso.example",
        "FREEBUSY;FBTYPE=BUSY-TENTATIVE:20261123T000000Z/20261123T010000Z",
        "END:VFREEBUSY",
        "END:VCALENDAR",
        "",
    ]


def test_a_reply_names_the_attendee() -> None:
    method, busy, periods = back(reply(written((), "mailto:bob@x.example")))
    assert (method, str(busy["ATTENDEE"]), periods) == ("REPLY", "mailto:bob@x.example", ())


@given(st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=300))
def test_lines_are_folded_at_75_octets_and_no_character_is_split(text: str) -> None:
    data = folded(f"X-LINE:{text}")
    assert data.endswith(b"\r\n")
    lines = data[:-2].split(b"\r\n")
    assert all(len(line) <= 75 for line in lines)
    assert all(line.startswith(b" ") for line in lines[1:])
    assert all(line.decode() for line in lines)  # each is UTF-8 by itself
    assert "".join([lines[0].decode(), *(line[1:].decode() for line in lines[1:])]) == f"X-LINE:{text}"


@pytest.mark.parametrize(
    ("address", "uri"),
    [
        ("ann@contoso.example", "mailto:ann@contoso.example"),
        ("a+b=c@contoso.example", "mailto:a+b%3Dc@contoso.example"),
        ("a/b?c&d#e%f@contoso.example", "mailto:a%2Fb%3Fc%26d%23e%25f@contoso.example"),
        ("jürgen@bücher.example", "mailto:j%C3%BCrgen@xn--bcher-kva.example"),
    ],
)
def test_an_address_becomes_a_uri(address: str, uri: str) -> None:
    assert mailto(Mailbox.parse(address)) == uri


def test_a_uid_is_the_same_for_an_address_and_no_other() -> None:
    assert uid_of("mailto:a@x.example") == uid_of("mailto:a@x.example") != uid_of("mailto:b@x.example")
