"""Whatever stood there and whenever it is killed: gone on with nothing lacks, taken back the world is as before."""

import asyncio
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from hypothesis import given, settings
from hypothesis import strategies as st

from galsync.pairs.carrying import Carrier
from galsync.pairs.planning import planned
from galsync.pairs.way_back import planned_back
from service.state.database import Database
from tests.galsync.pairs.world import KilledError, TextPiece, ends, pair_of

PIECES: Final = ("policy", "old")
stands: Final = st.lists(st.sampled_from(("", "on", "in force")), min_size=4, max_size=4)
deaths: Final = st.lists(st.sampled_from(("", "before", "after")), min_size=4, max_size=4)


async def kept() -> None:
    """Nobody takes it over."""


async def story(stood: list[str], forth: list[str], back: list[str], database: Database) -> None:
    """One pair from its first plan to its end."""
    pair = pair_of(database)
    pieces: list[TextPiece] = [end.of(what) for end in ends(pair) for what in PIECES]
    for piece, text, dies in zip(pieces, stood, forth, strict=True):
        piece.stands, piece.dies = text, dies
    for _ in range(len(pieces) + 1):  # each kills one run at most
        with suppress(KilledError):
            assert (await Carrier(pair, kept=kept).forth(await planned(pair))).well
    assert (await planned(pair)).idle
    for piece, dies in zip(pieces, back, strict=True):
        piece.dies = dies
    for _ in range(len(pieces) + 1):
        with suppress(KilledError):
            assert (await Carrier(pair, kept=kept).back(await planned_back(pair))).well
    assert [piece.stands for piece in pieces] == stood
    assert (await planned_back(pair)).idle


@settings(max_examples=25, deadline=None)
@given(stood=stands, forth=deaths, back=deaths)
def test_forth_and_back(stood: list[str], forth: list[str], back: list[str]) -> None:
    async def told() -> None:
        with TemporaryDirectory() as folder:
            async with Database.open(f"sqlite:{Path(folder) / 'state.db'}") as database:
                await story(stood, forth, back, database)

    asyncio.run(told())
