"""Tests of calsync/settings/spoke_section.py: what every spoke has, and where it lies."""

from typing import get_args

import pytest

from calsync.settings.spoke_section import SpokeSection
from calsync.settings.spokes import SpokeSettings
from tests.calsync.settings.merger import hub, read

SPOKES: tuple[type[SpokeSection], ...] = get_args(get_args(SpokeSettings)[0])


@pytest.mark.parametrize("kind", SPOKES)
def test_the_keys_of_one_kind_are_there(kind: type[SpokeSection]) -> None:
    assert kind.keys
    assert all(keys <= set(kind.model_fields) for keys in kind.keys.values())


def test_a_spoke_is_read_and_not_written_unless_it_is_said() -> None:
    for spoke in read(hub("google", "graph", "ews", "caldav", "ical")).hubs[0].spokes.values():
        assert spoke.read
        assert not spoke.get.writes


def test_whoever_says_nothing_of_its_place_is_seen() -> None:
    with pytest.raises(NotImplementedError):
        _ = SpokeSection().place
