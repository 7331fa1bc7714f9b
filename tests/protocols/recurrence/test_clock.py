"""A series repeats by the clocks of its zone, gaps and folds included."""

from datetime import UTC, date, datetime, timedelta

import pytest

from protocols.model.event import Days, Span
from protocols.recurrence.clock import first_wall, instant_of, moved, named_by, wall_of, zone_of
from tests.protocols.recurrence.series import at, span

FIRST, LAST = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
DAYS = Days(date(2026, 3, 29), date(2026, 3, 30))


def wall(*parts: int) -> datetime:
    return datetime(*parts)  # type: ignore[arg-type]  # noqa: DTZ001


def test_an_hour_of_the_night_keeps_its_name_through_both_changes() -> None:
    series = span(2026, 3, 1, 2, 30)
    assert first_wall(series) == wall(2026, 3, 1, 2, 30)
    assert named_by(wall(2026, 3, 29, 2, 30), series) == at(2026, 3, 29, 1, 30)  # skipped: after the gap
    assert named_by(wall(2026, 10, 25, 2, 30), series) == at(2026, 10, 25, 0, 30)  # twice: the first
    assert wall_of(at(2026, 7, 1, 0, 30), series) == wall(2026, 7, 1, 2, 30)


def test_a_first_that_is_the_second_of_two_keeps_its_instant() -> None:
    series = Span(at(2026, 10, 25, 1, 30), at(2026, 10, 25, 2), "Europe/Berlin")
    assert named_by(first_wall(series), series) == series.start


def test_days_are_named_by_themselves() -> None:
    assert named_by(wall(2026, 4, 1), DAYS) == date(2026, 4, 1)
    assert wall_of(date(2026, 4, 1), DAYS) == wall(2026, 4, 1)
    assert instant_of(date(2026, 4, 1)) == at(2026, 4, 1)


def test_an_unknown_zone_is_named() -> None:
    with pytest.raises(ValueError, match="zone"):
        zone_of(Span(at(2026, 1, 1), at(2026, 1, 1), "Middle-earth/Shire"))


@pytest.mark.parametrize(("end", "zone"), [(FIRST, "America/New_York"), (LAST, "Pacific/Kiritimati")])
def test_what_no_wall_shows_is_named(end: datetime, zone: str) -> None:
    with pytest.raises(ValueError, match="years 1 to 9999"):
        first_wall(Span(end, end, zone))


def test_nothing_is_moved_beyond_the_ends_of_time() -> None:
    assert moved(at(2026, 1, 1), timedelta(days=1)) == at(2026, 1, 2)
    assert moved(at(2026, 1, 1), timedelta.max) == LAST
    assert moved(wall(2026, 1, 1), timedelta.min) == wall(1, 1, 1)
