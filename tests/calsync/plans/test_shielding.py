"""Tests of calsync/plans/shielding.py: nothing that an original holds back is destroyed by a change made elsewhere."""

import json
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calsync.contents import fields
from calsync.event_fields import AT, FRAME, field_of
from calsync.items import Fields
from calsync.plans.details import masked
from calsync.plans.shielding import HOLDS
from calsync.rules import Conflict, Detail, Gets, Gives, Kind, SpokeRules, Treat
from calsync.spoke import Act
from protocols.model.event import Event, Occurrence, Sensitivity, Span, When
from protocols.model.recurrence import Frequency, Recurrence
from tests.calsync.plans.model import ALL, World, event, giver, rules

DAILY: Final = Recurrence(frequency=Frequency.DAILY, count=8)
SERIES: Final = event(subject="Series", body="Notes", rule=DAILY)
ZONE: Final = "Europe/Berlin"
_HOUR: Final = timedelta(hours=1)
_PARTS: Final = ("subject", "location", "body", "sensitivity")


def nth(number: int) -> datetime:
    """When an occurrence of SERIES begins."""
    assert isinstance(SERIES.when, Span)
    return SERIES.when.start + timedelta(days=number)


def moved(number: int, **more: Any) -> Occurrence:
    """An occurrence that is three hours later than it would be."""
    start = nth(number) + 3 * _HOUR
    return Occurrence(when=Span(start, start + _HOUR, ZONE), **more)


SURGEON: Final = moved(1, subject="Surgeon", body="PRECIOUS", location="Clinic")
HIDDEN: Final = replace(SURGEON, sensitivity=Sensitivity.PRIVATE)


def hub(one: Occurrence, gives: Gives, gets: Gets = ALL, **more: Any) -> tuple[World, str]:
    """A series at ``a`` of which one occurrence is ``one``, and its copy at ``b``."""
    here = World(rules(SpokeRules(name="a", gives=gives, gets=ALL), giver("b", gets)))
    key = here.put("a", replace(SERIES, exceptions={nth(1): one}), **more)
    here.quiet()
    return here, key


def shifted(one: Event, by: timedelta) -> Event:
    """The series at other times, with all that differs of it, as programs move one."""
    exceptions: dict[Any, Occurrence | None] = {
        start + by: each and replace(each, when=_on(each.when, by)) for start, each in one.exceptions.items()
    }
    return replace(one, when=_on(one.when, by), exceptions=exceptions)


def _on(when: When, by: timedelta) -> Span:
    assert isinstance(when, Span)
    return Span(when.start + by, when.end + by, when.zone)


@pytest.mark.parametrize(
    ("one", "gives", "more"),
    [
        (HIDDEN, Gives(), {}),
        (HIDDEN, Gives(private=Treat.BUSY), {}),
        (SURGEON, Gives(detail=Detail.SUBJECT), {}),
        (SURGEON, Gives(), {"cut": frozenset({field_of(nth(1))})}),
        (SURGEON, Gives(), {"frail": frozenset({field_of(nth(1))})}),
    ],
)
@pytest.mark.parametrize("far", [False, True])
def test_a_series_that_holds_back_an_occurrence_is_neither_ended_nor_moved_elsewhere(
    one: Occurrence, gives: Gives, more: dict[str, Any], far: bool
) -> None:
    here, key = hub(one, gives, **more)
    before, copy = here.shelves["a"][key], here.only("b")
    there = here.key("b")
    if far:
        here.shelves["b"][there] = replace(here.shelves["b"][there], content=shifted(copy, _HOUR))
        here.touch("b", there)
    else:
        here.change("b", there, rule=replace(DAILY, count=4), subject="Renamed")
    (decision,) = here.run().decisions
    assert [(left.spoke, left.words) for left in decision.left] == [("a", HOLDS)]
    here.quiet()
    after = here.shelves["a"][key].content
    assert isinstance(after, Event)
    assert replace(after, subject="Series") == before.content
    assert after.subject == ("Series" if far else "Renamed")
    assert here.only("b") == replace(copy, subject=after.subject)


