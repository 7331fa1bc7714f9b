"""Published files: asked again only where they changed, refused where they are too large, unknown where they end."""

from collections.abc import Callable
from datetime import UTC, timedelta
from email.utils import format_datetime
from typing import TypeVar
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.caldav.published import Files, Kept, ask, scope_of
from protocols.caldav.published_urls import PublishedUrls
from protocols.caldav.told import Bounds, Scope
from protocols.errors import PeerError
from protocols.http import Headers, HttpResponse
from protocols.model.freebusy import Answer, Availability, Detail, Question, Reason, Unavailable
from protocols.model.intervals import BusyStatus
from protocols.model.mailbox import Mailbox
from tests.protocols.caldav.ics import NINE, TIMES, WINDOW, at, cal, event, span
from tests.protocols.scripted import Peer, html, run

T = TypeVar("T")
ANN, BOB = Mailbox.parse("ann@x.example"), Mailbox.parse("bob@x.example")
TEMPLATE = "https://files.x.example/{local}.ics"
CALENDAR = cal(*event(*TIMES, "SUMMARY:Plan"))


class Here:
    """Does the work at once, and counts it."""

    def __init__(self) -> None:
        self.sizes: list[int] = []

    async def __call__(self, size: int, job: Callable[[], T]) -> T:
        self.sizes.append(size)
        return job()


def files(**knobs: object) -> Files:
    usual: dict[str, object] = {
        "find": PublishedUrls(TEMPLATE, {}).find,
        "shelf": {},
        "aside": Here(),
        "bounds": Bounds(),
        "zone": UTC,
    }
    return Files(**{**usual, **knobs})  # type: ignore[arg-type]


def body(data: bytes = CALENDAR, **headers: str) -> HttpResponse:
    return HttpResponse(200, Headers({name.replace("_", "-"): value for name, value in headers.items()}), data)


def status(code: int, **headers: str) -> HttpResponse:
    return HttpResponse(code, Headers({name.replace("_", "-"): value for name, value in headers.items()}))


def asked(
    peer: Peer,
    *mailboxes: Mailbox,
    own: Files | None = None,
    detail: Detail = Detail.BUSY,
    minutes: int = 0,
) -> list[Answer]:
    question = Question(window=WINDOW, detail=detail)
    own = own or files()
    as_of = at(23) + timedelta(minutes=minutes)
    return run(ask(peer, mailboxes or (ANN,), question, files=own, source="x", as_of=as_of))


def only(answers: list[Answer]) -> Availability:
    [answer] = answers
    assert isinstance(answer, Availability), answer
    return answer


def busy(answer: Answer) -> list[str]:
    assert isinstance(answer, Availability), answer
    return [span(block.window) for block in answer.intervals]


def test_a_file_is_read() -> None:
    peer = Peer(body())
    answer = only(asked(peer, detail=Detail.DETAILS))
    assert (busy(answer), answer.unknown, answer.window) == ([NINE], (), WINDOW)
    assert [block.details.subject for block in answer.intervals if block.details] == ["Plan"]
    assert peer.requests[0].url == "https://files.x.example/ann.ics"
    assert "If-None-Match" not in peer.requests[0].headers


def test_order_duplicates_and_one_that_is_not_there() -> None:
    answers = asked(Peer(body(), status(404), body()), ANN, BOB, ANN)
    assert [answer.mailbox for answer in answers] == [ANN, BOB, ANN]
    assert isinstance(answers[1], Unavailable)
    assert answers[1].reason is Reason.NO_SUCH_MAILBOX
    assert busy(answers[0]) == busy(answers[2]) == [NINE]


def test_who_has_no_file_is_not_asked_for() -> None:
    peer = Peer()
    [answer] = asked(peer, Mailbox.parse("../x@x.example"))
    assert isinstance(answer, Unavailable)
    assert (answer.reason, peer.requests) == (Reason.NO_SUCH_MAILBOX, [])


