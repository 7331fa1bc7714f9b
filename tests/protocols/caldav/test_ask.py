"""The order of the ways of asking, what each failure teaches, and that no doubt is ever shown as free."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import TypeVar

import pytest

from protocols.caldav.ask import ask
from protocols.caldav.icalendar import read
from protocols.caldav.means import Means
from protocols.caldav.server import Manner, Server, Strategy
from protocols.caldav.told import Bounds, Budget
from protocols.errors import PeerError
from protocols.http import HttpResponse
from protocols.model.freebusy import Answer, Availability, Detail, Question, Reason, Unavailable
from tests.protocols.caldav.dav_samples import (
    BASE,
    BUSY,
    CALENDAR,
    DETAILS,
    EVENT,
    HOUR_BUSY,
    NOW,
    PERIOD,
    WINDOW,
    Dav,
    blocks,
    error,
    failed,
    free_busy,
    home,
    mailbox,
    multistatus,
    propstat,
    recipient,
    resource,
    schedule_response,
    site,
    text,
    vcalendar,
)
from tests.protocols.scripted import run

T = TypeVar("T")
OUTBOX = "POST /cal/busyline/outbox/"
HOME = "PROPFIND /cal/ann/"
WORK, OWN = "REPORT /cal/ann/work/ free-busy-query", "REPORT /cal/ann/own/ free-busy-query"
QUERY = "REPORT /cal/ann/work/ calendar-query"
IFB = "GET /ann@x.example.ifb"
EVENTS = multistatus(
    resource("/cal/ann/work/1.ics", propstat(f"<C:calendar-data><![CDATA[{vcalendar(EVENT)}]]></C:calendar-data>"))
)
RADICALE = vcalendar("""BEGIN:VFREEBUSY
DTSTART:20261123T000000Z
DTEND:20261124T000000Z
FBTYPE:BUSY
END:VFREEBUSY""")
SUCCESS = schedule_response(recipient("ann", "2.0;Success", HOUR_BUSY))


def server(**knobs: object) -> Server:
    written = {"url": BASE, "home": "/cal/{local}/", "ifb": "/{address}.ifb", **knobs}
    return Server(Manner(**written))  # type: ignore[arg-type]


def asked(
    dav: Dav, known: Server, *names: str, question: Question = BUSY, later: timedelta = timedelta()
) -> list[Answer]:
    mailboxes = [mailbox(name) for name in names or ("ann",)]
    return run(ask(dav, mailboxes, question, server=known, source="dav", as_of=NOW + later))


def learned(known: Server) -> Strategy | None:
    """The way that is known to work now."""
    return known.way


def one(dav: Dav, known: Server, question: Question = BUSY) -> Answer:
    return asked(dav, known, question=question)[0]


def busy(answer: Answer) -> bool:
    """Whether the answer is the usual one: an hour on Monday, and nothing unknown."""
    return isinstance(answer, Availability) and blocks(answer.intervals) == [PERIOD] and answer.unknown == ()


@pytest.mark.parametrize(
    ("answers", "way"),
    [
        ({**site(), OUTBOX: SUCCESS}, Strategy.OUTBOX),
        ({**site(outbox=False), HOME: home("ann", "work"), WORK: text(HOUR_BUSY)}, Strategy.REPORT),
        *(
            ({**site(), OUTBOX: refusal, HOME: home("ann", "work"), WORK: text(HOUR_BUSY)}, Strategy.REPORT)
            for refusal in (error(501), error(403), error(404), error(400), error(500), error(405), text("ok"))
        ),
        *(
            ({**site(outbox=False), HOME: home("ann", "work"), WORK: refusal, QUERY: EVENTS}, Strategy.EXPAND)
            for refusal in (
                *(error(501), error(500), error(403, "D:supported-report"), text("<html/>"), error(400)),
                *(text(RADICALE), text(vcalendar(""))),
            )
        ),
        (
            {
                **site(outbox=False),
                HOME: home("ann", "work"),
                WORK: error(501),
                QUERY: error(501),
                IFB: text(HOUR_BUSY),
            },
            Strategy.IFB,
        ),
    ],
)
def test_the_first_way_that_works_is_remembered(answers: dict[str, HttpResponse], way: Strategy) -> None:
    known, dav = server(), Dav(answers)
    assert busy(one(dav, known))
    assert learned(known) is way
    dav.asked.clear()
    assert busy(one(dav, known))
    assert len(dav.asked) == 1, "what is known is not found out again"


def test_many_are_asked_about_at_once_and_answered_in_order() -> None:
    names = ("bob", "ann", "bob", "eve", "dan")
    answer = schedule_response(
        recipient("eve", "3.7;Invalid"),
        recipient("ann", "2.0;Success", HOUR_BUSY),
        recipient("bob", "2.0;Success", free_busy()),
    )
    dav, known = Dav({**site(), OUTBOX: [SUCCESS, answer]}), server()
    one(dav, known)
    assert known.at_once(BUSY) == 50
    found = asked(dav, known, *names)
    assert [each.mailbox for each in found] == [mailbox(name) for name in names]
    assert [each.reason.value if isinstance(each, Unavailable) else len(each.intervals) for each in found] == [
        0,
        1,
        0,
        "no-such-mailbox",
        "incomplete",
    ]


@pytest.mark.parametrize(
    ("failure", "reason"),
    [
        (PeerError(Reason.TIMEOUT), Reason.TIMEOUT),
        (PeerError(Reason.UNREACHABLE), Reason.UNREACHABLE),
        (error(401), Reason.UNAUTHORIZED),
        (error(429), Reason.THROTTLED),
        (error(503), Reason.THROTTLED),
        (error(504), Reason.TIMEOUT),
    ],
)
@pytest.mark.parametrize("place", ["PROPFIND /dav/", OUTBOX, HOME, WORK])
def test_a_real_failure_is_doubt_and_teaches_nothing(
    failure: HttpResponse | PeerError, reason: Reason, place: str
) -> None:
    known = server()
    answers = {**site(outbox=place == OUTBOX), HOME: home("ann", "work"), WORK: text(HOUR_BUSY), place: failure}
    if place == "PROPFIND /dav/":
        answers |= {OUTBOX: SUCCESS}
    with pytest.raises(PeerError) as raised:
        one(Dav(answers), known)
    assert raised.value.reason is reason
    assert learned(known) is None


def test_where_nothing_works_the_whole_call_fails() -> None:
    known = server(ifb=None)
    answers = {**site(), OUTBOX: error(501), HOME: home("ann", "work"), WORK: error(500), QUERY: error(500)}
    with pytest.raises(PeerError, match=r"outbox: the outbox: HTTP 501.*report.*HTTP 500.*expand.*ifb") as raised:
        one(Dav(answers), known)
    assert raised.value.reason is Reason.PEER_FAILED
    assert learned(known) is None


@pytest.mark.parametrize("status", [400, 500, 501])
def test_a_home_that_fails_is_one_person_s_trouble(status: int) -> None:
    known, dav = (
        server(ifb=None),
        Dav(
            {
                **site(outbox=False),
                HOME: home("ann", "work"),
                "PROPFIND /cal/bob/": error(status),
                WORK: text(HOUR_BUSY),
            }
        ),
    )
    one(dav, known)
    [answer] = asked(dav, known, "bob")
    assert isinstance(answer, Unavailable)
    assert answer.reason is Reason.PEER_FAILED
    assert learned(known) is Strategy.REPORT


def test_a_better_way_is_tried_again_after_a_day() -> None:
    known = server()
    dav = Dav({**site(), OUTBOX: [error(501), SUCCESS], HOME: home("ann", "work"), WORK: text(HOUR_BUSY)})
    one(dav, known)
    assert learned(known) is Strategy.REPORT
    asked(dav, known, later=timedelta(hours=23))
    assert learned(known) is Strategy.REPORT
    asked(dav, known, later=timedelta(days=1))
    assert learned(known) is Strategy.OUTBOX


def test_an_outbox_that_has_moved_is_found_again() -> None:
    known, dav = server(), Dav({**site(), OUTBOX: [SUCCESS, error(404), SUCCESS]})
    one(dav, known)
    assert busy(one(dav, known))
    assert learned(known) is Strategy.OUTBOX


@pytest.mark.parametrize("status", ["3.7;Invalid calendar user", "3.8;No authority", "5.1;Service unavailable"])
def test_an_outbox_that_told_of_nobody_is_not_believed(status: str) -> None:
    refused = schedule_response(recipient("ann", status))
    known = server()
    assert busy(one(Dav({**site(), OUTBOX: refused, HOME: home("ann", "work"), WORK: text(HOUR_BUSY)}), known))
    assert learned(known) is Strategy.REPORT


def test_an_outbox_that_tells_of_its_owner_alone_is_not_remembered() -> None:
    own = schedule_response(recipient("busyline", "2.0;Success", HOUR_BUSY))
    known = server()
    [answer] = asked(Dav({**site(), OUTBOX: own}), known, "busyline")
    assert busy(answer)
    assert learned(known) is None


@pytest.mark.parametrize(
    ("status", "reason"),
    [("3.7;x", Reason.NO_SUCH_MAILBOX), ("3.8;x", Reason.NO_ACCESS), ("5.1;x", Reason.UNREACHABLE)],
)
def test_an_outbox_that_works_is_believed(status: str, reason: Reason) -> None:
    known, dav = server(), Dav({**site(), OUTBOX: [SUCCESS, schedule_response(recipient("ann", status))]})
    one(dav, known)
    answer = one(dav, known)
    assert isinstance(answer, Unavailable)
    assert answer.reason is reason
    assert learned(known) is Strategy.OUTBOX


@pytest.mark.parametrize(
    ("strategy", "answers"),
    [
        (Strategy.OUTBOX, {**site(), OUTBOX: error(501)}),
        (Strategy.REPORT, {HOME: home("ann", "work"), WORK: error(501)}),
        (Strategy.EXPAND, {HOME: home("ann", "work"), QUERY: error(501)}),
        (Strategy.IFB, {IFB: error(501)}),
    ],
)
def test_a_strategy_that_is_written_is_the_only_one(strategy: Strategy, answers: dict[str, HttpResponse]) -> None:
    everything = {**site(), OUTBOX: SUCCESS, HOME: home("ann", "work"), WORK: text(HOUR_BUSY), QUERY: EVENTS}
    with pytest.raises(PeerError, match=strategy.value):
        one(Dav({**everything, IFB: text(HOUR_BUSY), **answers}), server(strategy=strategy))


def test_calendars_are_joined_and_transparent_ones_left_out() -> None:
    answers = {HOME: home("ann", "work", "own", "feasts!"), WORK: text(HOUR_BUSY)}
    known = server(strategy=Strategy.REPORT)
    other = text(free_busy("20261124T090000Z/PT1H"))
    answer = one(Dav({**answers, OWN: other}), known)
    assert isinstance(answer, Availability)
    assert [start.day for start, _, _ in blocks(answer.intervals)] == [23, 24]


@pytest.mark.parametrize("trouble", [error(403), error(410), error(502), text("BEGIN:VCALENDAR\r\nrubbish")])
def test_a_calendar_that_cannot_be_read_leaves_doubt(trouble: HttpResponse) -> None:
    answers = {HOME: home("ann", "work", "own"), WORK: text(HOUR_BUSY), OWN: trouble}
    answer = one(Dav(answers), server(strategy=Strategy.REPORT))
    assert isinstance(answer, Availability)
    assert answer.unknown == (WINDOW,)
    assert blocks(answer.intervals) == [PERIOD]


def test_a_hidden_member_of_the_home_leaves_doubt() -> None:
    listed = multistatus(resource("/cal/ann/work/", propstat(CALENDAR)), failed("/cal/ann/x/", "HTTP/1.1 403 No"))
    answer = one(Dav({HOME: listed, WORK: text(HOUR_BUSY)}), server(strategy=Strategy.REPORT))
    assert isinstance(answer, Availability)
    assert answer.unknown == (WINDOW,)


def test_calendars_that_are_gone_are_looked_for_again() -> None:
    known = server(strategy=Strategy.REPORT)
    dav = Dav(
        {HOME: [home("ann", "work"), home("ann", "own")], WORK: [text(HOUR_BUSY), error(404)], OWN: text(HOUR_BUSY)}
    )
    assert busy(one(dav, known))
    assert busy(one(dav, known))
    assert dav.asked == [HOME, WORK, WORK, HOME, OWN]


def test_a_window_that_is_too_full_is_told_so() -> None:
    dav = Dav({HOME: home("ann", "work"), WORK: [error(400), text(HOUR_BUSY)]})
    known = server(strategy=Strategy.REPORT)
    answer = one(dav, known)
    assert isinstance(answer, Unavailable)
    assert answer.reason is Reason.TOO_MANY_ENTRIES
    assert not answer.whole_call


def test_details_come_from_events_and_teach_nothing() -> None:
    known = server()
    answer = one(Dav({**site(), OUTBOX: SUCCESS, HOME: home("ann", "work"), QUERY: EVENTS}), known, DETAILS)
    assert isinstance(answer, Availability)
    assert answer.detail is Detail.DETAILS
    assert [each.details.subject for each in answer.intervals if each.details] == ["secret"]
    assert learned(known) is None
    assert known.at_once(DETAILS) == 1


@pytest.mark.parametrize("refusal", [error(403), error(403, "D:need-privileges"), error(501)])
def test_where_details_are_not_shown_busy_times_are(refusal: HttpResponse) -> None:
    answers = {**site(), OUTBOX: SUCCESS, HOME: home("ann", "work"), QUERY: refusal}
    answer = one(Dav(answers), server(), DETAILS)
    assert busy(answer)
    assert isinstance(answer, Availability)
    assert answer.detail is Detail.BUSY


def test_all_calendars_of_a_person_share_a_budget_and_no_two_people_do() -> None:
    daily = EVENT.replace("UID:1", "UID:1\nRRULE:FREQ=DAILY;COUNT=400").replace("20261123", "20260101")

    def events(name: str) -> HttpResponse:
        data = f"<C:calendar-data><![CDATA[{vcalendar(daily)}]]></C:calendar-data>"
        return multistatus(resource(f"{name}1.ics", propstat(data)))

    def told(budget: Budget, **people: tuple[str, ...]) -> list[bool]:
        """Who is told of without doubt."""
        answers = {f"PROPFIND /cal/{name}/": home(name, *calendars) for name, calendars in people.items()}
        places = [f"/cal/{name}/{calendar}/" for name, calendars in people.items() for calendar in calendars]
        dav = Dav({**answers, **{f"REPORT {place} calendar-query": events(place) for place in places}})
        means = Means(budget=lambda: replace(budget))
        known = Server(Manner(url=BASE, home="/cal/{local}/", strategy=Strategy.EXPAND), means)
        found = asked(dav, known, *people)
        return [isinstance(each, Availability) and each.unknown == () for each in found]

    plenty = Bounds().budget()
    read(vcalendar(daily).encode(), WINDOW, zone=None, detail=Detail.BUSY, budget=plenty)
    one_and_a_half = Bounds(steps=(Bounds().steps - plenty.steps) * 3 // 2).budget()
    assert told(one_and_a_half, ann=("work",), bob=("work",)) == [True, True]
    assert told(one_and_a_half, ann=("work", "own"), bob=("work",)) == [False, True]


@pytest.mark.parametrize(
    ("strategy", "place"),
    [(Strategy.OUTBOX, OUTBOX), (Strategy.REPORT, WORK), (Strategy.EXPAND, QUERY), (Strategy.IFB, IFB)],
)
def test_every_answer_is_read_aside(strategy: Strategy, place: str) -> None:
    sizes: list[int] = []

    async def aside(size: int, job: Callable[[], T]) -> T:
        sizes.append(size)
        return job()

    answers = {**site(), OUTBOX: SUCCESS, WORK: text(HOUR_BUSY), QUERY: EVENTS, IFB: text(HOUR_BUSY)}
    manner = Manner(url=BASE, home="/cal/{local}/", ifb="/{address}.ifb", strategy=strategy)
    dav = Dav({**answers, HOME: home("ann", "work")})
    assert busy(one(dav, Server(manner, Means(aside=aside))))
    assert sizes == [len(dav.answers[place][0].body)]  # type: ignore[union-attr]


def test_nobody_asked_nothing_asked() -> None:
    dav = Dav({})
    assert run(ask(dav, [], BUSY, server=server(), source="dav", as_of=NOW)) == []
    assert dav.asked == []
