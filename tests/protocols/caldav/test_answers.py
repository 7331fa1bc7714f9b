"""What an answer leaves out is free only as far as it speaks of the time."""

from zoneinfo import ZoneInfo

import pytest

from protocols.caldav.answers import is_by_zone, read_answer
from protocols.caldav.told import Bounds, Told
from tests.protocols.caldav.dav_samples import HOUR_BUSY, PERIOD, WINDOW, blocks, free_busy, vcalendar

EACH = """BEGIN:VFREEBUSY
DTSTAMP:20261101T000000Z
DTSTART:20261123T090000Z
DTEND:20261123T100000Z
FBTYPE:BUSY
END:VFREEBUSY"""


def told(data: str, zone: ZoneInfo | None = None) -> Told:
    return read_answer(data.encode(), WINDOW, zone=zone, budget=Bounds().budget())


@pytest.mark.parametrize(
    "data",
    [
        HOUR_BUSY,
        HOUR_BUSY.replace("DTSTART:20261123T000000Z\r\n", "").replace("DTEND:20261130T000000Z\r\n", ""),
    ],
)
def test_an_hour_is_taken_and_the_rest_free(data: str) -> None:
    found = told(data)
    assert (blocks(found.intervals), found.unknown) == ([PERIOD], ())


def test_radicale_s_answer_is_busy_as_told_and_as_unknown_as_its_zone() -> None:
    anywhere = told(vcalendar(EACH))
    assert blocks(anywhere.intervals) == [PERIOD]
    assert [(gap.start.hour, gap.end.hour) for gap in anywhere.unknown] == [(0, 9), (10, 22)]
    berlin = told(vcalendar(EACH), ZoneInfo("Europe/Berlin"))
    assert [(gap.start.hour, gap.end.hour) for gap in berlin.unknown] == [(8, 9)]


@pytest.mark.parametrize("data", [vcalendar(""), free_busy()])
def test_all_is_free(data: str) -> None:
    assert (len(told(data).intervals), told(data).unknown) == (0, ())


@pytest.mark.parametrize(
    ("change", "gap"),
    [(("DTEND:20261130", "DTEND:20261125"), (25, 30)), (("DTSTART:20261123T00", "DTSTART:20261123T08"), (23, 23))],
)
def test_what_it_does_not_speak_of_is_unknown(change: tuple[str, str], gap: tuple[int, int]) -> None:
    assert [(each.start.day, each.end.day) for each in told(HOUR_BUSY.replace(*change)).unknown] == [gap]


@pytest.mark.parametrize(
    ("data", "by_zone"),
    [
        (free_busy(), True),
        (vcalendar(EACH), False),
        (vcalendar(""), False),
        (free_busy().replace("PRODID:x", "PRODID:-//PYVOBJECT//NONSGML Version 1//EN"), False),
    ],
)
def test_who_heeds_zones(data: str, by_zone: bool) -> None:
    assert is_by_zone(data.encode()) is by_zone
