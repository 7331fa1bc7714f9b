"""Components and content lines, whatever a transport has done to them; and no half calendar is taken for a whole."""

import pytest

from protocols.caldav.lines import calendars
from protocols.errors import PeerError
from protocols.model.freebusy import Reason
from tests.protocols.caldav.ics import cal, event

WANTED = frozenset({"SUMMARY", "UID", "ATTENDEE", "DTSTART"})
PLAIN = cal(*event("SUMMARY:Grüße aus Köln\\, und zwar\\nheute"))


@pytest.mark.parametrize(
    "data",
    [
        PLAIN,
        PLAIN.replace(b"\r\n", b"\n"),
        PLAIN.replace(b"\r\n", b"\r"),
        PLAIN.replace(b"\r\n", b"\r\r\n"),
        PLAIN.replace(b"\r\n", b"&#13;\n"),
        b"\xef\xbb\xbf" + PLAIN,
        PLAIN.decode().encode("utf-16"),
        b"<![CDATA[" + PLAIN + b"]]>",
        PLAIN.replace("Grüße".encode(), "Gr\u00fc".encode()[:3] + b"\r\n " + "\u00fc".encode()[1:] + "ße".encode()),
        PLAIN.replace(b"SUMMARY", b"SUM\r\n\tMARY"),
        PLAIN.replace(b"BEGIN:VEVENT", b"begin:vevent").replace(b"SUMMARY", b"summary"),
        b"\r\n\r\n" + PLAIN.replace(b"\r\n", b"\r\n\r\n"),
    ],
)
def test_every_dress_of_the_same_calendar(data: bytes) -> None:
    [calendar] = calendars(data)
    [found] = calendar.inner
    assert found.name == "VEVENT"
    assert found.properties(WANTED).text("SUMMARY") == "Grüße aus Köln, und zwar\nheute"


def test_bytes_of_another_charset_spoil_no_more_than_their_own_line() -> None:
    [calendar] = calendars(cal(*event("SUMMARY:x")).replace(b"SUMMARY:x", b"SUMMARY:K\xf6ln"))
    assert calendar.inner[0].properties(WANTED).text("UID") == "1@x"


def test_lines_of_inner_components_are_not_the_outer_ones() -> None:
    [calendar] = calendars(cal(*event("BEGIN:VALARM", "SUMMARY:inner", "END:VALARM", "SUMMARY:outer")))
    assert calendar.inner[0].properties(WANTED).text("SUMMARY") == "outer"
    assert [part.name for part in calendar.inner[0].inner] == ["VALARM"]


def test_parameters_may_hold_colons_and_semicolons_between_quotes() -> None:
    [calendar] = calendars(cal(*event('ATTENDEE;CN="a:b;c";PARTSTAT=DECLINED:mailto:ann@x.example')))
    attendee = calendar.inner[0].properties(WANTED).one("ATTENDEE")
    assert attendee is not None
    assert attendee.value == "mailto:ann@x.example"
    assert attendee.parameters == {"CN": "a:b;c", "PARTSTAT": "DECLINED"}


@pytest.mark.parametrize("line", ["DTSTART", 'DTSTART;X="open:20261124T090000Z', "DTSTART;nonsense:20261124"])
def test_a_misshapen_line_that_matters_is_an_error(line: str) -> None:
    [calendar] = calendars(cal(*event(line)))
    with pytest.raises(ValueError, match="misshapen"):
        calendar.inner[0].properties(WANTED)


def test_two_of_what_may_be_once_are_an_error_unless_they_are_the_same() -> None:
    [calendar] = calendars(cal(*event("DTSTART:20261124", "DTSTART:20261125", "SUMMARY:a", "SUMMARY:a")))
    found = calendar.inner[0].properties(WANTED)
    assert found.one("SUMMARY") is not None
    with pytest.raises(ValueError, match="several DTSTART"):
        found.one("DTSTART")


def test_several_calendars_in_one_stream() -> None:
    assert len(calendars(PLAIN + PLAIN)) == 2


