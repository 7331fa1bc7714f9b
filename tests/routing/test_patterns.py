"""Tests of routing/patterns.py."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.model.mailbox import Mailbox
from routing.patterns import Patterns

PATTERNS = Patterns(
    {
        "Ann@B.example": "ann",
        "b.example": "domain",
        "*.b.example": "below",
        "*.deep.b.example": "deeper",
        "*": "anybody",
    }
)


@pytest.mark.parametrize(
    ("address", "value"),
    [
        ("ANN@b.EXAMPLE", "ann"),
        ("bob@b.example", "domain"),
        ("bob@x.b.example", "below"),
        ("bob@deep.b.example", "below"),
        ("bob@x.deep.b.example", "deeper"),
        ("bob@y.x.deep.b.example", "deeper"),
        ("bob@notb.example", "anybody"),
        ("bob@example", "anybody"),
    ],
)
def test_the_most_particular_wins(address: str, value: str) -> None:
    assert PATTERNS.find(Mailbox.parse(address)) == value


def test_a_star_domain_is_not_the_domain() -> None:
    assert Patterns({"*.b.example": 1}).find(Mailbox.parse("bob@b.example")) is None


@pytest.mark.parametrize("text", ["", "a b", "*.", "b..example", "@b.example", "ann@", "**"])
def test_what_is_no_pattern_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        Patterns({text: 1})


def test_two_spellings_of_one_pattern_are_refused() -> None:
    with pytest.raises(ValueError, match=r"named twice: b\.example"):
        Patterns({"b.example": 1, "B.Example.": 2})


@given(st.lists(st.sampled_from(["a", "b", "c"]), min_size=1, max_size=5), st.sets(st.integers(0, 5)))
def test_it_agrees_with_walking_the_list(labels: list[str], stars: set[int]) -> None:
    domain = ".".join(labels)
    parents = {"*." + ".".join(labels[n:]): n for n in stars if 0 < n < len(labels)}
    found = Patterns(parents or {"zz": -1}).find(Mailbox.parse(f"x@{domain}"))
    assert found == min(parents.values(), default=None)


def test_all_that_fit_come_the_most_particular_first() -> None:
    assert list(PATTERNS.fitting(Mailbox.parse("ann@b.example"))) == ["ann", "domain", "anybody"]
    assert list(PATTERNS.fitting(Mailbox.parse("x@y.deep.b.example"))) == ["deeper", "below", "anybody"]
    assert list(Patterns({"b.example": 1}).fitting(Mailbox.parse("x@c.example"))) == []
