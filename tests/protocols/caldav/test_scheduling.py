"""The outbox's request and response: what is read, what is refused and by which precondition, and who is told what."""

from datetime import UTC, datetime, timedelta
from typing import Any

import icalendar
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from protocols.caldav.refusals import DavError, caldav, dav
from protocols.caldav.scheduling import (
    LONGEST_WINDOW,
    MOST_ATTENDEES,
    STATUSES,
    BusyRequest,
    decode,
    encode,
    mailbox_of,
)
from protocols.model.freebusy import Answer, Availability, Reason, Unavailable
from protocols.model.intervals import BusyInterval, BusyStatus, Intervals
from protocols.model.mailbox import Mailbox
from protocols.model.window import TimeWindow
from tests.protocols.caldav.read_back import read_back

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
DAY = datetime(2026, 11, 23, tzinfo=UTC)
ATTENDEES = ("mailto:ann@contoso.example", "MAILTO:Bob@Contoso.example", "urn:uuid:1", "mailto:ann@contoso.example")


def message(*attendees: str, method: str = "REQUEST", **changes: Any) -> bytes:
    """A request; ``changes`` replace a property's value, or leave it out."""
    told: dict[str, Any] = {
        "UID": "1@client",
        "DTSTAMP": "20261120T120000Z",
        "ORGANIZER": "mailto:olga@contoso.example",
        "DTSTART": "20261123T000000Z",
        "DTEND": "20261125T000000Z",
    }
    told |= changes
    lines = [f"{name}:{value}" for name, value in told.items() if value is not None]
    lines += [f'ATTENDEE;CN="{number}; a:b";ROLE=CHAIR:{each}' for number, each in enumerate(attendees)]
    return wrapped("BEGIN:VFREEBUSY", *lines, "END:VFREEBUSY", method=method)


def without(name: str) -> bytes:
    """A request that lacks a property."""
    changes: dict[str, Any] = {name: None}
    return message(ATTENDEES[0], **changes)


def wrapped(*lines: str, method: str = "REQUEST") -> bytes:
    """A VCALENDAR around some lines."""
    head = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//client//EN", f"METHOD:{method}"]
    return "\r\n".join([*head, *lines, "END:VCALENDAR", ""]).encode()


def refused(data: bytes) -> tuple[int, str]:
    """Status and the name of the precondition."""
    with pytest.raises(DavError) as caught:
        decode(data)
    assert caught.value.words
    return caught.value.status, etree.QName(caught.value.condition).localname


def test_a_request_is_read_with_order_and_duplicates() -> None:
    asked = decode(message(*ATTENDEES))
    assert [written for written, _ in asked.attendees] == list(ATTENDEES)
    addresses = [mailbox and mailbox.address for mailbox in asked.mailboxes]
    assert addresses == ["ann@contoso.example", "bob@contoso.example", None, "ann@contoso.example"]
    assert (asked.uid, asked.organizer) == ("1@client", "mailto:olga@contoso.example")
    assert asked.window == TimeWindow(DAY, DAY + timedelta(days=2))


def test_lines_may_be_folded_end_in_a_line_feed_and_have_a_mark() -> None:
    data = (
        message(ATTENDEES[0]).replace(b"mailto:ann@", b"mailto:a\r\n nn@").replace(b"DTSTART:2026", b"DTSTART:20\n\t26")
    )
    for each in (data, data.replace(b"\r\n", b"\n"), b"\xef\xbb\xbf" + data, data + b"\r\n\r\n"):
        assert decode(each) == decode(message(ATTENDEES[0]))


def test_a_line_may_be_folded_inside_a_character() -> None:
    """RFC 5545 3.1: a line is folded by octets."""
    plain = message(ATTENDEES[0]).replace(b'CN="0', 'CN="Jörg'.encode()).replace(b"UID:", "UID:ü".encode())
    assert decode(plain).uid == "ü1@client"
    for fold in (b"\r\n ", b"\n\t"):
        broken = plain
        for octet in (b"\xc3\xb6", b"\xc3\xbc"):
            assert octet in broken
            broken = broken.replace(octet, octet[:1] + fold + octet[1:])
        assert decode(broken) == decode(plain)


