"""A zone of which only the clocks are known is named where that is sure."""

from datetime import UTC
from zoneinfo import ZoneInfo

import pytest

from protocols.zones.alike import LAST_YEAR, alike, beginning, same_as
from protocols.zones.names import windows_zone_ids, zone_named
from protocols.zones.rules import RuleZone, ZoneRules, rules_of
from protocols.zones.transitions import offset_of, transitions

BERLIN = ZoneInfo("Europe/Berlin")


def rules(name: str, year: int = 2026) -> RuleZone:
    return RuleZone(rules_of(ZoneInfo(name), year))


def test_the_calendars_own_zone_is_meant_first() -> None:
    assert alike(rules("Europe/Berlin"), 2026, BERLIN) == "Europe/Berlin"
    assert alike(rules("Europe/Berlin"), 2026, ZoneInfo("Europe/Oslo")) == "Europe/Oslo"
    assert alike(rules("Australia/Sydney"), 2026, BERLIN) == "Australia/Sydney"
    assert alike(RuleZone(ZoneRules(0)), 2026, UTC) == "UTC"


def test_clocks_that_nobody_has_have_no_name() -> None:
    assert alike(RuleZone(ZoneRules(-77)), 2026, BERLIN) is None
    assert alike(rules("Europe/Berlin"), 1, BERLIN) is None
    assert alike(rules("Europe/Berlin"), 9999, BERLIN) is None


def test_a_zone_that_changed_its_mind_later_is_not_the_one() -> None:
    istanbul = rules("Europe/Istanbul", 2014)  # with the clocks of its neighbours until 2016
    assert alike(istanbul, 2013, ZoneInfo("Europe/Istanbul")) != "Europe/Istanbul"
    assert alike(rules("America/New_York"), 2005, ZoneInfo("America/New_York")) is None  # other rules until 2007


@pytest.mark.parametrize("name", windows_zone_ids())
def test_what_is_found_has_the_same_clocks(name: str) -> None:
    zone = zone_named(name)
    assert zone is not None
    found = alike(RuleZone(rules_of(zone, 2026)), 2026)
    if found is None:  # its clocks follow no rule
        return
    there = zone_named(found)
    assert there is not None
    span = beginning(2026), beginning(LAST_YEAR + 1)
    assert transitions(there, *span) == transitions(zone, *span)
    assert offset_of(there, span[0]) == offset_of(zone, span[0])


def test_all_that_are_the_same_are_told() -> None:
    span = beginning(2026), beginning(2038)
    found = list(same_as(3600, transitions(BERLIN, *span), span))
    assert BERLIN in found
    assert ZoneInfo("Europe/Budapest") in found
    assert ZoneInfo("Europe/London") not in found
