"""Tests of protocols/ews/calendar_writing.py."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from lxml import etree

from protocols.ews.calendar_reading import Appointment, read
from protocols.ews.calendar_shape import SENSITIVITIES, SHOWS
from protocols.ews.calendar_writing import (
    TEXTS,
    changed,
    finished,
    fresh,
    item_change,
    occurrence,
    occurrence_change,
)
from protocols.ews.names import T
from protocols.model.event import NO_REMINDER, Days, Event, Occurrence, Sensitivity, Span
from protocols.model.intervals import BusyStatus
from protocols.model.recurrence import Frequency, Recurrence, Weekday
from simulation.exchange.calendar_items import Entry, read_into

NINE = datetime(2026, 11, 9, 9, tzinfo=UTC)
WEEKLY = Event(
    when=Span(NINE, NINE + timedelta(hours=1), "Europe/Berlin"),
    rule=Recurrence(frequency=Frequency.WEEKLY, days=((0, Weekday.MO),), count=5),
    subject="A & <b>",
    location="Köln",
    body="One\nTwo",
    shows=BusyStatus.FREE,
    sensitivity=Sensitivity.CONFIDENTIAL,
    categories=("Blue", "Red"),
    reminder=timedelta(minutes=5),
)


def _elements(text: str) -> list[etree._Element]:
    return list(etree.fromstring(f'<r xmlns:t="{T}">{text}</r>'))


def _named(updates: str) -> list[tuple[str, str]]:
    """What is set or deleted."""
    return [
        (etree.QName(each).localname, each[0].get("FieldURI") or each[0].get("PropertyName") or "")
        for each in _elements(updates)
    ]


@pytest.mark.parametrize(
    "event", [WEEKLY, Event(when=Days(date(2026, 11, 9), date(2026, 11, 10))), Event(when=WEEKLY.when)]
)
def test_what_is_written_is_in_the_order_of_the_schema_and_reads_as_it_was(event: Event) -> None:
    [item] = _elements(fresh(event, stamp="busyline:hub/item", token="token", clock="Europe/Berlin"))
    read_into(Entry(""), item, create=True)  # refuses any other order
    item.insert(0, _elements('<t:ItemId Id="k" ChangeKey="v"/>')[0])
    found = read(item)
    assert isinstance(found, Appointment)
    assert found.event == event
    assert (found.stamp, found.token, found.half) == ("busyline:hub/item", "token", "")


@pytest.mark.parametrize(
    ("names", "told"),
    [
        ({"subject"}, ["item:Subject"]),
        ({"location"}, ["calendar:Location"]),
        ({"body"}, ["item:Body"]),
        ({"shows"}, ["calendar:LegacyFreeBusyStatus"]),
        ({"sensitivity"}, ["item:Sensitivity"]),
        ({"categories"}, ["item:Categories"]),
        ({"reminder"}, ["item:ReminderIsSet", "item:ReminderMinutesBeforeStart"]),
        ({"rule"}, ["calendar:Recurrence"]),
        (
            {"when"},
            ["calendar:Start", "calendar:End", "calendar:IsAllDayEvent", "calendar:StartTimeZone",
             "calendar:EndTimeZone", "calendar:Recurrence"],
        ),
        ({"people", "cancelled", "meeting", "extra"}, []),
        (set(), []),
    ],
)  # fmt: skip
def test_only_what_is_named_is_changed(names: set[str], told: list[str]) -> None:
    assert _named(changed(WEEKLY, names)) == [("SetItemField", uri) for uri in told]


def test_what_is_empty_is_taken_away() -> None:
    plain = Event(when=WEEKLY.when)
    assert _named(changed(plain, {"categories", "rule", "reminder"})) == [
        ("DeleteItemField", "item:Categories"),
        ("SetItemField", "item:ReminderIsSet"),
        ("DeleteItemField", "calendar:Recurrence"),
    ]
    assert _named(finished()) == [("DeleteItemField", "BusylineHalf")]


def test_a_series_is_laid_out_anew() -> None:
    updates = changed(WEEKLY, set(), half="v", again=True)
    assert _named(updates) == [("SetItemField", "calendar:Recurrence"), ("SetItemField", "BusylineHalf")]


def test_an_occurrence_says_what_differs_and_what_does_not_any_more() -> None:
    when = Span(NINE + timedelta(days=7), NINE + timedelta(days=7, hours=2), "Europe/Berlin")
    updates = occurrence(Occurrence(when=when, subject="Other", reminder=NO_REMINDER), WEEKLY)
    assert _named(updates) == [
        ("SetItemField", "calendar:Start"),
        ("SetItemField", "calendar:End"),
        ("SetItemField", "item:Subject"),
        ("SetItemField", "item:ReminderIsSet"),
    ]
    assert "<t:ReminderIsSet>false<" in updates
    back = occurrence(Occurrence(when=when), WEEKLY, before=Occurrence(when=when, location="Roof"))
    assert "<t:Location>Köln</t:Location>" in back
    assert len(_named(back)) == 3


def test_targets_are_named_with_their_versions() -> None:
    assert '<t:ItemId Id="a&amp;b" ChangeKey="v"/>' in item_change("a&b", "", version="v")
    assert '<t:OccurrenceItemId RecurringMasterId="a&amp;b" InstanceIndex="3"/>' in occurrence_change("a&b", 3, "")


def test_a_zone_without_a_name_is_refused() -> None:
    strange = replace(WEEKLY, when=Span(NINE, NINE, "Antarctica/Troll"))
    with pytest.raises(ValueError, match="zone"):
        fresh(strange, stamp="", token="")


def test_every_word_has_its_place() -> None:
    assert set(SHOWS.values()) == set(BusyStatus)
    assert set(SENSITIVITIES.values()) == set(Sensitivity)
    assert set(TEXTS) == {"subject", "sensitivity", "body", "categories", "reminder", "shows", "location"}


def test_nothing_of_people_is_ever_written() -> None:
    invited = replace(WEEKLY, people=("Guest <guest@b.example>",), meeting=True)
    written = fresh(invited, stamp="s", token="t") + changed(invited, {"people", "meeting", "response", *TEXTS})
    assert "guest" not in written.lower()
    assert "Attendee" not in written