def test_a_zone_beside_it_is_not_looked_at() -> None:
    zone = b"BEGIN:VTIMEZONE\r\nTZID:x\r\nBEGIN:STANDARD\r\nRRULE:FREQ=SECONDLY\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n"
    data = message(ATTENDEES[0]).replace(b"BEGIN:VFREEBUSY", zone + b"BEGIN:VFREEBUSY")
    assert decode(data) == decode(message(ATTENDEES[0]))


def test_what_a_library_writes_is_read() -> None:
    whole, busy = icalendar.Calendar(), icalendar.FreeBusy()
    whole.add("prodid", "-//x//EN")
    whole.add("version", "2.0")
    whole.add("method", "REQUEST")
    for name, value in {"uid": "1", "dtstamp": NOW, "dtstart": DAY, "dtend": DAY + timedelta(hours=1)}.items():
        busy.add(name, value)
    for name in ("organizer", "attendee"):
        address = icalendar.vCalAddress(f"mailto:{name}@contoso.example")
        address.params["cn"] = icalendar.vText(
            "Änne, die Große; mit einem sehr, sehr langen Namen: ja, so lang ist er wirklich"
        )
        busy.add(name, address)
    whole.add_component(busy)
    asked = decode(whole.to_ical())
    assert [written for written, _ in asked.attendees] == ["mailto:attendee@contoso.example"]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\r\n",
        b"hello",
        b"<xml/>",
        b"\xff\xfe",
        message(ATTENDEES[0])[:-20],
        message(ATTENDEES[0]).replace(b"END:VFREEBUSY\r\n", b""),
        message(ATTENDEES[0]) + message(ATTENDEES[0]),
        message(ATTENDEES[0]).replace(b"VCALENDAR", b"VCARD"),
        message(ATTENDEES[0]).replace(b"PRODID:", b'PRODID;x=":'),
        message(ATTENDEES[0], UID="1\x002"),
        message(ATTENDEES[0], UID="1\r2"),
        message(ATTENDEES[0], UID="1\ufffe2"),
        b"X:1\r\n" + message(ATTENDEES[0]),
        message(ATTENDEES[0]) + b"X:1\r\n",
        wrapped(*["X-A:1"] * 5_000),
        wrapped(*["BEGIN:X"] * 3_000),
    ],
)
def test_what_is_no_icalendar_is_refused(data: bytes) -> None:
    assert refused(data) == (400, "valid-calendar-data")


@pytest.mark.parametrize(
    "data",
    [
        message(ATTENDEES[0], method="PUBLISH"),
        message(ATTENDEES[0], method="CANCEL"),
        message(ATTENDEES[0]).replace(b"METHOD:REQUEST\r\n", b""),
        message(ATTENDEES[0]).replace(b"METHOD:REQUEST\r\n", b"METHOD:REQUEST\r\n" * 2),
        message(ATTENDEES[0]).replace(b"VFREEBUSY", b"VEVENT"),
        message(ATTENDEES[0]).replace(b"END:VFREEBUSY\r\n", b"END:VFREEBUSY\r\nBEGIN:VEVENT\r\nEND:VEVENT\r\n"),
        message(ATTENDEES[0]).replace(b"END:VFREEBUSY\r\n", b"END:VFREEBUSY\r\nBEGIN:VFREEBUSY\r\nEND:VFREEBUSY\r\n"),
        wrapped(),
    ],
)
def test_nothing_but_a_free_busy_request_is_taken(data: bytes) -> None:
    assert refused(data) == (403, "valid-scheduling-message")


