"""Google's events become items that are known again, and what Google cannot hold is fitted so that it stays fitted."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calsync.items import Item, Unread
from calsync.spokes.google_calendar_items import Standing, fit
from protocols.google.calendar_event import Frame
from protocols.google.calendar_text import description
from protocols.model.card import Card
from protocols.model.event import NO_REMINDER, Event, Occurrence, Sensitivity, Span
from protocols.model.intervals import BusyStatus
from tests.contracts.spoke_events import EVENTS, SERIES, span

FRAME = Frame("Europe/Berlin")
SECOND = datetime(2026, 11, 16, 9, tzinfo=UTC)
THEN = Span(SECOND, SECOND + timedelta(hours=1), "Europe/Berlin")
WEEKLY = SERIES["weekly"]


def event(**more: Any) -> dict[str, Any]:
    ends = {
        name: {"dateTime": f"2026-11-09T{hour}:00:00+01:00", "timeZone": "Europe/Berlin"}
        for name, hour in (("start", 10), ("end", 11))
    }
    return {"id": "e1", "etag": '"7"', "iCalUID": "u@google.com", "updated": "2026-11-01T08:00:00Z", **ends, **more}


def exception(**more: Any) -> dict[str, Any]:
    ends = {name: {"dateTime": f"2026-11-16T{hour}:00:00+01:00"} for name, hour in (("start", 10), ("end", 11))}
    original = {"dateTime": "2026-11-16T10:00:00+01:00"}
    return {"id": "e1_20261116T090000Z", "recurringEventId": "e1", "originalStartTime": original, **ends, **more}


def item(event: dict[str, Any], *exceptions: dict[str, Any]) -> Item:
    found = Standing(event, exceptions, FRAME).item()
    assert isinstance(found, Item)
    return found


def test_an_event_as_an_item() -> None:
    told = item(event(extendedProperties={"private": {"busyline": "busyline:merger/i1"}}))
    assert (told.key, told.version, told.uid, told.mark) == ("e1", '"7"', "u@google.com", "busyline:merger/i1")
    assert told.changed_at == datetime(2026, 11, 1, 8, tzinfo=UTC)
    assert (told.guarded, told.cut, told.maker) == ("", frozenset(), "google.com")


@pytest.mark.parametrize(
    ("uid", "maker"),
    [("a@other-bridge.example", "other-bridge.example"), ("5bd0@busyline", ""), ("040000008200E0", "")],
)
def test_what_made_it(uid: str, maker: str) -> None:
    assert item(event(iCalUID=uid)).maker == maker


def test_the_version_of_a_series_knows_its_occurrences() -> None:
    weekly = event(recurrence=["RRULE:FREQ=WEEKLY"])
    versions = [
        item(weekly).version,
        item(weekly, exception(summary="Other")).version,
        item(weekly, exception(summary="Another")).version,
        item(weekly, exception(status="cancelled")).version,
        item(weekly, exception(summary="Other", attendees=[{"email": "ann@contoso.example"}])).version,
        item({**weekly, "etag": '"8"'}, exception(summary="Other")).version,
    ]
    assert len(set(versions)) == len(versions)
    again = item(weekly, exception(summary="Other", etag='"9"', htmlLink="x"))
    assert again.version == versions[1]
    assert item(weekly, exception()).version == versions[0]  # an event of its own that is as all others


@pytest.mark.parametrize(
    "broken",
    [
        {"start": None},
        {"end": {"dateTime": "2026-11-09T08:00:00Z"}},
        {"recurrence": ["RRULE:FREQ=HOURLY"]},
        {"recurrence": ["RRULE:FREQ=WEEKLY;COUNT=2;UNTIL=20261231"]},
        {"recurrence": ["RRULE:FREQ=WEEKLY"], "start": {"dateTime": "2026-11-09T10:00:00Z", "timeZone": "Mars/Base"}},
        {"start": {"date": "9999-12-31"}, "end": {}},
    ],
)
def test_what_cannot_be_read_says_why_and_nothing_else(broken: dict[str, Any]) -> None:
    found = Standing(event(summary="Secret plan", **broken), (), FRAME).item()
    assert isinstance(found, Unread)
    assert found.key == "e1"
    assert found.words
    assert "Secret" not in found.words


def test_an_occurrence_that_is_cut_is_named() -> None:
    told = item(event(recurrence=["RRULE:FREQ=WEEKLY"]), exception(description="x" * 40_000))
    assert told.cut == {"at 2026-11-16T09:00:00Z"}


def fitted(content: Event) -> Event:
    held, words = fit(content)
    assert isinstance(held, Event)
    assert words == ""
    return held


@pytest.mark.parametrize("content", EVENTS.values(), ids=EVENTS)
def test_what_is_fitted_fits(content: Event) -> None:
    assert fitted(fitted(content)) == fitted(content)


@given(
    st.sampled_from(BusyStatus),
    st.sampled_from(Sensitivity),
    st.sampled_from([None, *Sensitivity]),
    st.sampled_from([None, timedelta(), timedelta(seconds=90), timedelta(days=90)]),
    st.sampled_from([None, NO_REMINDER, timedelta(days=90)]),
)
def test_a_series_is_fitted_once_and_for_all(
    status: BusyStatus, whole: Sensitivity, one: Sensitivity | None, reminder: timedelta | None, its: timedelta | None
) -> None:
    odd = Occurrence(when=THEN, shows=status, sensitivity=one, reminder=its, body="x" * 9_000)
    held = fitted(replace(WEEKLY, shows=status, sensitivity=whole, reminder=reminder, exceptions={SECOND: odd}))
    assert fitted(held) == held
    told = held.exceptions[SECOND]
    assert told is not None
    assert told.sensitivity is None
    assert held.sensitivity is not Sensitivity.NORMAL or {whole, one} <= {None, Sensitivity.NORMAL}
    assert held.shows in (BusyStatus.FREE, BusyStatus.TENTATIVE, BusyStatus.BUSY)


@pytest.mark.parametrize(
    "odd",
    [
        Occurrence(when=THEN, sensitivity=Sensitivity.PRIVATE),
        Occurrence(when=THEN, categories=("Blue",)),
        Occurrence(when=THEN, shows=BusyStatus.OUT_OF_OFFICE),
        Occurrence(when=Span(THEN.start, THEN.end, "America/New_York")),
        Occurrence(when=THEN, reminder=NO_REMINDER),
    ],
)
def test_an_occurrence_that_differs_in_nothing_that_google_holds_is_none(odd: Occurrence) -> None:
    assert fitted(replace(WEEKLY, exceptions={SECOND: odd})).exceptions == {}


@pytest.mark.parametrize("text", ["<b>", "&amp;" * 3, "a", "<i> x\n", "&lt;"])
def test_a_text_fits_as_it_is_written(text: str) -> None:
    held = fitted(Event(when=span(9, 9), body=(text * 32_000)[:32_000].rstrip())).body
    assert 8_192 - 10 <= len(description(held)) <= 8_192
    assert fitted(Event(when=span(9, 9), body=held)).body == held


def test_a_cancelled_occurrence_stays_cancelled() -> None:
    assert fitted(replace(WEEKLY, exceptions={SECOND: None})).exceptions == {SECOND: None}


def test_what_google_cannot_hold() -> None:
    held = fitted(Event(when=span(9, 9), categories=("Blue",), body="x" * 32_000, cancelled=True))
    assert (held.categories, len(held.body), held.cancelled) == ((), 8_192, False)
    assert fit(Card(display_name="Ann"))[0] is None
    assert fit(Card())[1]


_ODD = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(max_size=5)
    | st.sampled_from(["9999-12-31", "0001-01-01", "2026-11-09T10:00:00+01:00", "9999-12-31T23:59:59Z", "UTC", "popup"])
    | st.sampled_from(["RRULE:FREQ=DAILY", "EXDATE:20261109T090000Z", "RDATE;VALUE=DATE:99991231", "cancelled"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["date", "dateTime", "timeZone", "private", "busyline", "self", "email", "overrides", "minutes"]
            ),
            inner,
            max_size=3,
        )
    ),
    max_leaves=6,
)
_WORDS = """start end originalStartTime recurrence summary description status visibility organizer attendees reminders
extendedProperties updated etag iCalUID eventType workingLocationProperties transparency locked"""
_NAMES = st.sampled_from(_WORDS.split())


@given(st.dictionaries(_NAMES, _ODD, max_size=3), st.dictionaries(_NAMES, _ODD, max_size=3))
def test_nothing_that_google_could_say_stops_a_reading(one: dict[str, Any], other: dict[str, Any]) -> None:
    weekly = event(recurrence=["RRULE:FREQ=WEEKLY"])
    for standing in (Standing(event(**one), (), FRAME), Standing(weekly, (exception(**other),), FRAME)):
        found = standing.item()
        assert found.key == "e1"
        if isinstance(found, Item):
            assert fit(found.content)[0] is not None