def test_what_has_not_changed_is_not_sent_again_nor_read_again() -> None:
    own = files()
    peer = Peer(body(CALENDAR, ETag='"1"', **aged(60)), status(304), status(304), body())
    first, second = asked(peer, own=own), asked(peer, own=own)
    assert first == second
    assert dict(peer.requests[1].headers)["if-none-match"] == '"1"'
    assert "if-modified-since" not in dict(peer.requests[1].headers)  # the ETag tells more
    assert isinstance(own.aside, Here)
    assert len(own.aside.sizes) == 1
    assert busy(asked(peer, own=own, detail=Detail.DETAILS)[0]) == [NINE]  # from the kept file
    assert len(own.aside.sizes) == 2
    asked(peer, own=own)  # without a validator nothing is kept
    assert len(own.shelf) == 0


def aged(seconds: int) -> dict[str, str]:
    return {
        "Last_Modified": "Sun, 22 Nov 2026 00:00:00 GMT",
        "Date": format_datetime(at(22) + timedelta(seconds=seconds), usegmt=True),
    }


@pytest.mark.parametrize(
    ("headers", "kept"),
    [
        (aged(60), True),
        (aged(59), False),
        (aged(0), False),
        (aged(-3600), False),
        ({"Last_Modified": "Sun, 22 Nov 2026 00:00:00 GMT"}, False),
        ({**aged(60), "Date": "yesterday"}, False),
        ({**aged(60), "Date": "Mon, 23 Nov 2026 00:00:00 -0000"}, False),
    ],
)
def test_a_date_is_relied_on_only_where_nothing_can_have_changed_within_its_second(
    headers: dict[str, str], kept: bool
) -> None:
    own = files()
    peer = Peer(body(CALENDAR, **headers), body(cal()))
    assert busy(asked(peer, own=own)[0]) == [NINE]
    assert busy(asked(peer, own=own)[0]) == []
    assert (peer.requests[1].headers.get("If-Modified-Since", "") == headers["Last_Modified"]) is kept


def test_two_people_of_one_file_have_each_their_own_answers() -> None:
    places = dict.fromkeys((ANN.address, BOB.address), "https://files.x.example/team.ics")
    own = files(find=PublishedUrls(None, places).find)
    data = cal(*event(*TIMES, f"ATTENDEE;PARTSTAT=DECLINED:mailto:{ANN.address}"))
    peer = Peer(body(data, ETag='"1"'), *[status(304)] * 3)
    for person, expected in ((ANN, []), (BOB, [NINE]), (ANN, []), (BOB, [NINE])):
        assert busy(asked(peer, person, own=own)[0]) == expected


def test_reading_without_end_is_doubt() -> None:
    ticks = iter(range(10**6))
    own = files(bounds=Bounds(seconds=5), stopwatch=lambda: float(next(ticks)))
    lines = [line for number in range(100) for line in event(*TIMES, uid=f"{number}@x")]
    answer = only(asked(Peer(body(cal(*lines))), own=own))
    assert answer.unknown == (WINDOW,)
    assert next(ticks) < 20


def test_a_new_state_replaces_the_old_one() -> None:
    own = files()
    peer = Peer(body(ETag='"1"'), body(cal(), ETag='"2"'), status(304))
    assert busy(asked(peer, own=own)[0]) == [NINE]
    assert busy(asked(peer, own=own)[0]) == []
    assert busy(asked(peer, own=own)[0]) == []
    assert peer.requests[2].headers["If-None-Match"] == '"2"'


@pytest.mark.parametrize("code", [401, 403, 404, 410])
def test_a_file_that_is_gone_or_closed_is_forgotten(code: int) -> None:
    own = files()
    peer = Peer(body(ETag='"1"'), status(code))
    asked(peer, own=own)
    with pytest.raises(PeerError) if code == 401 else _nothing():
        asked(peer, own=own)
    assert len(own.shelf) == 0


