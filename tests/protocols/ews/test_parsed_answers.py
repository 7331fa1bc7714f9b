"""What the parser finds in an answer, before it is known whose time it is."""

from datetime import UTC, timedelta

import pytest

from protocols.errors import PeerError
from protocols.ews.blocks import Doubt
from protocols.ews.parsed_answers import answer_of, level, responses, seen_in
from protocols.ews.query import View
from protocols.model.freebusy import Availability, Detail, Question, Reason, Unavailable
from tests.protocols.ews.samples import ANN, BOB, HOURS, START, WEEK, answered, block, known, request_of

_QUESTION = Question(window=WEEK, detail=Detail.DETAILS, interval=timedelta(minutes=30))
_DATA = answered(
    request_of(ANN, BOB), known([block(9)], hours=HOURS), Unavailable(mailbox=BOB, reason=Reason.NO_ACCESS)
)


def test_the_parts_of_a_view() -> None:
    seen = seen_in(responses(_DATA)[0])
    assert seen.view is View.DETAILED_MERGED
    assert seen.events is not None
    assert len(seen.events) == 1
    assert seen.digits is not None
    assert len(seen.digits.text or "") == 336
    assert seen.hours is not None


def test_a_refusal_is_a_doubt_that_gives_its_reason() -> None:
    with pytest.raises(Doubt) as doubt:
        seen_in(responses(_DATA)[1])
    assert doubt.value.reason is Reason.NO_ACCESS


def test_an_answer_of_each() -> None:
    first, second = (
        answer_of(one, mailbox, _QUESTION, zone=UTC, source="peer", as_of=START)
        for one, mailbox in zip(responses(_DATA), (ANN, BOB), strict=True)
    )
    assert isinstance(first, Availability)
    assert list(first.intervals) == [block(9)]
    assert first.working_hours is not None
    assert (first.working_hours.periods, first.source, first.as_of) == (HOURS.periods, "peer", START)
    assert second == Unavailable(mailbox=BOB, reason=Reason.NO_ACCESS)


def test_something_else_among_the_responses() -> None:
    with pytest.raises(PeerError, match="something else"):
        responses(_DATA.replace(b"</m:FreeBusyResponseArray>", b"<m:Other/></m:FreeBusyResponseArray>"))


@pytest.mark.parametrize("view", View)
def test_details_need_the_question_and_the_view(view: View) -> None:
    detailed = view in (View.DETAILED, View.DETAILED_MERGED)
    assert level(view, _QUESTION) is (Detail.DETAILS if detailed else Detail.BUSY)
    assert level(view, Question(window=WEEK)) is Detail.BUSY
