"""Tests of calsync/plans/marks.py: what somebody made private at a copy stays private, whatever comes after it."""

from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

import pytest

from calsync.rules import Gets, Treat
from protocols.model.event import Event, Occurrence, Sensitivity, Span
from protocols.model.recurrence import Frequency, Recurrence
from tests.calsync.plans.model import ALL, World, event, giver, rules

HOUR: Final = timedelta(hours=1)
SERIES: Final = event(subject="Series", location="Room", rule=Recurrence(frequency=Frequency.DAILY, count=8))
PRIVATE: Final = Sensitivity.PRIVATE
assert isinstance(SERIES.when, Span)
SECOND: Final = SERIES.when.start + timedelta(days=1)
MOVED: Final = Occurrence(when=Span(SECOND + HOUR, SECOND + 2 * HOUR, SERIES.when.zone), subject="Once")
AS_USUAL: Final = Occurrence(when=Span(SECOND, SECOND + HOUR, SERIES.when.zone))


def marked(one: Event, *, gets: Gets = ALL, origin: Gets = ALL, **gives: Any) -> tuple[World, str]:
    """A series at ``a``, and its copy at ``b``, of which somebody made the second occurrence private."""
    here = World(rules(giver("a", origin, **gives), giver("b", gets)))
    key = here.put("a", one)
    here.quiet()
    there = here.only("b").exceptions.get(SECOND) or AS_USUAL
    at = {**here.only("b").exceptions, SECOND: replace(there, sensitivity=PRIVATE)}
    here.change("b", here.key("b"), exceptions=at)
    here.quiet()
    return here, key


def is_private(here: World) -> bool:
    """Whether the second occurrence of the copy is."""
    copy = here.only("b")
    one = copy.exceptions.get(SECOND)
    return copy.sensitivity is PRIVATE or (one is not None and one.sensitivity is PRIVATE)


WITH: Final = replace(SERIES, exceptions={SECOND: MOVED})


@pytest.mark.parametrize("one", [SERIES, WITH], ids=["plain", "differs"])
@pytest.mark.parametrize(
    "change",
    [
        {"subject": "Another"},
        {"location": "Elsewhere"},
        {"exceptions": {SECOND: replace(MOVED, subject="Changed")}},
        {"rule": Recurrence(frequency=Frequency.DAILY, count=9)},
        {"when": Span(SERIES.when.start, SERIES.when.end + HOUR, SERIES.when.zone)},
    ],
    ids=["subject", "location", "occurrence", "rule", "length"],
)
def test_a_private_occurrence_of_a_copy_stays_private_whatever_its_origin_says(
    one: Event, change: dict[str, Any]
) -> None:
    here, key = marked(one)
    assert is_private(here)
    assert here.only("b").sensitivity is Sensitivity.NORMAL
    assert here.only("a").exceptions.get(SECOND, MOVED).sensitivity is None
    for _ in range(2):
        here.change("a", key, **change)
        here.quiet()
        assert is_private(here)
        here.change("a", key, body="Notes")
        here.quiet()
        assert is_private(here)
        assert here.run().decisions == ()
        assert not any(each.steps for each in here.run(everything=True, whole=True).decisions)


def test_a_mark_of_an_occurrence_that_comes_no_more_is_set_on_all_of_the_copy() -> None:
    here, key = marked(WITH)
    assert isinstance(SERIES.when, Span)
    here.change("a", key, when=Span(SERIES.when.start + HOUR, SERIES.when.end + HOUR, SERIES.when.zone), exceptions={})
    here.quiet()
    assert here.only("b").sensitivity is PRIVATE
    assert here.only("a").sensitivity is Sensitivity.NORMAL
    here.change("a", key, subject="Another")
    here.quiet()
    assert (here.only("b").sensitivity, here.only("b").subject) == (PRIVATE, "Another")
    assert not any(each.steps for each in here.run(everything=True, whole=True).decisions)
    here.change("b", here.key("b"), sensitivity=Sensitivity.NORMAL)
    here.quiet()
    assert here.only("b").sensitivity is Sensitivity.NORMAL


def test_whoever_takes_the_mark_off_again_did_so() -> None:
    here, key = marked(WITH)
    here.change("a", key, exceptions={SECOND: replace(MOVED, subject="Changed")})
    here.quiet()
    there = here.only("b").exceptions[SECOND]
    here.change("b", here.key("b"), exceptions={SECOND: replace(there, sensitivity=None)})
    here.quiet()
    here.change("a", key, exceptions={SECOND: replace(MOVED, subject="Again")})
    here.quiet()
    assert here.only("b").exceptions == {SECOND: replace(MOVED, subject="Again")}


def test_a_mark_of_the_origin_goes_with_it() -> None:
    private = replace(WITH, exceptions={SECOND: replace(MOVED, sensitivity=PRIVATE)})
    here = World(rules(giver("a", private=Treat.COPY), giver("b")))
    key = here.put("a", private)
    here.quiet()
    here.rules = rules(giver("a"), giver("b"))
    here.change("a", key, exceptions=WITH.exceptions)
    here.run(everything=True, whole=True)
    here.quiet()
    assert not is_private(here)


def test_a_copy_that_is_private_by_the_rules_is_as_its_origin_without_them() -> None:
    here = World(rules(giver("a"), giver("b", replace(ALL, private=True))))
    here.put("a", WITH)
    here.quiet()
    assert here.only("b").sensitivity is PRIVATE
    here.rules = rules(giver("a"), giver("b"))
    here.run(everything=True, whole=True)
    here.quiet()
    assert not is_private(here)


@pytest.mark.parametrize("made", [event(subject="One"), WITH], ids=["all of it", "an occurrence"])
def test_a_mark_outlives_the_ledger(made: Event) -> None:
    here, key = marked(WITH) if made is WITH else (World(rules(giver("a"), giver("b"))), "")
    if made is not WITH:
        key = here.put("a", made)
        here.quiet()
        here.change("b", here.key("b"), sensitivity=PRIVATE)
        here.quiet()
    here.ledger.clear()
    here.run(everything=True, whole=True)
    here.quiet()
    assert is_private(here)
    here.change("a", key, subject="Another")
    here.quiet()
    assert (is_private(here), here.only("b").subject, len(here.shelves["b"])) == (True, "Another", 1)


@pytest.mark.parametrize("shut", [True, False])
def test_a_mark_stays_while_what_was_planned_is_not_written_yet(shut: bool) -> None:
    """The ledger knows the new times by then, and the copy has the old ones still."""
    assert isinstance(SERIES.when, Span)
    here, key = marked(SERIES)
    here.shut = {"b"} if shut else set()
    here.change("a", key, when=Span(SERIES.when.start + HOUR, SERIES.when.end + HOUR, SERIES.when.zone))
    here.run(fails=lambda step: True)
    here.shut = set()
    here.quiet()
    assert here.only("b").when == here.only("a").when
    assert is_private(here)