class _nothing:  # noqa: N801
    def __enter__(self) -> None: ...

    def __exit__(self, *_: object) -> None: ...


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (403, Reason.NO_ACCESS),
        (404, Reason.NO_SUCH_MAILBOX),
        (410, Reason.NO_SUCH_MAILBOX),
        (413, Reason.INCOMPLETE),
        (400, Reason.GARBLED),
        (204, Reason.GARBLED),
        (206, Reason.GARBLED),
        (304, Reason.GARBLED),
    ],
)
def test_what_a_status_says_of_one_file(code: int, reason: Reason) -> None:
    [answer] = asked(Peer(status(code)))
    assert isinstance(answer, Unavailable)
    assert answer.reason is reason


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (401, Reason.UNAUTHORIZED),
        (408, Reason.TIMEOUT),
        (429, Reason.THROTTLED),
        (500, Reason.PEER_FAILED),
        (501, Reason.PEER_FAILED),
        (503, Reason.THROTTLED),
    ],
)
def test_what_a_status_says_of_the_server(code: int, reason: Reason) -> None:
    with pytest.raises(PeerError) as raised:
        asked(Peer(status(code, Retry_After="7")))
    assert (raised.value.reason, raised.value.retry_after) == (reason, timedelta(seconds=7))
    answers = asked(Peer(body(), status(code)), ANN, BOB)  # what is known by then is kept
    assert isinstance(answers[1], Unavailable)
    assert answers[1].reason is reason


def test_a_server_of_one_person_alone_is_not_everybodys() -> None:
    own = files(find=PublishedUrls(TEMPLATE, {ANN.address: "https://elsewhere.example/a.ics"}).find)
    [answer] = asked(Peer(PeerError(Reason.UNREACHABLE, "x")), own=own)
    assert isinstance(answer, Unavailable)
    assert answer.reason is Reason.UNREACHABLE


@pytest.mark.parametrize("data", [b"", CALENDAR[:-20], b"\x00\xfe<{", cal("END:VEVENT")])
def test_garbage_is_never_free(data: bytes) -> None:
    [answer] = asked(Peer(body(data)))
    assert isinstance(answer, Unavailable)
    assert answer.reason in (Reason.GARBLED, Reason.INCOMPLETE)
    [answer] = asked(Peer(html()))
    assert isinstance(answer, Unavailable)


def test_a_file_that_is_too_large_is_left_alone_for_a_while() -> None:
    own = files(bounds=Bounds(size=1000))
    peer = Peer(PeerError(Reason.TOO_MANY_ENTRIES, "x"), body(b"x" * 1001), body())
    for minutes, requests in ((0, 1), (1, 1), (4, 1), (6, 2), (7, 2)):
        [answer] = asked(peer, own=own, minutes=minutes)
        assert isinstance(answer, Unavailable)
        assert answer.reason is Reason.INCOMPLETE  # halving the window would not help
        assert len(peer.requests) == requests
    assert busy(asked(peer, own=own, minutes=12)[0]) == [NINE]


def test_redirects_stay_with_the_server() -> None:
    peer = Peer(status(302, Location="/moved/ann.ics"), body())
    assert busy(asked(peer)[0]) == [NINE]
    assert peer.requests[1].url == "https://files.x.example/moved/ann.ics"
    for place in (
        "https://evil.example/",
        "http://files.x.example/ann.ics",
        "",
        "https://files.x.example:444/",
        "//evil",
    ):
        [answer] = asked(Peer(status(302, Location=place)))
        assert isinstance(answer, Unavailable)
        assert answer.reason is Reason.GARBLED
    [answer] = asked(Peer(*(status(307, Location=f"/{number}") for number in range(9))))
    assert isinstance(answer, Unavailable)


def test_later_than_is_published_is_unknown() -> None:
    answer = only(asked(Peer(body()), own=files(ahead=timedelta(days=3))))
    assert [span(window) for window in answer.unknown] == ["26T00:00-30T00:00"]
    answer = only(asked(Peer(body()), own=files(ahead=timedelta(days=-3))))
    assert answer.unknown == (WINDOW,)


