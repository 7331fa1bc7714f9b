"""Tests of galsync/pairs/pair.py."""

from galsync.pairs.pieces import Part
from service.state.database import Database
from tests.galsync.pairs.world import TextPiece, ends, pair_of


async def test_a_piece_is_found_by_its_key(sqlite_database: Database) -> None:
    routes = TextPiece("routes", "on", part=Part.ROUTES)
    pair = pair_of(sqlite_database, routes=routes)
    there = ends(pair)[1].of("policy")
    assert pair.piece("routes") is routes
    assert pair.piece("destination/policy") is there
    assert pair.piece("source/policy") is None
    assert [end.name for end in pair.ends] == ["source", "destination"]