@pytest.mark.parametrize(
    "data", [b"", b"   ", b"<html><body>Sign in</body></html>", b"\x00\xfe<{", b"BEGIN:VCARD\nEND:VCARD"]
)
def test_what_is_no_calendar_is_garbled(data: bytes) -> None:
    with pytest.raises(PeerError) as raised:
        calendars(data)
    assert raised.value.reason is Reason.GARBLED


@pytest.mark.parametrize(
    "data",
    [
        cal(*event()).replace(b"END:VEVENT", b"END:VTODO"),
        cal("END:VEVENT"),
        cal() + b"and more",
        cal(*["BEGIN:X"] * 9, *["END:X"] * 9),
    ],
)
def test_what_is_wrongly_nested_is_garbled(data: bytes) -> None:
    with pytest.raises(PeerError) as raised:
        calendars(data)
    assert raised.value.reason is Reason.GARBLED


def test_every_calendar_that_breaks_off_is_refused() -> None:
    for length in range(1, len(PLAIN.rstrip())):
        with pytest.raises(PeerError) as raised:
            calendars(PLAIN[:length])
        assert raised.value.reason in (Reason.INCOMPLETE, Reason.GARBLED)


VEVENT = b"BEGIN:VEVENT\r\nUID:1\r\nDTSTART:20261124T090000Z\r\nEND:VEVENT\r\n"


@pytest.mark.parametrize(
    "data",
    [
        VEVENT.replace(b"BEGIN:", b"BEGIN;X=1:").replace(b"END:", b"END;X=1:"),
        VEVENT.replace(b"VEVENT", b"VEVENT\xc2\xa0"),
        VEVENT.replace(b"VEVENT", b"VEVENT\x00"),
        VEVENT.replace(b"VEVENT", b"V\xc3\x89VENT"),
        VEVENT.replace(b"BEGIN", b"BEGIN\x00").replace(b"END", b"END\x00"),
        VEVENT.replace(b"BEGIN", b"\xef\xbb\xbfBEGIN").replace(b"END", b"\xef\xbb\xbfEND"),
        VEVENT.replace(b"BEGIN", b"item1.BEGIN").replace(b"END", b"item1.END"),
        VEVENT.replace(b"BEGIN:VEVENT", b"BEGIN:").replace(b"END:VEVENT", b"END:"),
        b"BEGIN:X-WRAP\r\n" + VEVENT + b"END:X-WRAP\r\n",
        b"BEGIN:VCALENDAR\r\n" + VEVENT + b"END:VCALENDAR\r\n",
        b"BEGIN:VTODO\r\n" + VEVENT.replace(b"VEVENT", b"VFREEBUSY") + b"END:VTODO\r\n",
        VEVENT.replace(b"END", VEVENT + b"END"),
    ],
)
def test_no_component_goes_unseen(data: bytes) -> None:
    with pytest.raises(PeerError) as raised:
        calendars(cal("X", "Y").replace(b"X\r\nY\r\n", data))
    assert raised.value.reason is Reason.GARBLED


def test_words_that_only_begin_so_are_no_components() -> None:
    lines = ["BEGINNING:x", "END-OF:y", "X-BEGIN:VEVENT", "End of the meeting", "X.Y:BEGIN:VEVENT"]
    [calendar] = calendars(cal(*event(*lines)))
    assert [part.name for part in calendar.inner] == ["VEVENT"]


def test_a_group_before_a_name_is_none_of_its_name() -> None:
    [calendar] = calendars(cal(*event("item1.SUMMARY;X=1:a.b:c", "item2.dtstart:20261124T090000Z", "item3.:x")))
    found = calendar.inner[0].properties(WANTED)
    assert (found.text("SUMMARY"), found.word("DTSTART")) == ("a.b:c", "20261124T090000Z")


def test_a_line_or_a_number_of_components_without_measure() -> None:
    [calendar] = calendars(cal(*event("DTSTART" + ";X=1" * 300_000 + ":20261124T090000Z")))
    with pytest.raises(ValueError, match="misshapen"):
        calendar.inner[0].properties(WANTED)
    with pytest.raises(PeerError) as raised:
        calendars(b"BEGIN:VCALENDAR\n" + b"BEGIN:A\nEND:A\n" * 200_001 + b"END:VCALENDAR")
    assert raised.value.reason is Reason.INCOMPLETE
