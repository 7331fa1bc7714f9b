"""What is not touched in a calendar is written as it was sent."""

import pytest

from protocols.caldav.item_tree import line, node, tree
from tests.protocols.caldav.ics import cal, event

LONG = b"DESCRIPTION:" + b"\xc3\xa4" * 31 + b"\r\n " + b"\xc3\xa4" * 40 + b"\r\n\t and more\r\n"


def test_what_is_taken_apart_is_put_together_again() -> None:
    data = cal(
        'X-ODD;A="b:c;d":e',
        *event("SUMMARY:x", "BEGIN:VALARM", "ACTION:EMAIL", "END:VALARM"),
        "begin:x-odd",
        "end:X-ODD",
    )
    data = data.replace(b"SUMMARY:x\r\n", b"summary;LANGUAGE=de:x\r\n" + LONG)
    assert tree(data).written() == data


def test_line_ends_become_those_of_the_rfc() -> None:
    data = cal(*event("SUMMARY:x"))
    for end in (b"\n", b"\r\r\n", b"\r"):
        assert tree(b"\xef\xbb\xbf" + data.replace(b"\r\n", end) + end).written() == data


def test_a_line_is_read_through_its_folds() -> None:
    [event_] = tree(cal(*event()).replace(b"UID:1@x\r\n", LONG)).nodes("VEVENT")
    [text] = event_.lines("DESCRIPTION")
    assert text.name == "DESCRIPTION"
    assert text.parted == ("DESCRIPTION", "ä" * 71 + " and more")


def test_a_property_is_replaced_where_it_stood() -> None:
    [part] = tree(cal(*event("SUMMARY:a", "X-A:1", "summary;X=1:b", "BEGIN:VALARM", "SUMMARY:c", "END:VALARM"))).nodes(
        "VEVENT"
    )
    part.replace(["SUMMARY"], ["SUMMARY:new"])
    part.replace(["LOCATION"], ["LOCATION:before what is inside"])
    expected = event(
        "SUMMARY:new", "X-A:1", "LOCATION:before what is inside", "BEGIN:VALARM", "SUMMARY:c", "END:VALARM"
    )
    assert part.written().decode().split("\r\n")[:-1] == expected
    part.replace(["SUMMARY"], [])
    part.drop(part.nodes("VALARM")[0])
    assert part.written().decode().split("\r\n")[1:-2] == ["UID:1@x", "X-A:1", "LOCATION:before what is inside"]


def test_ours_are_folded() -> None:
    long = line("SUMMARY:" + "ä" * 60)
    assert all(len(each) <= 75 for each in long.raw.split(b"\r\n"))
    assert long.text == "SUMMARY:" + "ä" * 60
    assert node("VALARM", ["ACTION:DISPLAY"]).written() == b"BEGIN:VALARM\r\nACTION:DISPLAY\r\nEND:VALARM\r\n"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"BEGIN:VCALENDAR\r\n",
        b"BEGIN:VEVENT\r\nEND:VEVENT\r\n",
        b"END:VCALENDAR\r\n",
        b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nEND:VCALENDAR\r\n",
        b"BEGIN:X\r\n" * 20,
    ],
)
def test_what_is_no_calendar_is_named(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"component|iCalendar"):
        tree(data)
