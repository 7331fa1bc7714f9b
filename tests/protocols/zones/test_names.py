"""Windows and IANA names find each other, aliases and letter case notwithstanding."""

from datetime import UTC, timedelta, timezone
from importlib import resources
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.zones.names import windows_name, windows_zone_ids, zone_named
from protocols.zones.rules import RuleZone, ZoneRules
from protocols.zones.table import OTHER_NAMES

IANA = resources.files("tzdata").joinpath("zones").read_text("utf-8").split()
WITHOUT_WINDOWS_NAME = {"Antarctica/Troll"}
NO_ZONE = {"Factory"}

FOUND = [
    ("W. Europe Standard Time", "Europe/Berlin"),
    ("w. europe standard TIME", "Europe/Berlin"),
    (" Pacific Standard Time ", "America/Los_Angeles"),
    ("GMT Standard Time", "Europe/London"),
    ("India Standard Time", "Asia/Kolkata"),
    ("Nepal Standard Time", "Asia/Kathmandu"),
    ("FLE Standard Time", "Europe/Kyiv"),
    ("Chatham Islands Standard Time", "Pacific/Chatham"),
    ("europe/berlin", "Europe/Berlin"),
    ("Asia/Calcutta", "Asia/Calcutta"),
    ("US/Pacific", "US/Pacific"),
    ("GMT", "GMT"),
    ("EST5EDT", "EST5EDT"),
    ("Antarctica/Troll", "Antarctica/Troll"),
]

WINDOWS = [
    ("Europe/Berlin", "W. Europe Standard Time"),
    ("Europe/Amsterdam", "W. Europe Standard Time"),
    ("Europe/Brussels", "Romance Standard Time"),
    ("Asia/Calcutta", "India Standard Time"),
    ("Asia/Kolkata", "India Standard Time"),
    ("Asia/Katmandu", "Nepal Standard Time"),
    ("US/Pacific", "Pacific Standard Time"),
    ("PST8PDT", "Pacific Standard Time"),
    ("Europe/Kiev", "FLE Standard Time"),
    ("GMT", "UTC"),
    ("Etc/UTC", "UTC"),
    ("Zulu", "UTC"),
    ("Etc/GMT+12", "Dateline Standard Time"),
    ("Africa/Casablanca", "Morocco Standard Time"),
    ("Antarctica/Troll", None),
]


@pytest.mark.parametrize(("name", "key"), FOUND)
def test_found(name: str, key: str) -> None:
    zone = zone_named(name)
    assert isinstance(zone, ZoneInfo)
    assert zone.key == key


@pytest.mark.parametrize("name", ["UTC", "utc", "Etc/UTC", "etc/universal", "Zulu", "UCT", "tzone://Microsoft/Utc"])
def test_every_name_of_utc_is_utc(name: str) -> None:
    assert zone_named(name) is UTC


@pytest.mark.parametrize(
    "name", ["", "America", "../../etc/passwd", "/etc/localtime", "localtime", "Factory", "Customized Time Zone", "A\0"]
)
def test_unknown(name: str) -> None:
    assert zone_named(name) is None


@pytest.mark.parametrize(("iana", "windows"), WINDOWS)
def test_windows_names(iana: str, windows: str | None) -> None:
    assert windows_name(ZoneInfo(iana)) == windows


def test_zones_without_a_name() -> None:
    assert windows_name(UTC) == "UTC"
    assert windows_name(timezone(timedelta(hours=1))) is None
    assert windows_name(RuleZone(ZoneRules(0))) is None


@pytest.mark.parametrize("name", sorted({*IANA} - NO_ZONE))
def test_the_table_knows_every_zone_of_tzdata(name: str) -> None:
    assert zone_named(name.upper()) is not None
    assert (windows_name(ZoneInfo(name)) is None) == (name in WITHOUT_WINDOWS_NAME)


@pytest.mark.parametrize("windows", windows_zone_ids())
def test_windows_names_come_back(windows: str) -> None:
    zone = zone_named(windows)
    assert zone is not None
    assert windows_name(zone) == windows


def test_windows_ids_are_sorted_and_unique() -> None:
    assert list(windows_zone_ids()) == sorted(set(windows_zone_ids()))
    assert len(windows_zone_ids()) > 130


def test_an_alias_never_stands_for_two_zones() -> None:
    aliases = [alias for names in OTHER_NAMES.values() for alias in names.split()]
    assert len(set(aliases)) == len(aliases)


def test_the_territory_picks_among_the_zones_of_a_name() -> None:
    assert str(zone_named("W. Europe Standard Time", territory="nl")) == "Europe/Amsterdam"
    assert str(zone_named("W. Europe Standard Time", territory="JP")) == "Europe/Berlin"


def test_a_zone_is_made_once() -> None:
    assert zone_named("Tokyo Standard Time") is zone_named("asia/tokyo")


@given(st.text())
def test_any_text_is_a_zone_or_none(text: str) -> None:
    zone = zone_named(text)
    assert zone is None or zone is UTC or isinstance(zone, ZoneInfo)