def test_nothing_is_written_before_it_was_seen_what_stands_there() -> None:
    here, key = hub(HIDDEN, Gives())
    before = here.shelves["a"][key].content
    here.away = {"a"}
    here.change("b", here.key("b"), rule=replace(DAILY, count=4))
    here.run()
    here.away = set()
    made = here.run()
    assert not [step for decision in made.decisions for step in decision.steps if step.spoke == "a"]
    here.quiet()
    assert here.shelves["a"][key].content == before
    assert here.only("b").rule == DAILY


def test_what_is_told_in_full_is_ended_and_moved_from_everywhere() -> None:
    here, key = hub(SURGEON, Gives())
    there = here.key("b")
    here.shelves["b"][there] = replace(here.shelves["b"][there], content=shifted(here.only("b"), _HOUR))
    here.touch("b", there)
    here.quiet()
    now = here.shelves["a"][key].content
    assert isinstance(now, Event)
    assert list(now.exceptions) == [nth(1) + _HOUR]
    assert now.exceptions[nth(1) + _HOUR] == replace(SURGEON, when=_on(SURGEON.when, _HOUR))


@pytest.mark.parametrize("detail", [Detail.SUBJECT, Detail.BUSY])
def test_who_does_not_see_all_of_an_occurrence_takes_nothing_from_it(detail: Detail) -> None:
    here, key = hub(SURGEON, Gives(), replace(ALL, detail=detail))
    before, there = here.shelves["a"][key].content, here.key("b")
    for content in (shifted(here.only("b"), _HOUR), replace(here.only("b"), exceptions={})):
        here.shelves["b"][there] = replace(here.shelves["b"][there], content=content)
        here.touch("b", there)
        here.run()
        here.quiet()
        assert here.shelves["a"][key].content == before


def test_somebodys_own_of_the_same_holds_back_as_well() -> None:
    here = World(rules(giver("a"), giver("b")))
    plain = replace(SERIES, exceptions={nth(1): HIDDEN})
    here.put("a", SERIES, uid="u1")
    here.put("b", plain, uid="u1")
    here.quiet()
    here.change("a", here.key("a"), rule=replace(DAILY, count=4))
    (decision,) = here.run().decisions
    assert [(left.spoke, left.words) for left in decision.left] == [("b", HOLDS)]
    assert here.only("b").exceptions == plain.exceptions
    assert here.only("b").rule == DAILY


@st.composite
def series(draw: st.DrawFn) -> tuple[Event, frozenset[str]]:
    """A series of which some occurrences differ, and the fields of those that are told shorter than they are."""
    exceptions: dict[Any, Occurrence | None] = {}
    cut = set[str]()
    for number in draw(st.sets(st.integers(0, 7), max_size=4)):
        texts = {name: f"{name} {number}" for name in draw(st.sets(st.sampled_from(_PARTS[:3])))}
        private = {"sensitivity": Sensitivity.PRIVATE} if draw(st.booleans()) else {}
        exceptions[nth(number)] = draw(st.sampled_from([None, moved(number, **texts, **private)]))
        if exceptions[nth(number)] is not None and draw(st.integers(0, 3)) == 0:
            cut.add(field_of(nth(number)))
    return replace(SERIES, exceptions=exceptions), frozenset(cut)


def typed(one: Event, how: str, pick: int, text: str) -> Event:
    """What somebody makes of a copy; all that they type has ``text`` in it."""
    starts = sorted(one.exceptions, key=str)
    start: Any = starts[pick % len(starts)] if starts else nth(pick % 8)
    exceptions = dict(one.exceptions)
    was = exceptions.get(start)
    match how:
        case "end":
            return replace(one, rule=replace(DAILY, count=1 + pick % 8))
        case "move":
            return shifted(one, _HOUR)
        case "move alone":
            return replace(shifted(one, _HOUR), exceptions={})
        case "plain":
            exceptions.pop(start, None)
        case "cancel":
            exceptions[start] = None
        case "write":
            exceptions[start] = replace(was or moved(pick % 8), subject=text)
        case "later":
            exceptions[nth(pick % 8)] = moved(pick % 8, body=text)
        case _:
            return replace(one, subject=text)
    return replace(one, exceptions=exceptions)


