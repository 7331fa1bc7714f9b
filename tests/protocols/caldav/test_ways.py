"""When a way of asking is believed, and when it is given up: no failure makes anybody free."""

from datetime import timedelta

import pytest

from protocols.caldav.means import Means
from protocols.caldav.server import Manner, Server
from protocols.caldav.ways import Strategy, Ways
from protocols.errors import PeerError
from protocols.http import HttpResponse
from protocols.model.freebusy import Reason, Unavailable
from tests.protocols.caldav.dav_samples import (
    BASE,
    BUSY,
    HOUR_BUSY,
    NOW,
    Dav,
    error,
    free_busy,
    home,
    multistatus,
    principal,
    site,
    text,
)
from tests.protocols.caldav.test_ask import (
    EVENTS,
    HOME,
    IFB,
    OUTBOX,
    QUERY,
    SUCCESS,
    WORK,
    asked,
    busy,
    learned,
    one,
    server,
)

O, R, E, I = Strategy.OUTBOX, Strategy.REPORT, Strategy.EXPAND, Strategy.IFB  # noqa: E741


def ways() -> tuple[Ways, list[str]]:
    notices: list[str] = []
    return Ways(notices.append), notices


def test_what_is_proven_comes_first_and_after_a_day_after_what_is_better() -> None:
    known, _ = ways()
    assert known.order(NOW) == (O, R, E, I)
    known.works(E, NOW, sure=True)
    assert known.order(NOW + timedelta(hours=23)) == (E, O, R, I)
    assert known.order(NOW + timedelta(days=1)) == (O, R, E, I)
    assert known.order(NOW - timedelta(minutes=1)) == (O, R, E, I), "a clock that was set back"
    assert known.proven is E


def test_what_answers_beside_a_proven_way_takes_its_place_only_when_that_is_due() -> None:
    known, _ = ways()
    known.works(E, NOW, sure=False)
    known.works(O, NOW + timedelta(minutes=4), sure=True)
    assert known.proven is E
    known.works(O, NOW + timedelta(minutes=5), sure=True)
    assert known.proven is O


@pytest.mark.parametrize(
    ("seconds", "given_up"),
    [
        ((0, 60, 120), True),
        ((0, 20, 40), True),
        ((0, 60), False),
        ((0, 1, 2, 3), False),
        ((0, 1200, 2400), False),
        ((0, 60, 1200, 1260), False),
    ],
)
def test_three_refusals_in_a_row_end_it(seconds: tuple[int, ...], given_up: bool) -> None:
    known, notices = ways()
    known.works(O, NOW, sure=True)
    for second in seconds:
        known.refuses(O, NOW + timedelta(seconds=second), "HTTP 501")
        known.refuses(R, NOW + timedelta(seconds=second), "another way's")
    assert (known.proven is None) is given_up
    assert len(notices) == given_up


def test_an_answer_between_them_makes_good_for_refusals() -> None:
    known, notices = ways()
    known.works(O, NOW, sure=True)
    for minute in range(9):
        at = NOW + timedelta(minutes=minute)
        (known.works(O, at, sure=True) if minute % 3 == 2 else known.refuses(O, at, "HTTP 501"))
    assert known.proven is O
    assert notices == []


def heard() -> tuple[Server, list[str]]:
    """A server and what is told of it to whoever runs us."""
    notices: list[str] = []
    return Server(Manner(url=BASE, home="/cal/{local}/", ifb="/{address}.ifb"), Means(notice=notices.append)), notices


