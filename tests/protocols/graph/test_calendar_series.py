"""Which occurrence of a series is meant, and how it differs."""

from datetime import UTC, date, datetime, timedelta

from protocols.graph.calendar_event import Told, read
from protocols.graph.calendar_series import one_of, originals_on
from protocols.model.event import Days, Event, Span
from protocols.model.recurrence import Frequency, Recurrence, Weekday
from tests.protocols.graph.calendar_samples import OWNERS, entry, moment, occurrence, person, weekly

START = datetime(2026, 11, 9, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAILY = Recurrence(frequency=Frequency.DAILY)
SERIES = Event(when=Span(START, START + HOUR, "Europe/Berlin"), rule=DAILY, subject="S", reminder=timedelta())


def test_an_occurrence_is_found_by_its_day() -> None:
    assert originals_on(SERIES, [date(2026, 11, 11)]) == {date(2026, 11, 11): START + timedelta(days=2)}
    days = Event(when=Days(date(2026, 11, 9), date(2026, 11, 10)), rule=DAILY)
    assert originals_on(days, [date(2026, 11, 11)]) == {date(2026, 11, 11): date(2026, 11, 11)}


def test_where_the_series_has_none_on_that_day_it_is_utc_s() -> None:
    late = datetime(2026, 11, 9, 23, 30, tzinfo=UTC)  # a Tuesday in Berlin
    weekly_rule = Recurrence(frequency=Frequency.WEEKLY, days=((0, Weekday.TU),))
    series = Event(when=Span(late, late, "Europe/Berlin"), rule=weekly_rule)
    assert originals_on(series, [date(2026, 11, 16)]) == {date(2026, 11, 16): late + timedelta(days=7)}
    assert originals_on(series, [date(2026, 11, 17)]) == {date(2026, 11, 17): late + timedelta(days=7)}


def test_an_instance_is_found_among_those_around() -> None:
    series = read(weekly(), owners=OWNERS)
    assert isinstance(series, Told)
    second = START + timedelta(days=7)
    bare = {"id": "b", "type": "occurrence", "start": moment("2026-11-16T09:00:00"), "@odata.etag": "e"}
    nobody = {"id": "n", "type": "exception", "start": moment("2026-11-16T09:00:00")}
    found = one_of(series.event, [entry("x", start=None), nobody, bare], second, owners=OWNERS)
    assert found is not None
    assert (found.key, found.etag) == ("b", "e")
    known = occurrence("2026-11-16", attendees=[person("b@b.example")])
    found = one_of(series.event, [known], second, owners=OWNERS)
    assert found is not None
    assert found.others
    assert one_of(series.event, [known], second, owners=OWNERS, key="s.2026-11-16") is not None
    assert one_of(series.event, [known], second, owners=OWNERS, key="else") is None
    assert one_of(series.event, [known], START, owners=OWNERS) is None
