"""Tests of console/hubs/absent.py: each reason, the strongest first."""

from dataclasses import replace
from typing import Any

import pytest

from calsync.contents import fields
from calsync.hubs import Hub
from calsync.ledger.rows import Story
from calsync.plans.details import DETAIL, NOTHING
from calsync.rules import Gets, HubRules, Kind, SpokeRules
from console.hubs.absent import why_absent
from protocols.model.card import Card
from tests.calsync.ledger.remembered import item, link
from tests.calsync.world.clock import Time
from tests.calsync.world.server import Server
from tests.calsync.world.spoke import MemorySpoke

RULES = tuple(SpokeRules(name=name, gets=Gets(create=True)) for name in ("left", "right"))
ANN = item("Ann", link("left", "1"))


def _why(agreed: Any = ANN, *, gets: Gets = RULES[1].gets, paused: str = "", story: Story | None = None) -> str:
    clock = Time().clock
    spokes = {
        name: MemorySpoke(Server(name=name, clock=clock), feed=True, batch=1, at_once=1) for name in ("left", "right")
    }
    rules = HubRules(name="merger", kind=Kind.CONTACTS, spokes=RULES)
    hub = Hub(rules=rules, spokes=spokes, fingerprint="x")
    return why_absent(hub, agreed, story or Story(agreed=agreed), replace(RULES[1], gets=gets), paused=paused)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ({"agreed": replace(ANN, ended=True)}, "it is gone at left, where it came from"),
        (
            {"agreed": replace(ANN, fields={**fields(Card(display_name="Ann")), DETAIL: NOTHING})},
            "left does not give it",
        ),
        ({"gets": Gets()}, "no copies may be made here (create = false)"),
        ({"paused": "by hand"}, "this spoke is paused: by hand"),
        ({"agreed": replace(ANN, links={"right": link("right", "", version="", left="too long")})}, "too long"),
        ({"agreed": replace(ANN, pending=True)}, "the next run makes it"),
        ({}, "nothing tells why: `busyline calendar sync merger --whole` reads all"),
    ],
)
def test_each_reason(words: dict[str, Any], said: str) -> None:
    assert _why(**words).startswith(said)
