"""Tests of console/hubs/said.py."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calsync.contents import fields
from console.hubs.said import CANCELLED, NOTHING, said, when_said
from protocols.model.card import Card
from protocols.model.event import Event, Occurrence
from protocols.model.recurrence import Frequency, Recurrence
from tests.contracts.spoke_events import days, span

SERIES = Event(
    when=span(9, 9, zone="Europe/Berlin"),
    rule=Recurrence(frequency=Frequency.WEEKLY, interval=2, count=8),
    exceptions={
        datetime(2026, 11, 9, 9, tzinfo=UTC): None,
        datetime(2026, 11, 23, 9, tzinfo=UTC): Occurrence(when=span(24, 9), subject="Moved"),
    },
    subject="Weekly",
    categories=("Merger", "Team"),
    reminder=timedelta(minutes=15),
)


def test_a_series_in_words() -> None:
    told = {name: said(name, text) for name, text in fields(SERIES).items()}
    assert told == {
        "when": "2026-11-09 10:00 to 11:00 (Europe/Berlin)",
        "rule": "weekly, every 2, count 8",
        "at 2026-11-09T09:00:00Z": CANCELLED,
        "at 2026-11-23T09:00:00Z": "2026-11-24 09:00 to 10:00 (UTC), subject: Moved",
        "subject": "Weekly",
        "categories": "Merger, Team",
        "reminder": "15 minutes before",
    }
    assert when_said(fields(SERIES)) == "2026-11-09 10:00 to 11:00 (Europe/Berlin), repeats"
    assert when_said(fields(Card(display_name="Ann"))) == ""


@pytest.mark.parametrize(
    ("when", "words"),
    [
        (days(9, 10), "2026-11-09"),
        (days(9, 12), "2026-11-09 to 2026-11-11"),
        (span(9, 23, 120), "2026-11-09 23:00 to 2026-11-10 01:00 (UTC)"),
        (span(9, 9, zone="Nowhere/Land"), "2026-11-09 09:00 to 10:00 (Nowhere/Land)"),
    ],
)
def test_when(when: object, words: str) -> None:
    assert said("when", fields(replace(SERIES, when=when, rule=None, exceptions={}))["when"]) == words  # type: ignore[arg-type]


@given(name=st.sampled_from(["when", "rule", "extra", "categories", "reminder", "at x", "body"]), text=st.text())
def test_whatever_stands_there_is_one_line(name: str, text: str) -> None:
    assert said(name, text).isprintable()
    assert said(name, None) == NOTHING
