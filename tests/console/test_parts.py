"""Tests of console/parts.py."""

from datetime import timedelta

import pytest

from console.parts import failed_words, parts_words, reason_words
from protocols.model.freebusy import Part, Reason, Unavailable
from protocols.model.mailbox import Mailbox
from tests.contracts.virtual import START

ANN = Mailbox.parse("ann@n.example")
KNOWN = Part("n", START - timedelta(seconds=5))


def _answer(*parts: Part, reason: Reason = Reason.INCOMPLETE) -> Unavailable:
    return Unavailable(mailbox=ANN, reason=reason, parts=parts)


def test_each_part_says_who_how_old_and_why_not() -> None:
    parts = (KNOWN, Part("shifts", None, Reason.UNREACHABLE), Part("files", KNOWN.as_of, Reason.INCOMPLETE))
    (known, facts), (down, why), (partly, _) = parts_words(_answer(*parts), START)
    assert known == "n knows the mailbox, asked 5 s ago"
    assert facts == {"source": "n", "as_of": (START - timedelta(seconds=5)).isoformat(), "reason": None}
    assert down == "shifts: cannot be reached [unreachable]"
    assert why["reason"] == "unreachable"
    assert partly == "files: part of the time asked about is not known, asked 5 s ago [incomplete]"


def test_the_side_that_was_left_may_know_nothing() -> None:
    gone = Part("own", None, Reason.NO_SUCH_MAILBOX, counts=False)
    [(words, _)] = parts_words(_answer(gone), START)
    assert words == "own: knows no such mailbox [no-such-mailbox], which leaves no doubt here"
    assert failed_words(_answer(KNOWN, gone)) == ""


def test_who_failed_is_named() -> None:
    answer = _answer(KNOWN, Part("shifts", None, Reason.UNREACHABLE))
    assert failed_words(answer) == "shifts cannot be reached"
    assert reason_words(answer) == "part of the time asked about is not known: shifts cannot be reached"
    both = _answer(Part("a", None, Reason.TIMEOUT), Part("b", None, Reason.NO_CALENDAR), reason=Reason.TIMEOUT)
    assert reason_words(both) == "a did not answer in time and b: the mailbox has no calendar"


@pytest.mark.parametrize("reason", Reason)
def test_one_system_alone_needs_no_name(reason: Reason) -> None:
    assert reason_words(_answer(reason=reason))
    assert failed_words(_answer(reason=reason)) == ""
    assert "nobody" in next(parts_words(_answer(Part("", None, reason)), START))[0]
    assert failed_words(_answer(Part("n", None, reason))).startswith("n")
