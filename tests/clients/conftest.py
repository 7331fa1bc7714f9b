"""What the tests with real clients share: the estate, a certificate authority, the windows and zones of comparison."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from protocols.model.window import TimeWindow
from simulation.estate import Estate
from tests.clients.tls import Authority, authority

SEASONS = {  # each holds a change of the clocks in Berlin, in New York and in Sydney
    "autumn": (datetime(2026, 10, 1), datetime(2026, 11, 10)),  # noqa: DTZ001 - a wall clock time of each zone in turn
    "spring": (datetime(2027, 3, 8), datetime(2027, 4, 10)),  # noqa: DTZ001 - as above
}
ZONES = ("Europe/Berlin", "America/New_York", "Australia/Sydney", "Asia/Kolkata")


@pytest.fixture(scope="session")
def estate() -> Estate:
    """The merger, around a Monday in November."""
    return Estate(date(2026, 11, 23))


@pytest.fixture(scope="session")
def tls(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """An authority for this run."""
    return authority(tmp_path_factory.mktemp("tls"))


def window_in(zone: str, season: str) -> TimeWindow:
    """The season as somebody in ``zone`` means it."""
    start, end = (naive.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC) for naive in SEASONS[season])
    return TimeWindow(start, end)