def test_a_free_busy_file_that_ended_before_is_unknown() -> None:
    data = cal("BEGIN:VFREEBUSY", "DTSTART:20261101T000000Z", "DTEND:20261108T000000Z", "END:VFREEBUSY")
    assert only(asked(Peer(body(data)))).unknown == (WINDOW,)


@pytest.mark.parametrize(
    ("url", "scope"),
    [
        ("https://x.example/a/freebusy.ifb", Scope.FREE_BUSY),
        ("https://x.example/a.IFB?x=1", Scope.FREE_BUSY),
        ("https://x.example/freebusy.php?user=a", Scope.FREE_BUSY),
        ("https://x.example/ifb/a.ics", Scope.CALENDAR),
    ],
)
def test_what_a_file_is_its_name_tells(url: str, scope: Scope) -> None:
    assert scope_of(url) is scope


def test_what_the_owner_has_declined_is_free() -> None:
    data = cal(*event(*TIMES, f"ATTENDEE;PARTSTAT=DECLINED:mailto:{ANN.address}"))
    assert busy(asked(Peer(body(data)))[0]) == []
    assert busy(asked(Peer(body(data)), BOB)[0]) == [NINE]


def test_out_of_office_tentative_and_all_day_in_the_zone_of_the_settings() -> None:
    lines = event("DTSTART;VALUE=DATE:20261124", "X-MICROSOFT-CDO-BUSYSTATUS:OOF")
    lines += event(*TIMES, "STATUS:TENTATIVE", uid="2@x")
    answer = only(asked(Peer(body(cal(*lines))), own=files(zone=ZoneInfo("Europe/Berlin"))))
    assert [(span(block.window), block.status) for block in answer.intervals] == [
        ("23T23:00-24T23:00", BusyStatus.OUT_OF_OFFICE),
        (NINE, BusyStatus.TENTATIVE),
    ]


def test_no_url_is_in_what_is_kept_or_told() -> None:
    own = files(find=PublishedUrls(None, {ANN.address: "https://x.example/private-hunter2.ics"}).find)
    for peer in (Peer(status(404)), Peer(html()), Peer(status(302, Location="https://y.example/hunter2"))):
        [answer] = asked(peer, own=own)
        assert "hunter2" not in str(answer)
    assert "hunter2" not in repr(Kept(b"hunter2"))


@given(st.binary(max_size=200), st.integers(0, len(CALENDAR)))
def test_any_bytes_are_an_answer(junk: bytes, place: int) -> None:
    [answer] = asked(Peer(body(CALENDAR[:place] + junk + CALENDAR[place:])))
    assert answer.mailbox == ANN


WHOLE_DAY = (
    b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VFREEBUSY\r\nDTSTART:20260101T000000Z\r\nDTEND:20280101T000000Z\r\n"
    b"FREEBUSY:%s/%s\r\nEND:VFREEBUSY\r\nEND:VCALENDAR\r\n"
)


@pytest.mark.parametrize(
    ("zone", "doubtful"),
    [(None, True), (ZoneInfo("America/New_York"), True), (UTC, False), (ZoneInfo("Etc/GMT"), False)],
)
def test_a_whole_day_of_utc_may_be_another_day_where_its_owner_lives(zone: ZoneInfo | None, doubtful: bool) -> None:
    midnight = WINDOW.start.replace(hour=0, minute=0)
    day = [f"{midnight + timedelta(days=n):%Y%m%dT%H%M%SZ}".encode() for n in (0, 1)]
    own = files(find=PublishedUrls("https://files.x.example/{local}.ifb", {}).find, zone=zone)
    answer = only(asked(Peer(body(WHOLE_DAY % (day[0], day[1]))), own=own))
    assert bool(answer.unknown) is doubtful
    assert len(answer.intervals) == 1
