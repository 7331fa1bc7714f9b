"""Tests of proxy/layers/cuts.py: what is remembered, and how much of it."""

from dataclasses import replace
from datetime import timedelta

from protocols.model.freebusy import Availability, Detail
from protocols.model.intervals import EMPTY, Intervals
from proxy.layers.cuts import Cuts
from proxy.layers.packed import Packer, weight
from tests.contracts.scripted import block, boxes, window
from tests.contracts.virtual import START

[ANN] = boxes("ann")
PART = Availability(mailbox=ANN, window=window(0, 24), intervals=EMPTY, source="b", as_of=START)
KEPT = Packer().pack(PART)
LIFE = timedelta(seconds=60)
ONE = 700 + weight(KEPT) + PART.intervals.nbytes


def _added(cuts: Cuts, hour: int, *addresses: str, after: float = 0) -> None:
    for address in addresses:
        cuts.add(window(hour, 1), address, KEPT, PART, START + timedelta(seconds=after))


def test_a_part_is_found_under_its_window_and_address() -> None:
    cuts = Cuts(LIFE)
    _added(cuts, 1, "ann", "bob")
    assert cuts.of(window(1, 1))["ann"] == (KEPT, PART)
    assert cuts.of(window(2, 1)) == {}
    assert "carl" not in cuts.of(window(1, 1))


def test_the_window_that_has_collected_the_longest_goes_first() -> None:
    cuts = Cuts(LIFE, 4 * ONE)
    _added(cuts, 1, "ann", "bob")
    _added(cuts, 2, "ann", "bob")
    _added(cuts, 3, "ann")
    assert [len(cuts.of(window(hour, 1))) for hour in (1, 2, 3)] == [0, 2, 1]
    assert cuts.weight == 3 * ONE


def test_a_window_goes_when_its_first_answers_have_expired_whoever_is_asked_about_next() -> None:
    cuts = Cuts(LIFE)
    _added(cuts, 1, "ann", "bob")
    _added(cuts, 2, "ann", after=30)
    _added(cuts, 1, "carl", after=59.9)
    assert set(cuts.of(window(1, 1))) == {"ann", "bob", "carl"}
    _added(cuts, 3, "ann", after=60)
    assert [len(cuts.of(window(hour, 1))) for hour in (1, 2, 3)] == [0, 1, 1]
    assert cuts.weight == 2 * ONE


def test_a_clock_that_was_set_back_keeps_no_window_for_longer() -> None:
    cuts = Cuts(LIFE)
    _added(cuts, 1, "ann", after=86_400)
    _added(cuts, 2, "ann")
    assert [len(cuts.of(window(hour, 1))) for hour in (1, 2)] == [0, 1]
    assert cuts.weight == ONE


def test_the_bound_holds_within_one_window_and_for_parts_that_are_replaced() -> None:
    cuts = Cuts(LIFE, 3 * ONE)
    _added(cuts, 1, "ann", "ann", "ann", "ann")
    assert cuts.weight == ONE
    _added(cuts, 1, *(f"person{n}" for n in range(100)))
    assert 0 <= cuts.weight <= 3 * ONE
    assert sum(len(cuts.of(window(hour, 1))) for hour in range(5)) * ONE == cuts.weight


def test_a_long_answer_weighs_what_it_holds() -> None:
    blocks = Intervals.pack([block(hour, 0.5, subject=f"a meeting about {hour}") for hour in range(1_000)])
    long = replace(PART, intervals=blocks, detail=Detail.DETAILS, window=window(0, 1_000))
    cuts = Cuts(LIFE)
    cuts.add(window(0, 1_000), "ann", Packer().pack(long), long, START)
    assert cuts.weight > 2 * 70_000
