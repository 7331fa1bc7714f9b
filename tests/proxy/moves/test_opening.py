"""Sides of the settings, and routes that know of the other side's addresses."""

from pathlib import Path
from typing import Any

import pytest

from proxy.list_files import ListFileError
from proxy.moves.opening import sides_of, state_of, with_other_side
from proxy.settings.moves import MoveSettings
from routing.stages import Joined
from routing.table import Route, RouteTable

ROUTES = (Route(match="a.example", via=("a",)), Route(match="b.example", via=("b",)))


def _move(**values: Any) -> MoveSettings:
    return MoveSettings.model_validate({"name": "m", "from": "a", "to": "b", "people": "ask", **values})


def test_sides() -> None:
    sides = sides_of(_move(joined_after="2d"), RouteTable(ROUTES))
    assert (sides.name, sides.source, sides.target) == ("m", "a", "b")
    assert sides.joined == Joined(before=86_400, after=2 * 86_400)


def test_a_circle_is_told_with_the_name_of_the_move() -> None:
    with pytest.raises(ListFileError, match=r'\[\[moves\]\] "m": .* in a circle'):
        sides_of(_move(rewrite="{local}.x@a.example"), RouteTable(ROUTES))


def test_routes_of_the_side_that_is_left_know_the_other_address() -> None:
    moves = [_move(rewrite="{local}@b.example"), _move(name="n"), _move(name="o", rewrite="{alias}")]
    assert [route.beside for route in with_other_side(ROUTES, moves)] == [("{local}@b.example",), ()]


@pytest.mark.parametrize(
    ("values", "name"),
    [
        ({"people": "file:lists/moved.csv"}, "lists/moved.csv.state"),
        ({"people": "file:moved.csv", "state": "file:state/m"}, "state/m"),
        ({"people": {"group": "moved@b.example"}}, "moves-m.state"),
    ],
)
def test_where_it_is_kept_what_a_restart_must_know(values: dict[str, Any], name: str) -> None:
    assert state_of(_move(**values), Path("/etc")) == Path("/etc") / name
