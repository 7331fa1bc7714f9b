"""The operator's zone: by name, by $TZ, by the machine's link, else the offset of now."""

from datetime import UTC, datetime, timezone
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from console.terminal import EndingError
from console.zone import chosen, local_zone


def test_by_name_in_either_dialect() -> None:
    assert chosen("Europe/Berlin") == ZoneInfo("Europe/Berlin")
    assert chosen("W. Europe Standard Time") == ZoneInfo("Europe/Berlin")
    with pytest.raises(EndingError, match='"Mars" is no zone'):
        chosen("Mars")


def test_the_variable_goes_before_the_link(tmp_path: Path) -> None:
    link = tmp_path / "localtime"
    link.symlink_to("/usr/share/zoneinfo/Asia/Kolkata")
    assert local_zone(":Europe/Berlin", link) == ZoneInfo("Europe/Berlin")
    assert local_zone(None, link) == ZoneInfo("Asia/Kolkata")
    assert local_zone("no such zone", link) == ZoneInfo("Asia/Kolkata")


def test_without_either_the_offset_of_now(tmp_path: Path) -> None:
    zone = local_zone(None, tmp_path / "absent")
    assert isinstance(zone, timezone)
    assert datetime.now(UTC).astimezone(zone).utcoffset() == datetime.now(UTC).astimezone().utcoffset()