@pytest.mark.parametrize(
    "failure",
    [*(error(status) for status in (400, 403, 404, 405, 409, 422, 500, 501, 502)), text("<html/>"), text("ok")],
)
def test_one_failure_of_an_outbox_that_works_makes_nobody_free(failure: HttpResponse) -> None:
    """The private calendar is hidden from us: a list of calendars would show the empty one alone."""
    known, notices = heard()
    shown = {HOME: home("ann", "work"), WORK: text(free_busy()), QUERY: multistatus(), IFB: text(free_busy())}
    dav = Dav({**site(), **shown, OUTBOX: [SUCCESS, failure, *([failure] if failure.status == 404 else []), SUCCESS]})
    assert busy(one(dav, known))
    with pytest.raises(PeerError) as raised:
        one(dav, known)
    assert raised.value.reason in (Reason.PEER_FAILED, Reason.GARBLED)
    assert learned(known) is Strategy.OUTBOX
    assert busy(one(dav, known))
    assert notices == []


def test_a_way_that_the_server_refuses_again_and_again_is_given_up_and_that_is_told() -> None:
    known, notices = heard()
    dav = Dav({**site(), OUTBOX: [SUCCESS, error(501)], HOME: home("ann", "work"), WORK: text(HOUR_BUSY)})
    assert busy(one(dav, known))
    for minute in (1, 2):
        with pytest.raises(PeerError, match=r"outbox has worked and now fails.*501"):
            asked(dav, known, later=timedelta(minutes=minute))
    [answer] = asked(dav, known, later=timedelta(minutes=3))
    assert busy(answer)
    assert learned(known) is Strategy.REPORT
    assert known.at_once(BUSY) == 1
    assert [("outbox" in words, "501" in words) for words in notices] == [(True, True)]


@pytest.mark.parametrize(("failure", "tells"), [(error(501), True), (error(500), False), (error(400), False)])
def test_a_report_that_works_leads_on_only_where_the_server_says_so(failure: HttpResponse, tells: bool) -> None:
    known = server()
    dav = Dav(
        {**site(outbox=False), HOME: home("ann", "work"), WORK: [text(HOUR_BUSY), failure, failure], QUERY: EVENTS}
    )
    assert busy(one(dav, known))
    answer = one(dav, known)
    assert busy(answer) is tells
    assert isinstance(answer, Unavailable) is not tells
    assert learned(known) is Strategy.REPORT


@pytest.mark.parametrize("status", [500, 502, 404, 403])
@pytest.mark.parametrize("knobs", [{}, {"home": None, "principal": "/p/{local}/"}])
def test_a_failed_search_for_our_account_teaches_nothing(status: int, knobs: dict[str, str | None]) -> None:
    known, later = server(**knobs), timedelta(seconds=31)
    whole = site()
    places = ("PROPFIND /.well-known/caldav", "PROPFIND /dav/", "PROPFIND /")
    shown = {HOME: home("ann", "work"), WORK: text(free_busy()), "PROPFIND /p/ann/": multistatus(principal("ann"))}
    broken = Dav({**whole, **shown, OUTBOX: SUCCESS, **{place: error(status) for place in places}})
    if status >= 500:
        with pytest.raises(PeerError) as raised:
            one(broken, known)
        assert raised.value.reason is Reason.PEER_FAILED
        later = timedelta()
    else:
        one(broken, known)
    assert learned(known) is None
    assert busy(asked(Dav({**whole, **shown, OUTBOX: SUCCESS}), known, later=later)[0])
    assert learned(known) is Strategy.OUTBOX


def test_where_a_better_way_may_only_have_failed_it_is_tried_again_soon() -> None:
    known = server()
    dav = Dav({**site(), OUTBOX: [error(500), SUCCESS], HOME: home("ann", "work"), WORK: text(HOUR_BUSY)})
    one(dav, known)
    assert learned(known) is Strategy.REPORT
    asked(dav, known, later=timedelta(minutes=4))
    assert learned(known) is Strategy.REPORT
    asked(dav, known, later=timedelta(minutes=5))
    assert learned(known) is Strategy.OUTBOX


def test_a_proven_outbox_does_not_grow_old() -> None:
    known = server()
    dav = Dav({**site(), OUTBOX: [SUCCESS, error(500)], HOME: home("ann", "work"), WORK: text(free_busy())})
    one(dav, known)
    with pytest.raises(PeerError):
        asked(dav, known, later=timedelta(days=3))
