"""Tests of console/event/showing.py."""

from pathlib import Path

from console.event.showing import _SIGNS
from galsync.forwarding.shifts import Shifting
from tests.console.event.moving_day import JACK, moving_day


def test_every_shift_has_its_sign() -> None:
    assert set(_SIGNS) == set(Shifting)


def test_what_programs_are_told(tmp_path: Path) -> None:
    with moving_day(tmp_path) as day:
        told = day.json("moves", "apply", "merger", "wave-1", "--yes")
        keys = {"move", "direction", "batch", "people", "route", "entries", "forwarders", "stops", "nothing", "done"}
        keys |= {"missing"}
        assert set(told) == keys
        assert (told["move"], told["direction"], told["people"]) == ("merger", "move", 2)
        done = told["done"]
        assert (done["route"], done["words"]) == (True, "")
        assert [(run["sync"], run["state"]) for run in done["runs"]] == [
            ("to-contoso", "done"),
            ("to-northwind", "done"),
        ]
        assert done["forwarders"] == {"northwind-mail": {"set": 2}}


def test_a_roll_back_is_drawn(tmp_path: Path) -> None:
    with moving_day(tmp_path) as day:
        assert day.types("moves", "apply", "merger", "wave-1", "--yes") == 0
        assert day.types("moves", "plan", "merger", "wave-1", "--back") == 0
        assert "# merger: roll back wave-1, 2 people" in day.out
        assert f"rolled_back_at: (nothing) -> {day.now.isoformat()}" in day.out
        assert f"~ give back {JACK}" in day.out
        assert "nothing is to be done" not in day.out
