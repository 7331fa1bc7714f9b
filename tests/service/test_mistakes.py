"""Tests of service/mistakes.py."""

import pytest
from pydantic import ValidationError

from service.mistakes import raise_all


def test_nothing_is_raised_of_nothing() -> None:
    raise_all([])


def test_each_stands_at_its_own_place() -> None:
    with pytest.raises(ValidationError) as raised:
        raise_all([(("a", 0, "b"), "one {brace}"), (("c",), "two")])
    assert [(each["loc"], each["msg"]) for each in raised.value.errors()] == [
        (("a", 0, "b"), "one {brace}"),
        (("c",), "two"),
    ]
