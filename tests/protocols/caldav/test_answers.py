"""What an answer leaves out is free only as far as it speaks of the time."""

import pytest

from protocols.caldav.answers import read_answer
from protocols.caldav.told import Told
from tests.protocols.caldav.dav_samples import HOUR_BUSY, PERIOD, WINDOW, blocks, free_busy, vcalendar

EACH = """BEGIN:VFREEBUSY
DTSTAMP:20261101T000000Z
DTSTART:20261123T090000Z
DTEND:20261123T100000Z
FBTYPE:BUSY
END:VFREEBUSY"""


def told(data: str) -> Told:
    return read_answer(data.encode(), WINDOW, zone=None)


@pytest.mark.parametrize(
    "data",
    [
        HOUR_BUSY,
        vcalendar(EACH),
        HOUR_BUSY.replace("DTSTART:20261123T000000Z\r\n", "").replace("DTEND:20261130T000000Z\r\n", ""),
    ],
)
def test_an_hour_is_taken_and_the_rest_free(data: str) -> None:
    found = told(data)
    assert (blocks(found.intervals), found.unknown) == ([PERIOD], ())


@pytest.mark.parametrize("data", [vcalendar(""), free_busy()])
def test_all_is_free(data: str) -> None:
    assert (len(told(data).intervals), told(data).unknown) == (0, ())


@pytest.mark.parametrize(
    ("change", "gap"),
    [(("DTEND:20261130", "DTEND:20261125"), (25, 30)), (("DTSTART:20261123T00", "DTSTART:20261123T08"), (23, 23))],
)
def test_what_it_does_not_speak_of_is_unknown(change: tuple[str, str], gap: tuple[int, int]) -> None:
    assert [(each.start.day, each.end.day) for each in told(HOUR_BUSY.replace(*change)).unknown] == [gap]
