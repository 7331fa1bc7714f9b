"""The calendars of the demo, as people work in them."""

from datetime import UTC, datetime, timedelta

from console.demo.desks import desks, exchange_desk
from simulation.google.calendar_api import CalendarApi

NINE = datetime(2026, 11, 30, 9, tzinfo=UTC)


def test_people_enter_and_move() -> None:
    both = desks(CalendarApi().store, exchange_desk())
    both.at_google("Kick-off", NINE)
    both.at_exchange("Budget round", NINE)
    assert both.google_times() == {"Kick-off": NINE}
    assert both.exchange_subjects() == {"Budget round"}
    both.moved_at_exchange("Budget round", NINE + timedelta(hours=1))
    [entry] = both.folder.entries.values()
    assert entry.start == NINE + timedelta(hours=1)
    assert not both.store.mails
    assert not both.desk.mails
