"""Tests of proxy/layers/extra.py."""

import pytest

from proxy.layers.extra import Extra


def _made(extra: Extra, calls: int = 1) -> int:
    """How many can be made one after the other, without a needed call between."""
    before = extra.made
    while tickets := extra.take(calls):
        for ticket in tickets:
            ticket.hand_back()
    return extra.made - before


def test_some_may_be_made_at_first_and_then_a_share_of_the_calls() -> None:
    extra = Extra(0.05)
    assert _made(extra) == 16
    for _ in range(100):
        extra.earn()
    assert _made(extra) in (4, 5)  # a twentieth is no whole number of bits


def test_no_more_is_saved_up_than_there_was_at_first() -> None:
    extra = Extra(0.5)
    for _ in range(1000):
        extra.earn()
    assert _made(extra) == 16


def test_halves_are_asked_both_or_none() -> None:
    extra = Extra(0.25)
    assert len(extra.take(2)) == 2
    assert _made(extra, 3) == 12
    assert extra.take(3) == []
    assert len(extra.take(2)) == 2


def test_only_so_many_at_once() -> None:
    extra = Extra(0.5)
    tickets = extra.take(8)
    assert extra.take(1) == []
    tickets[0].hand_back()
    tickets[0].hand_back()
    assert len(extra.take(1)) == 1
    assert extra.take(1) == []


def test_what_was_saved_up_can_be_lost() -> None:
    extra = Extra(0.5)
    extra.lose()
    assert extra.take(1) == []
    extra.earn()
    extra.earn()
    assert len(extra.take(1)) == 1


def test_no_share_is_never() -> None:
    extra = Extra(0)
    extra.earn()
    assert extra.take(1) == []


@pytest.mark.parametrize("share", [-0.1, 1.1])
def test_what_is_no_share(share: float) -> None:
    with pytest.raises(ValueError, match="no share"):
        Extra(share)
