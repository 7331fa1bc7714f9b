"""The question to the outbox as it is written, and each person's part of the answer."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.caldav.errors import NotOfferedError
from protocols.caldav.outbox import decode, encode
from protocols.caldav.told import Told
from protocols.errors import PeerError
from protocols.http import HttpResponse
from protocols.model.freebusy import Reason
from tests.protocols.caldav.dav_samples import (
    BASE,
    EVENT,
    HOUR_BUSY,
    NOW,
    PERIOD,
    WINDOW,
    blocks,
    free_busy,
    recipient,
    schedule_response,
    text,
    vcalendar,
    xml,
)

ANN = "ann@x.example"


def written(*recipients: str, old_headers: bool = False) -> tuple[list[str], list[tuple[str, str]]]:
    request = encode(recipients, WINDOW, url=BASE, organizer="us@x.example", old_headers=old_headers, as_of=NOW)
    assert request.method == "POST"
    assert all(len(line) <= 75 for line in request.body.split(b"\r\n"))
    return request.body.decode().replace("\r\n ", "").split("\r\n"), list(request.headers.fields)


def told(*responses: str, of: str = ANN) -> Told | PeerError:
    return decode(schedule_response(*responses), [of], WINDOW)[of]


def with_line(line: str) -> str:
    """An hour busy, with another property."""
    return HOUR_BUSY.replace("BEGIN:VFREEBUSY\r\n", f"BEGIN:VFREEBUSY\r\n{line}\r\n")


def reason(found: Told | PeerError) -> Reason:
    assert isinstance(found, PeerError), found
    return found.reason


def test_the_question() -> None:
    lines, headers = written(ANN, "bob@x.example", ANN)
    assert lines[lines.index("BEGIN:VFREEBUSY") + 2 :] == [
        "DTSTAMP:20261120T120000Z",
        "DTSTART:20261122T000000Z",  # days begin up to 14 hours earlier and 12 later where somebody lives
        "DTEND:20261201T000000Z",
        "ORGANIZER:mailto:us@x.example",
        f"ATTENDEE:mailto:{ANN}",
        "ATTENDEE:mailto:bob@x.example",
        "END:VFREEBUSY",
        "END:VCALENDAR",
        "",
    ]
    assert "METHOD:REQUEST" in lines
    assert dict(headers) == {"Content-Type": "text/calendar; charset=utf-8", "Accept": "application/xml, text/xml"}


def test_the_headers_of_old_servers() -> None:
    _, headers = written(ANN, "bob@x.example", old_headers=True)
    assert headers[2:] == [
        ("Originator", "mailto:us@x.example"),
        ("Recipient", f"mailto:{ANN}"),
        ("Recipient", "mailto:bob@x.example"),
    ]


@given(st.text("aäü€𝄞", min_size=1, max_size=120))
def test_long_lines_are_folded_between_characters(local: str) -> None:
    lines, _ = written(f"{local}@x.example")
    assert f"ATTENDEE:mailto:{local}@x.example" in lines


def test_each_question_has_its_own_uid() -> None:
    uids = {written(*names)[0][5] for names in ((ANN,), ("bob@x.example",), (ANN,))}
    assert len(uids) == 2
    assert all(uid.startswith("UID:") for uid in uids)


@pytest.mark.parametrize(
    "status", ["2.0;Success", "2.0", "2.8; Success, repeating event ignored", " 2.0;", "2.0;Erfolg"]
)
def test_success_by_its_number(status: str) -> None:
    found = told(recipient("ann", status, HOUR_BUSY))
    assert isinstance(found, Told)
    assert blocks(found.intervals) == [PERIOD]
    assert found.unknown == ()


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("3.7;Could not find principal", Reason.NO_SUCH_MAILBOX),
        ("3.7;Success", Reason.NO_SUCH_MAILBOX),
        ("3.8;No authority", Reason.NO_ACCESS),
        ("5.1;Could not complete delivery", Reason.UNREACHABLE),
        ("5.2;", Reason.UNREACHABLE),
        ("5.3;No scheduling support", Reason.NO_CALENDAR),
        ("1.2;Delivered", Reason.PEER_FAILED),
        ("4.0;x", Reason.PEER_FAILED),
        ("3.70;x", Reason.PEER_FAILED),
        ("20.0;x", Reason.GARBLED),
        ("Success", Reason.GARBLED),
        ("", Reason.GARBLED),
    ],
)
def test_failure_by_its_number(status: str, expected: Reason) -> None:
    assert reason(told(recipient("ann", status, HOUR_BUSY))) is expected


@pytest.mark.parametrize(
    ("responses", "expected"),
    [
        ([], Reason.INCOMPLETE),
        ([recipient("bob", "2.0", HOUR_BUSY)], Reason.INCOMPLETE),
        ([recipient("ann", "2.0", HOUR_BUSY), recipient("ann", "2.0", free_busy())], Reason.INCOMPLETE),
        ([recipient("ann", "2.0")], Reason.INCOMPLETE),
        ([recipient("ann", "2.0", "rubbish")], Reason.GARBLED),
        ([recipient("ann", "2.0", vcalendar(""))], Reason.INCOMPLETE),
        ([recipient("ann", "2.0", vcalendar("BEGIN:VFREEBUSY\nUID:1\nEND:VFREEBUSY"))], Reason.INCOMPLETE),
        ([recipient("ann", "2.0", with_line("ATTENDEE:mailto:bob@x.example"))], Reason.INCOMPLETE),
        ([recipient("ann", "2.0", with_line("ATTENDEE:urn:uuid:1"))], Reason.INCOMPLETE),
        ([recipient("ann", "2.0", with_line("REQUEST-STATUS:3.7;Invalid"))], Reason.INCOMPLETE),
        ([recipient("ann", "2.8;Success", with_line("REQUEST-STATUS:5.1;Later"))], Reason.INCOMPLETE),
        ([recipient("ann", "2.0", vcalendar(f"{EVENT}\nBEGIN:VFREEBUSY\nUID:1\nEND:VFREEBUSY"))], Reason.INCOMPLETE),
        (["<C:response><C:request-status>2.0</C:request-status></C:response>"], Reason.INCOMPLETE),
    ],
)
def test_doubt(responses: list[str], expected: Reason) -> None:
    assert reason(told(*responses)) is expected


@pytest.mark.parametrize(
    "line", ["ATTENDEE;PARTSTAT=X:MAILTO:Ann@X.example", "REQUEST-STATUS:2.0;Success", "ORGANIZER:mailto:us@x.example"]
)
def test_a_reply_about_this_person(line: str) -> None:
    found = told(recipient("ann", "2.0", with_line(line)))
    assert isinstance(found, Told)
    assert (blocks(found.intervals), found.unknown) == ([PERIOD], ())


def test_days_that_may_be_those_of_another_zone_leave_doubt() -> None:
    found = told(recipient("ann", "2.0", free_busy("20261125T000000Z/20261126T000000Z")))
    assert isinstance(found, Told)
    assert [(gap.start.day, gap.start.hour, gap.end.day, gap.end.hour) for gap in found.unknown] == [
        (24, 10, 25, 0),
        (26, 0, 26, 12),
    ]


def test_an_answer_about_less_than_the_window_leaves_doubt() -> None:
    half = HOUR_BUSY.replace("DTEND:20261130", "DTEND:20261125")
    found = told(recipient("ann", "2.0", half))
    assert isinstance(found, Told)
    assert [(gap.start.day, gap.end.day) for gap in found.unknown] == [(25, 30)]


def test_one_bad_answer_spoils_no_other() -> None:
    response = schedule_response(recipient("ann", "2.0", "rubbish"), recipient("bob", "2.0", HOUR_BUSY))
    found = decode(response, [ANN, "bob@x.example"], WINDOW)
    assert isinstance(found[ANN], PeerError)
    assert isinstance(found["bob@x.example"], Told)


def test_the_recipient_in_another_spelling() -> None:
    response = schedule_response(recipient("ann", "2.0", HOUR_BUSY).replace("mailto:ann@x", "MAILTO:Ann%40X"))
    assert isinstance(decode(response, [ANN], WINDOW)[ANN], Told)


@pytest.mark.parametrize(
    ("response", "kind"),
    [
        (text(HOUR_BUSY), NotOfferedError),
        (HttpResponse(200), NotOfferedError),
        (xml("<html/>"), PeerError),
        (xml("<C:schedule-response"), PeerError),
    ],
)
def test_another_document(response: HttpResponse, kind: type[PeerError]) -> None:
    with pytest.raises(kind) as raised:
        decode(response, [ANN], WINDOW)
    assert type(raised.value) is kind


@given(st.binary(max_size=200))
def test_whatever_comes_nobody_is_free(body: bytes) -> None:
    with pytest.raises(PeerError):
        decode(HttpResponse(200, body=body), [ANN], WINDOW)