@pytest.mark.parametrize(
    "data",
    [
        *map(without, ("UID", "DTSTAMP", "ORGANIZER", "DTSTART", "DTEND")),
        message(),
        message(ATTENDEES[0]).replace(b"UID:1@client\r\n", b"UID:1@client\r\nUID:2\r\n"),
        message(ATTENDEES[0], DTSTART="20261123T000000"),
        message(ATTENDEES[0], DTSTART="20261123"),
        message(ATTENDEES[0], DTSTART="20261323T000000Z"),
        message(ATTENDEES[0], DTEND="20261123T000000Z"),
        message(ATTENDEES[0], ORGANIZER="ann@contoso.example"),
        message(ATTENDEES[0], ORGANIZER="mailto:a@x.example\\nX-A:1"),
        message(ATTENDEES[0], ORGANIZER=""),
        message(ATTENDEES[0], DTEND="20261122T000000Z"),
        message(ATTENDEES[0], DTSTART="19691231T235959Z", DTEND="19700102T000000Z"),
        message(ATTENDEES[0], DTSTART="21060206T000000Z", DTEND="21060207T062816Z"),
        message(ATTENDEES[0], DTSTART="21071123T000000Z", DTEND="21071124T000000Z"),
        message(ATTENDEES[0], DTSTART="99991230T000000Z", DTEND="99991231T235959Z"),
        message(ATTENDEES[0], DTEND="\u0662\u0660261125T000000Z"),
    ],
)
def test_a_request_that_lacks_or_garbles_something_is_refused(data: bytes) -> None:
    assert refused(data) == (400, "valid-scheduling-message")


def test_too_many_attendees_and_too_long_a_window() -> None:
    many = [f"mailto:p{number}@contoso.example" for number in range(MOST_ATTENDEES + 1)]
    assert len(decode(message(*many[1:])).attendees) == MOST_ATTENDEES
    assert refused(message(*many)) == (403, "max-attendees-per-instance")
    last = DAY + LONGEST_WINDOW
    assert decode(message(ATTENDEES[0], DTEND=f"{last:%Y%m%dT%H%M%SZ}")).window.length == LONGEST_WINDOW
    longer = last + timedelta(seconds=1)
    assert refused(message(ATTENDEES[0], DTEND=f"{longer:%Y%m%dT%H%M%SZ}")) == (403, "valid-scheduling-message")


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("mailto:a%2Bb@x.example", "a+b@x.example"),
        ("MailTo:A@X.example", "a@x.example"),
        ("mailto:j%C3%BCrgen@x.example", "jürgen@x.example"),
        ("a@x.example", None),
        ("http://x.example/a", None),
        ("mailto:", None),
        ("mailto:%FF@x.example", None),
        ("mailto:a@x.example?subject=b", None),
        ("mailto:" + "%61" * 20 + "@x.example", "a" * 20 + "@x.example"),
        ("mailto:%20a@x.example", "a@x.example"),
        ("mailto:" + "%20" * 400 + "a@x.example", None),
    ],
)
def test_a_calendar_address_is_a_mailbox_or_nobody(address: str, expected: str | None) -> None:
    mailbox = mailbox_of(address)
    assert (mailbox and mailbox.address) == expected


@given(
    st.binary(max_size=200)
    | st.text(max_size=200).map(str.encode)
    | st.lists(st.sampled_from(message(*ATTENDEES).split(b"\r\n")), max_size=30).map(b"\r\n".join)
)
def test_whatever_comes_is_read_or_refused(data: bytes) -> None:
    try:
        asked = decode(data)
    except DavError:
        return
    assert asked.attendees


# --- the response


def answer(reason: Reason | None, address: str = "ann@contoso.example", *blocks: BusyInterval) -> Answer:
    """What is known of somebody, or why nothing is."""
    mailbox = Mailbox.parse(address)
    if reason is not None:
        return Unavailable(mailbox=mailbox, reason=reason)
    window = TimeWindow(DAY, DAY + timedelta(days=2))
    return Availability(mailbox=mailbox, window=window, intervals=Intervals.pack(blocks), source="script", as_of=NOW)


def responses(asked: BusyRequest, answers: list[Answer]) -> list[tuple[str, str, str | None]]:
    """Recipient, status and calendar data of each."""
    root = etree.fromstring(encode(asked, answers, NOW))
    assert root.tag == caldav("schedule-response")
    return [
        (
            each.findtext(f"{caldav('recipient')}/{dav('href')}") or "",
            each.findtext(caldav("request-status")) or "",
            each.findtext(caldav("calendar-data")),
        )
        for each in root.iter(caldav("response"))
    ]


