"""What comes of items where the rules of a hub become others: what was put on never reaches an original."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from calsync.rules import Detail, Gets, Gives, SpokeRules, Treat
from calsync.steps import Step
from protocols.model.event import Event, Occurrence, Sensitivity, Span
from protocols.model.recurrence import Frequency, Recurrence
from tests.calsync.plans.model import ALL, World, event, giver, rules, whys

DAILY = Recurrence(frequency=Frequency.DAILY, count=3)
START = event().when.start  # type: ignore[union-attr]
PEOPLE = ("Organiser: Ann", "Bob")


def hub(get: Gets = ALL, **give: Any) -> World:
    """What is entered at ``a`` stands at ``b`` as ``get`` says."""
    return World(_rules(get, **give))


def _rules(get: Gets, origin: Gets = ALL, **give: Any) -> Any:
    return rules(giver("a", origin, **give), SpokeRules(name="b", gives=Gives(private=Treat.COPY), gets=get))


def others(here: World, get: Gets = ALL, **give: Any) -> None:
    here.rules = _rules(get, **give)


PUT_ON: list[tuple[Gets, Gets]] = [
    (replace(ALL, prefix="[A] "), replace(ALL, prefix="[B] ")),
    (replace(ALL, prefix="[A] "), ALL),
    (ALL, replace(ALL, prefix="[B] ", category="New")),
    (replace(ALL, category="Old"), replace(ALL, category="New")),
    (replace(ALL, category="Old", prefix="[A] ", people=True), ALL),
    (replace(ALL, people=True), replace(ALL, detail=Detail.SUBJECT)),
    (replace(ALL, private=True), ALL),
]


@pytest.mark.parametrize(("then", "now"), PUT_ON, ids=range(len(PUT_ON)))
@pytest.mark.parametrize("heard", [True, False], ids=["", "nobody heard of the write"])
def test_what_was_put_on_is_not_carried_where_the_rules_changed_before_the_edit_was_seen(
    then: Gets, now: Gets, heard: bool
) -> None:
    here = hub(then)
    here.put("a", event(body="Text", people=PEOPLE, categories=("Mine",)))
    here.quiet()
    here.change("b", here.key("b"), subject=here.only("b").subject + "!")
    others(here, now)
    if not heard:
        step = next(each for each in _steps(here) if each.spoke == "b")
        here._written(step)  # and the ledger does not hear of it
    here.run(everything=True)
    here.quiet()
    one = here.only("a")
    assert one == event(body="Text", people=PEOPLE, categories=("Mine",), subject="Stand-up!")
    assert here.only("b").subject == now.prefix + "Stand-up!"


def _steps(here: World) -> list[Step]:
    return [step for each in here.planned(everything=True).decisions for step in each.steps]


def test_texts_are_not_carried_with_the_people_or_the_category_of_before() -> None:
    here = hub(replace(ALL, category="Old", people=True))
    here.put("a", event(body="Text", people=PEOPLE))
    here.quiet()
    one = here.only("b")
    here.change("b", here.key("b"), body=one.body.replace("Text", "Longer"), categories=("Mine", "Old"))
    others(here, ALL)
    here.run(everything=True)
    here.quiet()
    assert (here.only("a").body, here.only("a").categories) == ("Longer", ("Mine",))
    assert (here.only("b").body, here.only("b").categories) == ("Longer", ("Mine",))


@pytest.mark.parametrize("then", [replace(ALL, subject="Taken"), replace(ALL, detail=Detail.BUSY)], ids=["", "busy"])
def test_another_subject_is_never_carried(then: Gets) -> None:
    here = World(_rules(then, replace(ALL, anonymous=True)))
    here.put("a", event(location="Room"))
    here.quiet()
    here.change("b", here.key("b"), subject=here.only("b").subject + " now", when=event(15).when)
    here.rules = _rules(ALL, replace(ALL, anonymous=True))
    here.run(everything=True)
    here.quiet()
    assert here.only("a") == here.only("b") == event(15, location="Room")


def test_an_occurrence_is_carried_without_what_was_put_on_before() -> None:
    here = hub(replace(ALL, prefix="[A] ", category="Old"))
    series = event(rule=DAILY, exceptions={START: Occurrence(when=event(11).when, subject="Late", categories=())})
    here.put("a", series)
    here.quiet()
    one = here.only("b").exceptions[START]
    here.change("b", here.key("b"), exceptions={START: replace(one, subject="[A] Later")})
    others(here, replace(ALL, prefix="[B] "))
    here.run(everything=True)
    here.quiet()
    assert here.only("a").exceptions[START] == Occurrence(when=event(11).when, subject="Later", categories=())
    assert here.only("b").exceptions[START].subject == "[B] Later"


def test_an_edit_that_came_before_a_stricter_rule_is_not_lost() -> None:
    here = hub()
    here.put("a", event(body="Text"))
    here.quiet()
    here.change("b", here.key("b"), body="Longer")
    others(here, replace(ALL, detail=Detail.SUBJECT, subject="Taken"))
    here.run(everything=True)
    here.quiet()
    assert (here.only("a").body, here.only("b").body, here.only("b").subject) == ("Longer", "", "Taken")


@pytest.mark.parametrize("treat", [Treat.SKIP, Treat.BUSY])
def test_an_occurrence_that_is_held_back_is_given_again_where_the_rules_let_it(treat: Treat) -> None:
    one = Occurrence(when=event(11).when, subject="Doctor", sensitivity=Sensitivity.PRIVATE)
    series = event(rule=DAILY, exceptions={START: one})
    here = hub(private=treat)
    here.put("a", series)
    here.quiet()
    assert here.only("b").exceptions[START] == (None if treat is Treat.SKIP else Occurrence(when=one.when))
    others(here, private=Treat.COPY)
    here.run(everything=True)
    assert here.only("b") == series
    others(here, private=treat)
    here.run(everything=True)
    assert "Doctor" not in str(here.stands("b"))
    assert here.only("a") == series


def test_nobody_moves_or_cancels_an_occurrence_that_is_held_back() -> None:
    one = Occurrence(when=event(11).when, subject="Doctor", sensitivity=Sensitivity.PRIVATE)
    series = event(rule=DAILY, exceptions={START: one})
    here = hub(private=Treat.BUSY)
    here.put("a", series)
    here.quiet()
    for instead in (Occurrence(when=event(14).when), None):
        here.change("b", here.key("b"), exceptions={START: instead})
        here.run(whole=True)
        here.quiet()
        assert here.only("a") == series
        assert here.only("b").exceptions[START] == Occurrence(when=one.when)


def _far(days: int) -> Event:
    when = event().when
    assert isinstance(when, Span)
    return event(when=Span(when.start + timedelta(days=days), when.end + timedelta(days=days)), subject=f"{days}")


def test_a_narrower_window_takes_back_what_lies_outside_of_it() -> None:
    here = hub()
    for days in (-150, -60, 0, 60, 300):
        here.put("a", _far(days))
    here.quiet()
    here.now += timedelta(days=100)  # -150 has slipped out of the window, and stays as it is
    here.run(everything=True)
    assert {each["subject"] for each in here.stands("b")} == {"-150", "-60", "0", "60", "300"}
    others(here, ahead=timedelta(days=30))
    made = here.run(everything=True, narrower={"a": frozenset({"ahead"})})
    assert whys(made) == [("b", "WITHDRAWN")]
    assert {each["subject"] for each in here.stands("b")} == {"-150", "-60", "0", "60"}
    others(here, ahead=timedelta(days=30), back=timedelta(days=120))
    here.run(everything=True, narrower={"a": frozenset({"back"})})
    assert {each["subject"] for each in here.stands("b")} == {"0", "60"}
    assert len(here.stands("a")) == 5
    here.quiet()


def test_what_lay_too_far_ahead_comes_again_when_it_is_time() -> None:
    here = hub()
    here.put("a", _far(60))
    here.quiet()
    others(here, ahead=timedelta(days=30))
    here.run(everything=True, narrower={"a": frozenset({"ahead"})})
    here.quiet()
    assert here.stands("b") == []
    here.now += timedelta(days=31)
    here.quiet()
    assert here.only("b") == _far(60)


def test_what_was_taken_back_is_not_given_again_by_the_next_change() -> None:
    here = hub(replace(ALL, delete=False))
    here.put("a", _far(60))
    here.quiet()
    others(here, replace(ALL, delete=False), ahead=timedelta(days=30))
    here.run(everything=True, narrower={"a": frozenset({"ahead"})})
    here.quiet()
    assert here.only("b").subject == "Busy"  # it may not be removed
    here.change("a", here.key("a"), subject="60 and more")
    here.quiet()
    assert here.only("b").subject == "Busy"


ANONYMOUS: list[tuple[Gets, dict[str, Any]]] = [
    (ALL, {"private": Treat.BUSY}),
    (ALL, {"private": Treat.COPY, "detail": Detail.BUSY}),
    (replace(ALL, detail=Detail.BUSY), {"private": Treat.COPY}),
    (replace(ALL, subject="Taken"), {"private": Treat.COPY}),
]


@pytest.mark.parametrize(("get", "give"), ANONYMOUS, ids=range(len(ANONYMOUS)))
@pytest.mark.parametrize("anonymous", [False, True])
def test_who_removes_or_moves_a_block_does_not_remove_or_move_what_they_cannot_know(
    get: Gets, give: dict[str, Any], anonymous: bool
) -> None:
    one = event(sensitivity=Sensitivity.PRIVATE, body="Secret")
    here = World(_rules(get, replace(ALL, anonymous=anonymous), **give))
    here.put("a", one)
    here.quiet()
    before = here.only("b")
    here.change("b", here.key("b"), when=event(15).when)
    here.quiet()
    assert here.only("a") == (replace(one, when=event(15).when) if anonymous else one)
    assert here.only("b") == (replace(before, when=event(15).when) if anonymous else before)
    here.remove("b", here.key("b"))
    here.quiet()
    stands = {name: len(here.shelves[name]) for name in "ab"}
    assert stands == ({"a": 0, "b": 0} if anonymous else {"a": 1, "b": 1})


def test_what_was_a_block_when_it_was_removed_was_one() -> None:
    here = hub(replace(ALL, detail=Detail.BUSY))
    here.put("a", event())
    here.quiet()
    here.remove("b", here.key("b"))
    others(here, ALL)
    assert whys(here.run(everything=True)) == [("b", "LOST")]
    assert here.only("b") == here.only("a") == event()


@pytest.mark.parametrize("delete", [True, False], ids=["removed", "emptied"])
def test_copies_from_a_spoke_that_is_named_no_more_wait_for_a_word(delete: bool) -> None:
    here = World(rules(giver("a"), giver("b", replace(ALL, delete=delete))))
    here.put("a", event(body="Notes"))
    here.quiet()
    here.rules = rules(giver("b", replace(ALL, delete=delete)), giver("c"))
    here.away = {"a"}
    made = here.planned(everything=True, whole=True)
    assert [step.why.name for each in made.decisions for step in each.steps if step.spoke == "b"] == ["WITHDRAWN"]
    assert [(stop.guard, stop.spoke) for stop in made.stops] == [("deletions", "a")]
