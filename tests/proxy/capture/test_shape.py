"""What a line of a capture must look like."""

from typing import Any

import pytest

from proxy.capture import shape


@pytest.mark.parametrize(
    ("fits", "good", "bad"),
    [
        (shape.text, ["", "x"], [5, None, ["x"]]),
        (shape.visible, ["", "/EWS/?a=b"], ["a b", "\x1b", "ä", 5]),
        (shape.number, [0, 5], [-1, True, 1.0, "5"]),
        (shape.truth, [True, False], [0, 1, "true"]),
        (shape.status, [100, 599], [99, 600, True, "200"]),
        (shape.fields, [[], [["a"], ["a", 5]]], [["a"], [[]], [[5]], [["a", "b", "c"]], {}]),
        (shape.table, [{}], [[], None]),
        (shape.nothing_or_table, [{}, None], [[], ""]),
        (shape.one_of({"a"}), ["a"], ["b", ["a"], {}]),
    ],
)
def test_shapes(fits: shape.Shape, good: list[Any], bad: list[Any]) -> None:
    assert all(fits(value) for value in good)
    assert not any(fits(value) for value in bad)


def test_words_for_what_is_wrong() -> None:
    shapes = {"a": shape.text}
    assert shape.checked({"a": "x", "b": 1}, shapes) == {"a": "x", "b": 1}
    assert shape.checked({}, shapes, needed=frozenset()) == {}
    for value, words in (([], "it is no table"), ({}, 'it has no "a"'), ({"a": 5}, '"a" is not what it must be')):
        with pytest.raises(ValueError, match=words):
            shape.checked(value, shapes)
