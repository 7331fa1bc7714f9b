"""Tests of calsync/plans/restoring.py: what a spoke cannot hold outlives every change that is made there."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calsync.contents import fields
from calsync.plans.restoring import restored
from calsync.rules import Gives, Kind, Reminders, SpokeRules, Treat
from calsync.spoke import Fit
from calsync.spokes import caldav_items, contacts_fit, google_calendar_items
from protocols.ews import calendar_fitting as ews_fitting
from protocols.graph import calendar_fitting as graph_fitting
from protocols.model.card import Address, Card, Phone, Place
from protocols.model.event import Event, Occurrence, Sensitivity, Span
from protocols.model.intervals import BusyStatus
from protocols.model.recurrence import Frequency, Recurrence
from tests.calsync.plans.model import ALL, World, event, person, rules

FITS: Final[Mapping[str, Fit]] = {
    "google": google_calendar_items.fit,
    "caldav": caldav_items.fit,
    "graph": lambda one: graph_fitting.fit(one) if isinstance(one, Event) else (None, ""),
    "exchange": lambda one: ews_fitting.fit(one) if isinstance(one, Event) else (None, ""),
}
CARDS: Final[Mapping[str, Fit]] = {
    "google": contacts_fit.fitting(contacts_fit.google),
    "graph": contacts_fit.fitting(contacts_fit.graph),
    "exchange": contacts_fit.fitting(contacts_fit.exchange),
}
KEEPS: Final = replace(ALL, reminders=Reminders.KEEP)
LONG: Final = "long " * 60
EMAILS: Final = tuple(f"{letter}@x.example" for letter in "abcdef")
START: Final = event().when
assert isinstance(START, Span)


def words(most: int = 300) -> st.SearchStrategy[str]:
    return st.sampled_from(["", "one", "two words", LONG.strip(), ("x" * 254 + " y")[:most]])


def cards() -> st.SearchStrategy[Card]:
    numbers = st.dictionaries(st.sampled_from(Phone), st.sampled_from(["1", "2", "9" * 300]), max_size=4)
    return st.builds(
        Card,
        display_name=st.just("Ann Lee"),
        company=words(),
        title=words(),
        notes=words(),
        web_page=st.sampled_from(["", "https://x.example/a b", "https://x.example/ü"]),
        emails=st.lists(st.sampled_from(EMAILS), unique=True, max_size=6).map(tuple),
        phones=numbers,
        places=st.just({Place.HOME: Address(street="1 High Street", city="Ely")}),
        categories=st.lists(st.sampled_from(["A", "B", "C" * 300]), unique=True).map(sorted).map(tuple),
    )


def occurrences() -> st.SearchStrategy[Any]:
    assert isinstance(START, Span)
    start = START.start + timedelta(days=2)
    when = Span(start + timedelta(minutes=30), START.end + timedelta(days=2, minutes=30), "Europe/Vienna")
    one = st.builds(
        Occurrence,
        when=st.just(when),
        subject=st.none() | words(),
        location=st.none() | words(),
        sensitivity=st.none() | st.just(Sensitivity.PERSONAL),
        shows=st.none() | st.sampled_from(BusyStatus),
    )
    return st.just({}) | (st.none() | one).map(lambda each: {start: each})


@st.composite
def events(draw: st.DrawFn) -> Event:
    assert isinstance(START, Span)
    exceptions = draw(occurrences())
    return event(
        when=replace(START, zone=draw(st.sampled_from(["Europe/Vienna", "Europe/Berlin", "UTC"]))),
        rule=Recurrence(frequency=Frequency.DAILY, count=5) if exceptions or draw(st.booleans()) else None,
        exceptions=exceptions,
        subject=draw(words()) or "Stand-up",
        location=draw(words()),
        body=draw(words()),
        shows=draw(st.sampled_from(BusyStatus)),
        sensitivity=draw(st.sampled_from(Sensitivity)),
        categories=tuple(sorted(draw(st.sets(st.sampled_from(["A", "B", "C" * 300]))))),
        reminder=draw(st.none() | st.sampled_from([timedelta(seconds=90), timedelta(weeks=6)])),
    )


def hub(fit: Fit, kind: Kind = Kind.CALENDAR) -> World:
    """What is given at ``a`` is held at ``b`` as ``fit`` says."""
    free = Gives(private=Treat.COPY)
    world = World(rules(*(SpokeRules(name=name, gives=free, gets=KEEPS) for name in "ab"), kind=kind))
    world.fits = {"b": fit}
    return world


@pytest.mark.parametrize("name", FITS)
@settings(max_examples=25, deadline=None)
@given(one=events(), subject=st.booleans())
def test_a_change_at_a_copy_changes_nothing_else_of_an_appointment(name: str, one: Event, subject: bool) -> None:
    here = hub(FITS[name])
    key = here.put("a", one)
    here.quiet()
    if not here.shelves["b"]:
        return  # the system cannot hold it at all
    changed = {"subject": "Other"} if subject else {"location": "Hall"}
    here.change("b", here.key("b"), **changed)
    here.quiet()
    now = here.shelves["a"][key].content
    assert {field: value for field, value in fields(now).items() if field not in changed} == {
        field: value for field, value in fields(one).items() if field not in changed
    }
    held = len(one.subject if subject else one.location) <= len(*changed.values())
    assert not held or all(getattr(now, field) == value for field, value in changed.items())
    assert here.planned(everything=True).decisions == ()


@pytest.mark.parametrize("name", ["graph", "exchange"])
@settings(max_examples=25, deadline=None)
@given(one=events())
def test_who_moves_a_copy_moves_the_item_in_its_own_zone(name: str, one: Event) -> None:
    here = hub(FITS[name])
    key = here.put("a", replace(one, exceptions={}, rule=None))
    here.quiet()
    assert isinstance(one.when, Span)
    moved = replace(here.only("b").when, start=one.when.start, end=one.when.end + timedelta(hours=1))
    here.change("b", here.key("b"), when=moved)
    here.quiet()
    now = here.shelves["a"][key].content
    assert isinstance(now, Event)
    assert now.when == replace(one.when, end=moved.end)


@pytest.mark.parametrize("name", CARDS)
@settings(max_examples=25, deadline=None)
@given(one=cards(), gone=st.integers(0, 3), new=st.booleans())
def test_no_address_is_lost_that_a_copy_never_showed(name: str, one: Card, gone: int, new: bool) -> None:
    here = hub(CARDS[name], Kind.CONTACTS)
    key = here.put("a", one)
    here.quiet()
    showed = here.only("b").emails
    stay = tuple(each for n, each in enumerate(showed) if n != gone) + (("new@x.example",) if new else ())
    here.change("b", here.key("b"), emails=stay)
    here.quiet()
    now = here.shelves["a"][key].content
    assert isinstance(now, Card)
    assert set(now.emails) == (set(one.emails) - set(showed)) | set(stay)
    rest = {field: value for field, value in fields(one).items() if field != "emails"}
    assert {field: value for field, value in fields(now).items() if field != "emails"} == rest
    assert here.planned(everything=True).decisions == ()


@pytest.mark.parametrize("name", CARDS)
@settings(max_examples=25, deadline=None)
@given(one=cards())
def test_what_was_not_changed_says_what_it_said(name: str, one: Card) -> None:
    fitting, _ = CARDS[name](one)
    assert fitting is not None
    whole, shown = fields(one), fields(fitting)
    for field in {*whole, *shown}:
        means = restored(field, shown.get(field), whole, shown)
        assert means is not None
        assert means[1] == whole.get(means[0])


def test_the_beginning_of_a_text_says_nothing_of_the_rest() -> None:
    whole, shown = {"body": "a long text"}, {"body": "a long"}
    assert restored("body", "another", whole, shown) is None
    assert restored("body", "another", whole, whole) == ("body", "another")
    assert restored("body", "new", whole, {}) is None


def test_a_telephone_that_stands_elsewhere_there_is_changed_where_it_is() -> None:
    here = hub(CARDS["graph"], Kind.CONTACTS)
    key = here.put("a", person(phones={Phone.HOME_2: "1"}))
    here.quiet()
    assert here.only("b").phones == {Phone.HOME: "1"}
    here.change("b", here.key("b"), phones={Phone.HOME: "2"})
    here.quiet()
    assert here.shelves["a"][key].content == person(phones={Phone.HOME_2: "2"})


def test_a_line_that_was_cut_is_the_whole_line_again() -> None:
    whole, shown = ({"categories": json.dumps(each)} for each in (["A", "C" * 9], ["A", "CCC"]))
    assert restored("categories", '["CCC","New"]', whole, shown) == ("categories", json.dumps(
        ["C" * 9, "New"], separators=(",", ":")))  # fmt: skip


def test_of_an_occurrence_only_what_was_touched_is_another() -> None:
    when = {"start": "2026-11-03T09:00:00Z", "end": "2026-11-03T10:00:00Z", "zone": "Europe/Vienna"}
    there = when | {"zone": "Europe/Berlin"}
    whole = {"at 2026-11-03T09:00:00Z": json.dumps({"when": when, "subject": "long text", "shows": "FREE"})}
    (name,) = whole
    shown = {name: json.dumps({"when": there, "subject": "long"})}
    now = {"when": there | {"end": "2026-11-03T11:00:00Z"}, "subject": "short", "location": "Hall"}
    means = restored(name, json.dumps(now), whole, shown)
    assert means is not None
    assert json.loads(means[1] or "") == {
        "when": when | {"end": "2026-11-03T11:00:00Z"},
        "subject": "long text",
        "shows": "FREE",
        "location": "Hall",
    }
    assert restored(name, "null", whole, shown) == (name, "null")
