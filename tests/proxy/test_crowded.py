"""A question that nobody had a turn for is refused as a whole; one that somebody answered is answered."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from protocols.errors import Fault
from protocols.model.freebusy import Answer, Availability, Question, Reason, Unavailable
from protocols.model.intervals import Intervals
from protocols.model.mailbox import Mailbox
from protocols.model.window import TimeWindow
from proxy.crowded import Crowded, NoTurnError
from proxy.layers.line import CROWDED

_START = datetime(2026, 11, 20, tzinfo=UTC)
_QUESTION = Question(window=TimeWindow(_START, _START + timedelta(days=1)))
_ANN, _BOB = Mailbox.parse("ann@fabrikam.example"), Mailbox.parse("bob@fabrikam.example")


class _Told:
    def __init__(self, *answers: Answer) -> None:
        self._answers = list(answers)

    async def lookup(self, mailboxes: Sequence[Mailbox], question: Question) -> list[Answer]:
        return self._answers


def _without_a_turn(mailbox: Mailbox, seconds: float) -> Answer:
    after = timedelta(seconds=seconds)
    return Unavailable(mailbox=mailbox, reason=Reason.THROTTLED, retry_after=after, detail=CROWDED)


async def test_nobody_had_a_turn() -> None:
    with pytest.raises(NoTurnError) as told:
        await Crowded(_Told(_without_a_turn(_ANN, 2), _without_a_turn(_BOB, 3))).lookup([_ANN, _BOB], _QUESTION)
    assert told.value.fault is Fault.BUSY
    assert told.value.back_off == timedelta(seconds=3)


@pytest.mark.parametrize(
    "other",
    [
        Availability(mailbox=_BOB, window=_QUESTION.window, intervals=Intervals.pack([]), source="s", as_of=_START),
        Unavailable(mailbox=_BOB, reason=Reason.THROTTLED, detail="the peer wants to be left alone"),
        Unavailable(mailbox=_BOB, reason=Reason.FORBIDDEN),
    ],
)
async def test_somebody_was_answered(other: Answer) -> None:
    told = [_without_a_turn(_ANN, 2), other]
    assert await Crowded(_Told(*told)).lookup([_ANN, _BOB], _QUESTION) == told


async def test_nothing_asked_is_nothing_refused() -> None:
    assert await Crowded(_Told()).lookup([], _QUESTION) == []


def test_what_answers_at_once_still_does() -> None:
    class Prompt(_Told):
        def at_once(self, mailboxes: Sequence[Mailbox], question: Question) -> list[Answer] | None:
            return [_without_a_turn(_ANN, 1)]

    assert Crowded(Prompt()).at_once([_ANN], _QUESTION) == [_without_a_turn(_ANN, 1)]
    assert Crowded(_Told()).at_once([_ANN], _QUESTION) is None
