"""The calendars hold every kind of entry that free/busy can trip over."""

from datetime import date

from protocols.model.intervals import BusyStatus
from simulation.patterns import clock_changes, series_of
from simulation.people import Kind, everybody

TODAY = date(2026, 11, 23)
EVERYTHING = [(p, s) for p in everybody() for s in series_of(p, TODAY)]


def test_every_kind_of_entry_occurs() -> None:
    series = [s for _, s in EVERYTHING]
    assert {s.status for s in series} == set(BusyStatus)
    for trait in ("private", "all_day", "moved", "cancelled", "location", "meeting"):
        assert any(getattr(s, trait) for s in series), trait
    assert any(s.private and s.all_day for s in series)
    assert any(s.every == 2 for s in series)


def test_the_clocks_change_when_they_do() -> None:
    berlin = clock_changes("Europe/Berlin", TODAY)
    assert berlin[1:4] == (date(2026, 3, 29), date(2026, 10, 25), date(2027, 3, 28))
    assert clock_changes("America/New_York", TODAY)[-3:] == (date(2026, 11, 1), date(2027, 3, 14), date(2027, 11, 7))
    assert clock_changes("Australia/Sydney", TODAY)[:3] == (date(2026, 4, 5), date(2026, 10, 4), date(2027, 4, 4))
    assert clock_changes("Asia/Kolkata", TODAY) == ()


def test_a_rooms_subjects_are_names() -> None:
    subjects = {s.subject for p, s in EVERYTHING if p.kind is Kind.ROOM}
    assert subjects <= {p.name for p in everybody()}