def test_a_response_for_each_attendee_in_order() -> None:
    asked = decode(message(*ATTENDEES))
    block = BusyInterval(TimeWindow(DAY, DAY + timedelta(hours=1)), BusyStatus.BUSY)
    no_address: Answer = Unavailable(mailbox=None, reason=Reason.INVALID_ADDRESS)
    answers = [answer(None, "ann@contoso.example", block), answer(Reason.TIMEOUT), no_address, answer(None)]
    found = responses(asked, answers)
    assert [recipient for recipient, _, _ in found] == list(ATTENDEES)
    assert [status for _, status, _ in found] == [
        "2.0;Success",
        "5.1;Service unavailable",
        "3.7;Invalid Calendar User",
        "2.0;Success",
    ]
    assert [data is not None for *_, data in found] == [True, False, False, True]
    told = read_back(found[0][2])
    assert (told.method, told.window, told.periods) == (
        "REPLY",
        asked.window,
        [(DAY, DAY + timedelta(hours=1), "BUSY")],
    )
    echoed = [str(told.component[name]) for name in ("UID", "ATTENDEE", "ORGANIZER")]
    assert echoed == ["1@client", ATTENDEES[0], "mailto:olga@contoso.example"]


@pytest.mark.parametrize("reason", Reason)
def test_no_failure_looks_free_and_the_unknown_look_like_the_forbidden(reason: Reason) -> None:
    (told,) = responses(decode(message(ATTENDEES[0])), [answer(reason)])
    assert told[2] is None
    alike = {Reason.NO_SUCH_MAILBOX, Reason.NO_ACCESS, Reason.NO_CALENDAR, Reason.NO_ROUTE, Reason.FORBIDDEN}
    assert told[1].startswith("3.7" if reason in alike | {Reason.INVALID_ADDRESS} else "5.1")
    forbidden = encode(decode(message(ATTENDEES[0])), [answer(Reason.FORBIDDEN)], NOW)
    same = encode(decode(message(ATTENDEES[0])), [answer(reason)], NOW) == forbidden
    assert same == (reason in STATUSES)


_ECHOED = st.text(st.characters(codec="utf-8"), max_size=120)


@given(_ECHOED, _ECHOED.map("mailto:{}".format), st.just(ATTENDEES[0]) | _ECHOED.map("mailto:{}@x.example".format))
def test_whatever_is_echoed_the_answer_is_whole(uid: str, organizer: str, attendee: str) -> None:
    try:
        asked = decode(message(attendee, UID=uid, ORGANIZER=organizer))
    except DavError:
        return
    block = BusyInterval(TimeWindow(DAY, DAY + timedelta(hours=1)), BusyStatus.BUSY)
    known = answer(None, "ann@contoso.example", block)
    no_address: Answer = Unavailable(mailbox=None, reason=Reason.INVALID_ADDRESS)
    found = responses(asked, [known if mailbox else no_address for mailbox in asked.mailboxes])
    assert [recipient for recipient, *_ in found] == [written for written, _ in asked.attendees]
    for mailbox, (_, _, data) in zip(asked.mailboxes, found, strict=True):
        if mailbox is None:
            assert data is None
            continue
        told = read_back(data)
        assert (told.window, told.periods) == (asked.window, [(DAY, DAY + timedelta(hours=1), "BUSY")])


def test_what_is_echoed_writes_no_lines_of_ours() -> None:
    escaped = "1\\nFREEBUSY;FBTYPE=FREE:x<&>]]>\\,"
    asked = decode(message(ATTENDEES[0], UID=escaped))
    ((_, _, data),) = responses(asked, [answer(None)])
    lines = (data or "").split("\r\n")
    assert f"UID:{escaped}" in lines
    assert not [line for line in lines if line.startswith(("X-A", "FREEBUSY"))]


@pytest.mark.parametrize("name", ["UID", "ORGANIZER"])
def test_what_each_answer_repeats_is_short(name: str) -> None:
    for letter in "oö":  # counted in octets
        long = "mailto:" + letter * (993 // len(letter.encode()))
        assert refused(message(ATTENDEES[0], **{name: long + "oo"})) == (400, "valid-scheduling-message")
        assert decode(message(ATTENDEES[0], **{name: long})).attendees