@given(
    made=series(),
    gives=st.builds(Gives, private=st.sampled_from(Treat), detail=st.sampled_from(Detail)),
    later=st.builds(Gives, private=st.sampled_from(Treat), detail=st.sampled_from(Detail)),
    gets=st.builds(lambda detail, prefix: replace(ALL, detail=detail, prefix=prefix),
                   st.sampled_from(Detail), st.sampled_from(["", "[A] "])),
    acts=st.lists(
        st.tuples(
            st.sampled_from(["end", "move", "move alone", "plain", "cancel", "write", "later", "name"]),
            st.integers(0, 20),
        ),
        min_size=1,
        max_size=3,
    ),
    conflicts=st.sampled_from([Conflict.NEWEST, Conflict.HUB, Conflict.ORDER]),
    away=st.booleans(),
)  # fmt: skip
def test_nothing_of_an_original_that_the_hub_was_never_given_changes(
    made: tuple[Event, frozenset[str]],
    gives: Gives,
    later: Gives,
    gets: Gets,
    acts: list[tuple[str, int]],
    conflicts: Conflict,
    away: bool,
) -> None:
    original, cut = made

    def by(told: Gives) -> Any:
        return rules(SpokeRules(name="a", gives=told, gets=ALL), giver("b", gets), conflicts=conflicts)

    here = World(by(gives))
    key = here.put("a", original, cut=cut)
    here.quiet()
    raw = fields(original)
    if not here.shelves["b"]:
        return
    for number, (how, pick) in enumerate(acts):
        there = here.key("b")
        copy = here.shelves["b"][there].content
        assert isinstance(copy, Event)
        here.shelves["b"][there] = replace(
            here.shelves["b"][there], content=typed(copy, how, pick, f"typed {number}")
        )  # fmt: skip
        here.touch("b", there)
        here.away = {"a"} if away else set()
        _judged(here, raw)
        here.away = set()
        for _ in range(4):
            _judged(here, raw)
        _unharmed(here, key, raw, gives, cut)
        raw = fields(here.shelves["a"][key].content)
        if key not in here.shelves["a"] or not here.shelves["b"]:
            return
    here.rules = by(later)
    here.run(everything=True)
    for _ in range(3):
        _judged(here, raw)
    assert fields(here.shelves["a"][key].content) == raw


def _judged(here: World, raw: Fields) -> None:
    """One run, in which nothing is written to the original but what stood in it, or was typed."""
    stood = {text for name, told in raw.items() if name.startswith(AT) for text in _texts(told)}
    for decision in here.run().decisions:
        for step in decision.steps:
            assert step.act is not Act.DELETE or step.spoke != "a"
            for name in step.changes if step.spoke == "a" else ():
                for text in _texts(step.fields.get(name)) if name.startswith(AT) else ():
                    assert text in stood or "typed" in text, f"{name}: {text}"


def _unharmed(here: World, key: str, raw: Fields, gives: Gives, cut: frozenset[str]) -> None:
    """What was held back stands just as it did, and so do the times of a series that holds anything back."""
    now = fields(here.shelves["a"][key].content)
    held = {name for name, text in raw.items() if name.startswith(AT) and _held(name, text, gives, cut)}
    for name in held | (FRAME if held else set()):
        assert now.get(name) == raw.get(name), name


def _held(name: str, text: str, gives: Gives, cut: frozenset[str]) -> bool:
    values = json.loads(text)
    private = bool(values) and values.get("sensitivity") == "private" and gives.private is not Treat.COPY
    return name in cut or private or masked({name: text}, gives.detail.value, Kind.CALENDAR) != {name: text}


def _texts(told: str | None) -> list[str]:
    values = json.loads(told) if told else None
    return [values[name] for name in _PARTS if name in values] if values else []
