"""How a budget may be written."""

from datetime import timedelta

import pytest
from pydantic import TypeAdapter, ValidationError

from proxy.layers.budget import Rate
from proxy.settings.connectors.rates import Budget, among, rate_of

BUDGET: TypeAdapter[tuple[str, ...]] = TypeAdapter(Budget)


@pytest.mark.parametrize(
    ("text", "calls", "per"),
    [
        ("600/1m", 600, timedelta(minutes=1)),
        (" 10000 / 10m ", 10_000, timedelta(minutes=10)),
        ("4/500ms", 4, timedelta(milliseconds=500)),
    ],
)
def test_what_is_meant(text: str, calls: int, per: timedelta) -> None:
    assert BUDGET.validate_python([text]) == (text,)
    assert rate_of(text) == Rate(calls, per)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("600", 'such as "600/1m"'),
        ("600 per minute", 'such as "600/1m"'),
        ("-1/1m", 'such as "600/1m"'),
        ("600/minute", "not a length of time"),
        ("600/0s", "more than nothing"),
        ("0/1m", "between 1 and 100,000"),
        ("100001/1m", "between 1 and 100,000"),
        ("10000000000/365d", "between 1 and 100,000"),
        ("9" * 5_000 + "/1d", "between 1 and 100,000"),
    ],
)
def test_what_is_not(text: str, words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        BUDGET.validate_python([text])


def test_the_parts_of_several() -> None:
    assert among(("600/1m", "3/1s"), 4) == ("150/1m", "1/1s")
    assert among((), 4) == ()
