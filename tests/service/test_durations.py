"""Lengths of time as people write them."""

from datetime import timedelta
from typing import Annotated

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from service.durations import Duration, parse, parse_days, parse_pause, such_as, written, written_days, written_pause


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("8s", 8), ("500ms", 0.5), ("2m", 120), ("1h", 3600), ("7d", 604_800), ("1.5s", 1.5), (" 10 s ", 10)],
)
def test_what_is_read(text: str, seconds: float) -> None:
    assert parse(text).total_seconds() == seconds


@pytest.mark.parametrize("text", ["8", "s", "", "-1s", "0s", "8 sec", "8S", "1h30m", 8, None, timedelta(), "1e3s"])
def test_what_is_refused_with_a_remedy(text: object) -> None:
    with pytest.raises(ValueError, match='"8s"'):
        parse(text)


@pytest.mark.parametrize("text", ["8", "0s", None])
def test_a_key_may_show_an_example_of_its_own(text: object) -> None:
    brief: TypeAdapter[timedelta] = TypeAdapter(Annotated[Duration, such_as("50ms")])
    with pytest.raises(ValidationError, match='"50ms"') as caught:
        brief.validate_python(text)
    assert '"8s"' not in str(caught.value)
    assert brief.validate_python("20ms") == timedelta(milliseconds=20)


@given(st.integers(1, 10**9).map(lambda number: timedelta(milliseconds=number)))
def test_written_and_read_again(length: timedelta) -> None:
    assert parse(written(length)) == length


def test_the_largest_whole_unit() -> None:
    lengths = (timedelta(days=7), timedelta(minutes=90), timedelta(seconds=8), timedelta(milliseconds=1500))
    assert [written(length) for length in lengths] == ["7d", "90m", "8s", "1500ms"]


@pytest.mark.parametrize(("text", "days"), [("30d", 30), (" 7 d ", 7), ("0d", 0), (timedelta(days=2), 2)])
def test_days_are_read_and_written(text: object, days: int) -> None:
    assert parse_days(text) == timedelta(days=days)
    assert written_days(timedelta(days=days)) == f"{days}d"


@pytest.mark.parametrize("text", ["12h", "1.5d", "", "-1d", 30, None, timedelta(hours=30), "999999d"])
def test_what_is_no_number_of_days_is_refused(text: object) -> None:
    with pytest.raises(ValueError, match='"30d"'):
        parse_days(text)


@pytest.mark.parametrize(("text", "seconds"), [("0s", 0), ("0ms", 0), (" 0 h ", 0), (timedelta(), 0), ("5s", 5)])
def test_a_pause_may_be_none(text: object, seconds: float) -> None:
    assert parse_pause(text).total_seconds() == seconds
    assert parse_pause(written_pause(parse_pause(text))) == parse_pause(text)


@pytest.mark.parametrize("text", ["0", 0, None, "-1s", "none", timedelta(seconds=-1)])
def test_what_is_no_pause_is_refused(text: object) -> None:
    with pytest.raises(ValueError, match='"8s"'):
        parse_pause(text)
