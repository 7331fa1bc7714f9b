"""Every row of the generated table can be read."""

from zoneinfo import ZoneInfo

import pytest

from protocols.zones.table import OTHER_NAMES, WINDOWS


@pytest.mark.parametrize("windows", WINDOWS)
def test_every_row_has_a_zone_for_the_world_and_all_its_zones_exist(windows: str) -> None:
    rows = dict(row.split("=") for row in WINDOWS[windows].split("; "))
    assert len(rows["001"].split()) == 1
    assert all(ZoneInfo(name) for names in rows.values() for name in names.split())


def test_every_alias_exists() -> None:
    assert all(ZoneInfo(name) for zone, names in OTHER_NAMES.items() for name in [zone, *names.split()])
