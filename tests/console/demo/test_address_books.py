"""The plan of the demo: what it shows is what happened, nothing is written by looking, and a lie is noticed."""

from io import StringIO

import pytest
from rich.console import Console

from console.demo.address_books import NEW, draw_plan, typed
from console.demo.merger import Merger
from console.demo.questions import now
from simulation.google.shared_contacts import GD


async def test_what_happened_is_drawn_and_nothing_is_written(
    running: Merger, capsys: pytest.CaptureFixture[str]
) -> None:
    out = StringIO()
    assert await draw_plan(Console(file=out, width=200), running, now)
    assert "nothing was written" in out.getvalue()
    signs = [line[0] for line in capsys.readouterr().out.splitlines() if line[:2] in ("+ ", "~ ", "- ", "! ")]
    assert sorted(signs) == ["!", "+", "-", "~"]
    addresses = {each.get("address") for entry in running.google.shared.entries.values() for each in entry.iter()}
    assert "luis.ortega@contoso.example" in addresses
    assert NEW not in addresses


async def test_a_plan_of_anything_else_is_wrong(running: Merger) -> None:
    running.google.shared.put(typed("Nora, whom the demo believes to be new", NEW))
    out = StringIO()
    assert not await draw_plan(Console(file=out, width=200), running, now)
    assert "WRONG" in out.getvalue()


def test_what_is_typed_by_hand_bears_no_stamp() -> None:
    entry = typed("Sam", "sam@contoso.example")
    assert [each.tag for each in entry] == [f"{GD}name", f"{GD}email"]
