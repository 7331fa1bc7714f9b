"""Tests of calsync/plans/giving.py: what a spoke gives, and why not."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st

from calsync.plans.details import BUSY, level
from calsync.plans.giving import NOT_GIVEN, Given, answered, given, left_out, narrowed, unanswered
from calsync.rules import Detail, Gives, Treat
from protocols.model.event import Event, Occurrence, Response, Sensitivity, Span
from protocols.model.intervals import BusyStatus
from protocols.model.recurrence import Frequency, Recurrence
from tests.calsync.plans.model import NOW, days, event, person

SORTS: dict[str, dict[str, Any]] = {
    "private": {"sensitivity": Sensitivity.CONFIDENTIAL},
    "tentative": {"response": Response.TENTATIVE},
    "free": {"shows": BusyStatus.FREE},
    "all_day": {"when": days()},
    "declined": {"response": Response.DECLINED},
    "cancelled": {"cancelled": True},
}


@pytest.mark.parametrize("sort", SORTS)
@pytest.mark.parametrize("treat", Treat)
def test_each_sort_is_treated_as_its_rule_says(sort: str, treat: Any) -> None:
    told = given(event(body="Long", **SORTS[sort]), replace(Gives(), **{sort: treat}), NOW)
    if treat is Treat.SKIP:
        assert told.fields is None
        assert told.why == f"{sort} items are not given ({sort} = skip)"
        return
    assert told.fields is not None
    assert ("subject" in told.fields, "body" in told.fields) == ((treat is Treat.COPY,) * 2)
    assert (level(told.fields) == BUSY) == (treat is Treat.BUSY)


def test_of_several_sorts_the_strictest_counts() -> None:
    both = event(shows=BusyStatus.FREE, sensitivity=Sensitivity.PRIVATE)
    assert given(both, Gives(private=Treat.SKIP, free=Treat.BUSY), NOW).fields is None


def test_private_cards_are_not_given_and_others_without_their_notes() -> None:
    assert given(person(private=True), Gives(), NOW).fields is None
    told = given(person(notes="x"), Gives(detail=Detail.SUBJECT), NOW).fields
    assert told is not None
    assert "notes" not in told


@pytest.mark.parametrize(
    ("gives", "why"),
    [
        (None, NOT_GIVEN),
        (Gives(categories=frozenset({"Work"})), "has none of the categories that are given"),
        (Gives(without=frozenset({"HOME"})), "has a category that is not given"),
        (Gives(subjects=("Sit*",)), "its subject is none of those that are given"),
        (Gives(without_subjects=("stand?up",)), "its subject is one of those that are not given"),
        (Gives(categories=frozenset({"home"}), subjects=("*-UP", "x")), ""),
        (Gives(without_subjects=("[s]tand-up",)), ""),
    ],
)
def test_filters_fold_the_case_and_know_two_signs(gives: Gives | None, why: str) -> None:
    assert given(event(categories=("Home",)), gives, NOW).why == why


WINDOW = Gives(back=timedelta(days=2), ahead=timedelta(days=2))


def later(number: int, **more: Any) -> Event:
    when = event().when
    assert isinstance(when, Span)
    return event(when=Span(when.start + timedelta(days=number), when.end + timedelta(days=number)), **more)


def test_what_lies_ahead_is_due_when_it_comes_into_the_window() -> None:
    told = given(later(30), WINDOW, NOW)
    assert told.fields is None
    assert told.due == later(28).when.start  # type: ignore[union-attr]
    assert told.due is not None
    assert given(later(30), WINDOW, told.due + timedelta(seconds=1)).fields is not None


def test_what_lies_behind_is_never_due_and_what_was_taken_stays() -> None:
    told = given(later(-30), WINDOW, NOW)
    assert (told.fields, told.due) == (None, None)
    assert given(later(-30), WINDOW, NOW, taken=True).fields is not None


def test_a_series_is_taken_for_any_occurrence_in_the_window_and_due_for_the_next() -> None:
    weekly = Recurrence(frequency=Frequency.DAILY, interval=10)
    assert given(later(-40, rule=weekly), WINDOW, NOW).fields is not None
    told = given(later(-37, rule=weekly), WINDOW, NOW)
    assert told.due == later(1).when.start  # type: ignore[union-attr]
    ended = Recurrence(frequency=Frequency.DAILY, count=3)
    assert given(later(-37, rule=ended), WINDOW, NOW).due is None


@pytest.mark.parametrize(("treat", "text"), [(Treat.SKIP, "null"), (Treat.BUSY, '"when"'), (Treat.COPY, "Secret")])
def test_a_private_occurrence_of_a_series_is_withheld_by_itself(treat: Treat, text: str) -> None:
    start = event().when.start  # type: ignore[union-attr]
    one = Occurrence(when=event(11).when, subject="Secret", sensitivity=Sensitivity.PRIVATE)
    series = event(rule=Recurrence(frequency=Frequency.DAILY, count=3), exceptions={start: one})
    told = given(series, Gives(private=treat), NOW)
    assert told.fields is not None
    assert text in told.fields["at 2026-11-03T09:00:00Z"]
    assert ("Secret" in str(told.fields)) == (treat is Treat.COPY)
    assert bool(told.withheld) == (treat is not Treat.COPY)


OTHERS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "private": ({"sensitivity": Sensitivity.CONFIDENTIAL}, {"private": Treat.BUSY}),
    "tentative": ({"shows": BusyStatus.TENTATIVE}, {"tentative": Treat.BUSY}),
    "free": ({"shows": BusyStatus.FREE}, {"free": Treat.BUSY}),
    "all_day": ({"when": days()}, {"all_day": Treat.BUSY}),
    "declined": ({"response": Response.DECLINED}, {"declined": Treat.BUSY}),
    "tentative answer": ({"response": Response.TENTATIVE}, {"tentative": Treat.BUSY}),
}


def series(**more: Any) -> Event:
    one = Occurrence(**{"when": event(11).when, "subject": "Doctor: Secret", "body": "Secret"} | more)
    start = event().when.start  # type: ignore[union-attr]
    return event(rule=Recurrence(frequency=Frequency.DAILY, count=3), exceptions={start: one}, categories=("Work",))


@pytest.mark.parametrize(("said", "gives"), OTHERS.values(), ids=OTHERS)
@pytest.mark.parametrize("treat", Treat)
def test_each_rule_reaches_single_occurrences(said: dict[str, Any], gives: dict[str, Any], treat: Any) -> None:
    told = given(series(**said), replace(Gives(), **dict.fromkeys(gives, treat)), NOW)
    assert told.fields is not None
    assert level(told.fields) == "full"
    assert ("Secret" in str(told.fields)) == (treat is Treat.COPY)
    assert (told.fields["at 2026-11-03T09:00:00Z"] == "null") == (treat is Treat.SKIP)
    assert (told.withheld == {"at 2026-11-03T09:00:00Z"}) == (treat is not Treat.COPY)


@pytest.mark.parametrize("response", Response)
@pytest.mark.parametrize("treat", Treat)
def test_a_date_of_which_only_the_answer_differs(response: Response, treat: Any) -> None:
    start = event().when.start  # type: ignore[union-attr]
    one = Occurrence(when=event().when, response=response)
    told = given(replace(series(), exceptions={start: one}), Gives(declined=treat), NOW)
    assert told.fields is not None
    declined = response is Response.DECLINED and treat is Treat.SKIP
    assert told.fields.get("at 2026-11-03T09:00:00Z") == ("null" if declined else None)
    assert told.withheld == (frozenset({"at 2026-11-03T09:00:00Z"}) if declined else frozenset())
    as_busy = given(replace(series(), exceptions={start: one}), Gives(declined=treat, detail=Detail.BUSY), NOW)
    assert as_busy.withheld == told.withheld


def test_a_declined_series_is_given_where_one_of_its_dates_was_accepted() -> None:
    one = replace(series(response=Response.ACCEPTED), response=Response.DECLINED)
    assert given(one, Gives(), NOW).fields is not None
    assert given(unanswered(one), Gives(), NOW).fields is not None
    assert given(replace(one, exceptions={}), Gives(), NOW).fields is None


AT = "at 2026-11-03T09:00:00Z"


@pytest.mark.parametrize(
    ("before", "now", "withheld", "names"),
    [
        ({}, {AT: "null"}, {AT}, {AT}),
        ({AT: "null"}, {AT: "null"}, {AT}, set()),
        ({AT: "null"}, {}, set(), {AT}),
        ({AT: '{"when":1}'}, {}, set(), set()),  # that it is as all others shows there
        ({AT: '{"when":1}'}, {AT: '{"subject":"x","when":1}'}, set(), {AT}),
        ({AT: "null"}, {AT: '{"when":1}'}, set(), {AT}),
        ({AT: '{"when":1}'}, {AT: '{"when":1}'}, set(), set()),
    ],
)
def test_what_another_answer_alone_changes(before: Any, now: Any, withheld: set[str], names: set[str]) -> None:
    assert answered(before, Given(fields=now, withheld=frozenset(withheld))) == names
    assert answered(before, Given(withheld=frozenset(withheld))) == frozenset()


def test_what_is_left_out_though_its_origin_says_nothing_of_it() -> None:
    other = "at 2026-11-04T09:00:00Z"
    assert left_out({AT: "null", other: "null", "subject": "null"}, {other}) == {AT}


def test_answers_of_occurrences_are_left_aside() -> None:
    told = unanswered(series(response=Response.DECLINED))
    assert told == series()
    assert unanswered(person()) == person()


@pytest.mark.parametrize(
    ("gives", "said", "there"),
    [
        (Gives(without_subjects=("doctor*",)), {}, False),
        (Gives(without_subjects=("doctor*",)), {"subject": None}, True),
        (Gives(without=frozenset({"own"})), {"categories": ("Own",)}, False),
        (Gives(categories=frozenset({"Work"})), {"categories": ("Own",)}, False),
        (Gives(categories=frozenset({"Work"})), {"categories": None}, True),
        (Gives(subjects=("Stand*",)), {}, False),
        (Gives(subjects=("Stand*",)), {"subject": "Stand-down"}, True),
    ],
)
def test_filters_reach_single_occurrences(gives: Gives, said: dict[str, Any], there: bool) -> None:
    told = given(series(**said), gives, NOW)
    assert told.fields is not None
    assert (told.fields["at 2026-11-03T09:00:00Z"] != "null") == there
    assert ("Secret" in str(told.fields)) == there


def test_an_occurrence_that_is_called_off_or_tells_no_more_than_all_is_not_withheld() -> None:
    called_off = replace(series(), exceptions=dict.fromkeys(series().exceptions))
    assert given(called_off, Gives(), NOW).withheld == frozenset()
    busy = given(series(sensitivity=Sensitivity.PRIVATE), Gives(private=Treat.BUSY, detail=Detail.BUSY), NOW)
    assert (busy.withheld, "Secret" in str(busy.fields)) == (frozenset(), False)


@pytest.mark.parametrize(
    ("back", "ahead", "bounds"),
    [(2, 2, set()), (1, 3, {"ahead"}), (3, 2, {"back"}), (3, 3, {"back", "ahead"}), (None, None, set())],
)
def test_bounds_that_are_less_now_are_named(back: int | None, ahead: int | None, bounds: set[str]) -> None:
    before = [None if each is None else timedelta(days=each) for each in (back, ahead)]
    assert narrowed(WINDOW, *before) == bounds
    assert narrowed(None, *before) == frozenset()


def test_what_was_taken_goes_beyond_a_bound_that_is_less_now() -> None:
    for number, bound in ((30, "ahead"), (-30, "back")):
        for narrower in ("ahead", "back"):
            told = given(later(number), WINDOW, NOW, taken=True, narrower={narrower})
            assert (told.fields is None) == (narrower == bound)
    assert given(later(30), WINDOW, NOW, taken=True, narrower={"ahead"}).due is not None
    assert given(person(), WINDOW, NOW, taken=True, narrower={"back"}).fields is not None


@settings(max_examples=50)
@drawn(subject=st.text(), location=st.text(), body=st.text(), people=st.text(), categories=st.text())
def test_of_busy_items_the_same_is_given_whatever_the_texts(
    subject: str, location: str, body: str, people: str, categories: str
) -> None:
    said = event(subject=subject, location=location, body=body, people=(people,), categories=(categories,))
    assert given(said, Gives(detail=Detail.BUSY), NOW) == given(event(), Gives(detail=Detail.BUSY), NOW)
