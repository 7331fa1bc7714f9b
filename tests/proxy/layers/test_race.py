"""Tests of proxy/layers/race.py."""

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocols.model.freebusy import Answer, Availability, Reason, Unavailable
from protocols.model.intervals import Intervals
from proxy.answers import whole_call_failed
from proxy.layers.race import Race
from tests.contracts.scripted import boxes, window
from tests.contracts.virtual import START

ANN = boxes("ann")[0]


def _known(source: str = "one", *, partly: bool = False) -> Availability:
    unknown = (window(1, 1),) if partly else ()
    blocks = Intervals.pack(())
    return Availability(
        mailbox=ANN, window=window(0, 24), intervals=blocks, unknown=unknown, source=source, as_of=START
    )


def _failed(reason: Reason, *, whole: bool = False) -> Unavailable:
    return Unavailable(mailbox=ANN, reason=reason, whole_call=whole)


def _best(*taken: tuple[Answer, bool]) -> tuple[Answer, bool]:
    race = Race(1)
    for answer, main in taken:
        race.take(0, [answer], main=main)
    return race.answers[0], race.decided


PARTLY, REFUSED, FAILED = _known(partly=True), _failed(Reason.NO_ACCESS), _failed(Reason.PEER_FAILED)


def test_the_first_whole_answer_counts_whoever_brings_it() -> None:
    assert _best((_known("one"), False), (_known("two"), True)) == (_known("one"), True)
    assert _best((FAILED, True), (_known("two"), False)) == (_known("two"), True)


@pytest.mark.parametrize("answer", [PARTLY, REFUSED, FAILED])
def test_what_is_less_than_whole_settles_nothing_where_another_says_it(answer: Answer) -> None:
    assert _best((answer, False)) == (answer, False)
    assert _best((answer, False), (_known(), True)) == (_known(), True)


@pytest.mark.parametrize(("answer", "settled"), [(PARTLY, True), (REFUSED, True), (FAILED, False)])
def test_the_main_call_is_believed_what_it_is_sure_of(answer: Answer, settled: bool) -> None:
    assert _best((answer, True)) == (answer, settled)


def test_a_refusal_of_the_whole_call_is_none_of_the_mailbox() -> None:
    assert _best((_failed(Reason.NO_ACCESS, whole=True), True))[1] is False


def test_a_main_call_that_took_all_its_time_ends_the_race() -> None:
    late = whole_call_failed(boxes("ann", "bob"), Reason.TIMEOUT)
    race = Race(2)
    race.take(1, [_known()], main=False)
    assert race.take(0, late, main=True)
    assert race.decided
    assert race.answers == [late[0], _known()]


def test_a_main_call_that_failed_at_once_ends_nothing() -> None:
    race = Race(1)
    assert not race.take(0, whole_call_failed([ANN], Reason.UNREACHABLE), main=True)
    assert not race.decided


def test_answers_before_all_have_one() -> None:
    race = Race(2)
    race.take(0, [_known()], main=False)
    with pytest.raises(ValueError, match="not been answered"):
        _ = race.answers


answers = st.sampled_from([_known("one"), _known("two"), PARTLY, REFUSED, FAILED, _failed(Reason.TIMEOUT, whole=True)])


@given(st.lists(answers, min_size=3, max_size=3), st.lists(st.tuples(answers, answers, answers), max_size=4))
@settings(max_examples=100)
def test_nothing_is_answered_that_nobody_said_and_no_knowledge_is_lost(
    main: list[Answer], others: Sequence[tuple[Answer, ...]]
) -> None:
    race = Race(3)
    for other in others:
        race.take(0, other, main=False)
    race.take(0, main, main=True)
    for place, answer in enumerate(race.answers):
        said = [main[place], *(other[place] for other in others)]
        assert answer in said
        assert isinstance(answer, Availability) == any(isinstance(each, Availability) for each in said)
