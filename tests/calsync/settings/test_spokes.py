"""Tests of calsync/settings/spokes.py: each protocol has its section."""

import pytest

from tests.calsync.settings.merger import SPOKES, hub, read, wrong


@pytest.mark.parametrize("name", [name for name in SPOKES if name != "google"])
def test_each_protocol_is_known(name: str) -> None:
    spoke = read(hub("google", name)).hubs[0].spokes[name]
    assert spoke.protocol == SPOKES[name]["protocol"]


def test_another_protocol_is_told() -> None:
    (words,) = wrong(hub("google", "graph", graph={"protocol": "notes"})).values()
    assert "graph-account" in words
