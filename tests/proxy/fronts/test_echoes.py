"""Tests of proxy/fronts/echoes.py."""

from dataclasses import replace
from datetime import UTC

from protocols.ews.query import AvailabilityRequest, View
from protocols.model.freebusy import Answer, Availability, Question
from protocols.model.intervals import EMPTY
from proxy.fronts.echoes import Echo, Echoes
from tests.contracts.scripted import boxes, window
from tests.contracts.virtual import START

ASKED = AvailabilityRequest(targets=(), question=Question(window=window(0, 24)), view=View.DETAILED, zone=UTC)


def _answers(*names: str) -> list[Answer]:
    return [
        Availability(mailbox=mailbox, window=window(0, 24), intervals=EMPTY, source="b", as_of=START)
        for mailbox in boxes(*names)
    ]


def _echo(size: int = 10) -> Echo:
    return Echo(ASKED, _answers("ann"), [b"x" * size])


def test_a_question_is_remembered_from_the_second_time_on() -> None:
    echoes, echo = Echoes(100_000), _echo()
    echoes.keep("bench", b"ask", echo)
    assert echoes.find("bench", b"ask") is None
    echoes.keep("bench", b"ask", echo)
    assert echoes.find("bench", b"ask") == echo


def test_what_was_written_in_many_parts_is_told_again_in_one() -> None:
    echoes = Echoes(100_000)
    for _ in range(2):
        echoes.keep("bench", b"ask", replace(_echo(), parts=[b"a", b"b", b"c"]))
    found = echoes.find("bench", b"ask")
    assert found is not None
    assert found.parts == [b"abc"]


def test_no_caller_hears_the_echo_of_another() -> None:
    echoes = Echoes(100_000)
    for _ in range(2):
        echoes.keep("bench", b"ask", _echo())
    assert echoes.find("other", b"ask") is None
    assert echoes.find("bench", b"ask ") is None


def test_only_the_very_same_answers_are_told_again() -> None:
    answers = _answers("ann", "bob")
    echo = Echo(ASKED, answers, [b"x"])
    assert echo.tells(list(answers))
    assert not echo.tells(answers[:1])
    assert not echo.tells(answers[::-1])
    newer = replace(answers[1], as_of=START) if isinstance(answers[1], Availability) else answers[1]
    assert newer == answers[1]  # and yet it was looked up anew
    assert not echo.tells([answers[0], newer])


def test_memory_is_bounded_by_the_texts() -> None:
    echoes = Echoes(50_000)
    for number in range(20):
        for _ in range(2):
            echoes.keep("bench", b"%d" % number, _echo(9_000))
    assert [number for number in range(20) if echoes.find("bench", b"%d" % number)] == [16, 17, 18, 19]


def test_without_memory_nothing_is_kept() -> None:
    echoes = Echoes(0)
    for _ in range(3):
        echoes.keep("bench", b"ask", _echo())
    assert echoes.find("bench", b"ask") is None
