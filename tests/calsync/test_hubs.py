"""A hub has a spoke for each of its rules, and reads as far as any of them gives."""

from dataclasses import replace
from datetime import timedelta

import pytest

from calsync.hubs import Hub
from tests.calsync.world.server import Server
from tests.calsync.world.spoke import MemorySpoke
from tests.calsync.world.world import EVERYTHING, SPOKES, rules
from tests.contracts.spoke_world import NOW

EACH = {name: MemorySpoke(Server(name=name)) for name in SPOKES}


def test_a_rule_without_its_spoke_is_refused() -> None:
    with pytest.raises(ValueError, match="a spoke for each"):
        Hub(rules=rules(), spokes={}, fingerprint="1")
    assert Hub(rules=rules(), spokes=EACH, fingerprint="1").name == "merger"


def test_the_window_is_the_widest() -> None:
    gives = {
        "north": replace(EVERYTHING, back=timedelta(days=400)),
        "south": replace(EVERYTHING, ahead=timedelta(days=9)),
        "west": None,
    }
    window = Hub(rules=rules(gives=gives), spokes=EACH, fingerprint="1").window(NOW)
    assert (window.start, window.end) == (NOW - timedelta(days=400), NOW + EVERYTHING.ahead)
    none = Hub(rules=rules(gives=dict.fromkeys(SPOKES)), spokes=EACH, fingerprint="1").window(NOW)
    assert none.start < NOW < none.end
