"""Tests of galsync/settings/moves.py."""

from galsync.people.moved import Side
from galsync.settings.moves import SIDES, sides_of
from tests.galsync.settings.estate import mistakes, settings

MERGER = {"name": "merger", "side": "from"}


def test_a_sync_says_on_which_side_its_sources_are() -> None:
    (move,) = settings(moves=[MERGER]).directory_syncs[0].moves
    assert (move.name, SIDES[move.side]) == ("merger", Side.LEFT)
    assert settings().directory_syncs[0].moves == ()


def test_what_cannot_be() -> None:
    (found,) = mistakes(moves=[MERGER, {"name": "merger", "side": "to"}])
    assert 'names "merger" twice' in found
    assert mistakes(moves=[{"name": "merger"}])
    assert mistakes(moves=[{"name": "merger", "side": "left"}])


def test_sources_on_both_sides_are_told_apart() -> None:
    each = [MERGER | {"source": "ad"}, {"name": "merger", "side": "to", "source": "google"}]
    (sync,) = settings(**{"from": ["ad", "google"]}, moves=each).directory_syncs
    assert sides_of(sync.moves, "merger") == {Side.LEFT, Side.NEW}
    assert sides_of(sync.moves, "another") == frozenset()
    (found,) = mistakes(**{"from": ["ad", "google"]}, moves=[MERGER])
    assert 'moves: "merger" needs source, once for each that people move from or to: ad, google' in found
    (found,) = mistakes(moves=[MERGER | {"source": "hr"}])
    assert '"merger" names hr, which is no source of this sync' in found
    (found,) = mistakes(**{"from": ["ad", "google"]}, moves=[MERGER | {"source": "ad"}] * 2)
    assert 'names "merger" twice' in found
