"""Tests of proxy/fronts/desk.py."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from protocols.errors import Fault, RequestError
from protocols.model.freebusy import Availability, Question, Reason
from protocols.model.intervals import LAST_SECOND
from protocols.model.window import TimeWindow
from proxy.fronts.desk import Desk
from proxy.fronts.record import Record
from tests.contracts.prompt import Warm
from tests.contracts.scripted import Scripted, boxes, reasons, window
from tests.contracts.virtual import run

QUESTION = Question(window=window(0, 24))


def test_what_is_no_address_is_answered_in_its_place_and_not_asked() -> None:
    peer, record = Scripted(), Record("1")
    ann, bob = boxes("ann", "bob")
    answers = run(Desk(connector=peer).look_up([None, ann, None, bob], QUESTION, record))
    assert reasons(answers) == [Reason.INVALID_ADDRESS, None, Reason.INVALID_ADDRESS, None]
    assert [mailboxes for mailboxes, _ in peer.calls] == [["ann@b.example", "bob@b.example"]]
    assert (record.mailboxes, record.outcomes) == (4, {"invalid-address": 2, "known": 2})


def test_nobody_is_asked_about_nobody() -> None:
    peer = Scripted()
    assert len(run(Desk(connector=peer).look_up([None], QUESTION, Record("1")))) == 1
    assert peer.calls == []


def test_the_hops_of_the_request_go_with_the_question() -> None:
    peer = Scripted()
    run(Desk(connector=peer).look_up(boxes("ann"), QUESTION, Record("1", hops=("0" * 16,))))
    assert [question.hops for _, question in peer.calls] == [("0" * 16,)]


_YEAR_1 = datetime(1, 1, 1, tzinfo=UTC)
_FIRST, _LAST = datetime(1970, 1, 1, tzinfo=UTC), datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=LAST_SECOND)
_SECOND = timedelta(seconds=1)


@given(
    st.integers(0, 3_651_990 * 86_400_000_000).map(lambda after: _YEAR_1 + timedelta(microseconds=after)),
    st.timedeltas(timedelta(microseconds=1), timedelta(days=62)),
)
@example(_FIRST, timedelta(days=1))
@example(_FIRST - _SECOND / 2, timedelta(days=1))
@example(_LAST - _SECOND, _SECOND)
@example(_LAST - _SECOND, _SECOND * 1.5)
def test_a_window_outside_the_range_is_never_an_availability(start: datetime, length: timedelta) -> None:
    asked = TimeWindow(start, start + length)
    peer, record = Scripted(), Record("1")
    looking = Desk(connector=peer).look_up(boxes("ann"), Question(window=asked), record)
    if asked.start >= _FIRST and asked.end <= _LAST:
        (answer,) = run(looking)
        assert isinstance(answer, Availability)
        return
    with pytest.raises(RequestError) as caught:
        run(looking)
    assert caught.value.fault is Fault.INVALID_WINDOW
    assert (peer.calls, record.mailboxes) == ([], 0)


def test_at_once_nothing_is_counted_before_it_is_told() -> None:
    peer, record = Warm(known={"ann@b.example"}), Record("1")
    desk = Desk(connector=peer)
    answers = desk.at_once(boxes("ann"), QUESTION)
    assert answers is not None
    assert (record.mailboxes, record.outcomes) == (0, {})
    desk.told(QUESTION, answers, record)
    assert (record.mailboxes, record.outcomes) == (1, {"known": 1})
    assert desk.at_once(boxes("bob"), QUESTION) is None
    assert peer.calls == []


def test_where_nothing_may_be_answered_nothing_is_answered_at_once() -> None:
    late = TimeWindow(_LAST - _SECOND, _LAST + 2 * _SECOND)
    desk = Desk(connector=Warm(known={"ann@b.example"}))
    assert desk.at_once(boxes("ann"), Question(window=late)) is None


def test_a_connector_that_always_waits_answers_nothing_at_once() -> None:
    assert Desk(connector=Scripted()).at_once(boxes("ann"), QUESTION) is None
