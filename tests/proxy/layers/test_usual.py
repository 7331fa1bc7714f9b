"""Tests of proxy/layers/usual.py."""

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from protocols.model.freebusy import Detail, Question
from proxy.layers.usual import Usual
from tests.contracts.scripted import window

BUSY, DETAILS = Question(window=window(0, 24)), Question(window=window(0, 24), detail=Detail.DETAILS)


def test_nothing_is_known_of_too_few() -> None:
    usual = Usual()
    for _ in range(19):
        usual.note(BUSY, 1, 0.1)
        assert usual.within(BUSY, 1) is None
    usual.note(BUSY, 1, 0.1)
    assert usual.within(BUSY, 1) == timedelta(seconds=0.1)


def test_nineteen_of_twenty_are_within() -> None:
    usual = Usual()
    for number in range(100):
        usual.note(BUSY, 1, float(number))
    assert usual.within(BUSY, 1) == timedelta(seconds=95)


def test_calls_of_another_kind_tell_nothing() -> None:
    usual = Usual()
    for _ in range(30):
        usual.note(BUSY, 1, 0.1)
        usual.note(BUSY, 17, 2.0)
        usual.note(DETAILS, 1, 3.0)
    assert usual.within(BUSY, 1) == timedelta(seconds=0.1)
    assert usual.within(BUSY, 31) == timedelta(seconds=2)
    assert usual.within(DETAILS, 1) == timedelta(seconds=3)
    assert (usual.within(BUSY, 2), usual.within(BUSY, 32), usual.within(DETAILS, 17)) == (None, None, None)


def test_what_is_long_ago_is_forgotten() -> None:
    usual = Usual()
    for seconds in (5.0, 0.1):
        for _ in range(128):
            usual.note(BUSY, 1, seconds)
    assert usual.within(BUSY, 1) == timedelta(seconds=0.1)


@given(st.lists(st.floats(0, 100, allow_nan=False), min_size=20, max_size=400))
@settings(max_examples=50)
def test_it_is_one_of_the_last_and_few_are_above(times: list[float]) -> None:
    usual = Usual()
    for seconds in times:
        usual.note(BUSY, 1, seconds)
    found, last = usual.within(BUSY, 1), times[-128:]
    assert found is not None
    assert found in [timedelta(seconds=seconds) for seconds in last]
    assert sum(timedelta(seconds=seconds) > found for seconds in last) <= len(last) / 20
