"""Tests of galsync/pairs/carrying.py: each step is written down, and what stands otherwise is not touched."""

from dataclasses import replace

import pytest

from galsync.pairs.carrying import Carried, Carrier
from galsync.pairs.pair import Pair
from galsync.pairs.pieces import Absent
from galsync.pairs.planning import planned
from galsync.pairs.record import State
from galsync.pairs.steps import PairPlan
from galsync.pairs.way_back import planned_back
from galsync.side import Handed
from service.state.database import Database
from tests.galsync.pairs.world import BROKEN, ends, pair_of


async def kept() -> None:
    """Nobody takes it over."""


async def carried(pair: Pair, plan: PairPlan | None = None) -> Carried:
    """What comes of a plan, a new one unless it is given."""
    return await Carrier(pair, kept=kept).forth(plan or await planned(pair))


async def test_every_step_is_written_down_with_what_stood_there(sqlite_database: Database) -> None:
    pair = pair_of(sqlite_database)
    ends(pair)[0].of("old", stands="in force")
    told = await carried(pair)
    assert told.well
    rows = await pair.record.standing("merger")
    assert [(row.key, row.state, row.was, row.did) for row in rows] == [
        ("source/policy", State.DONE, "", "on"),
        ("destination/policy", State.DONE, "", "on"),
        ("source/old", State.DONE, "in force", "on"),
        ("destination/old", State.DONE, "", "on"),
    ]
    assert (await planned(pair)).idle


async def test_a_failure_stops_what_depends_on_it(sqlite_database: Database) -> None:
    pair = pair_of(sqlite_database)
    ends(pair)[0].of("policy").outcome = BROKEN
    told = await carried(pair)
    assert not told.well
    assert [each.state for each in told.outcomes] == [State.FAILED] * 4
    (row,) = await pair.record.standing("merger")
    assert (row.state, row.words) == (State.FAILED, "HTTP 500")


async def test_what_stands_otherwise_than_the_plan_saw_is_left(sqlite_database: Database) -> None:
    pair = pair_of(sqlite_database)
    plan = await planned(pair)
    piece = ends(pair)[0].of("policy")
    piece.stands = "somebody's"
    told = await carried(pair, plan)
    assert "look at a new one" in told.outcomes[0].words
    assert (piece.stands, piece.writes) == ("somebody's", [])


async def test_what_is_there_by_now_is_done(sqlite_database: Database) -> None:
    pair = pair_of(sqlite_database)
    plan = await planned(pair)
    ends(pair)[0].of("policy").stands = "on"
    assert (await carried(pair, plan)).well
    assert "source/policy" not in [row.key for row in await pair.record.standing("merger")]


@pytest.mark.parametrize("stands", [BROKEN, Absent("gone")])
async def test_what_cannot_be_read_is_not_written(sqlite_database: Database, stands: object) -> None:
    pair = pair_of(sqlite_database)
    plan = await planned(pair)
    ends(pair)[0].of("policy").stands = stands  # type: ignore[assignment]
    assert not (await carried(pair, plan)).well
    assert await pair.record.standing("merger") == []


async def test_what_is_handed_over_is_no_failure(sqlite_database: Database) -> None:
    pair = pair_of(sqlite_database)
    ends(pair)[0].of("old").outcome = Handed()
    told = await carried(pair)
    assert told.well
    assert told.outcomes[2].state is State.HANDED


async def test_nothing_is_begun_once_it_is_told_to_stop(sqlite_database: Database) -> None:
    pair = pair_of(sqlite_database)
    carrier = Carrier(pair, kept=kept)
    carrier.stop()
    told = await carrier.forth(await planned(pair))
    assert (told.outcomes, told.well) == ([], False)
    assert "the next run goes on from there" in told.stopped


async def test_back_leaves_the_world_as_it_was(sqlite_database: Database) -> None:
    pair = pair_of(sqlite_database)
    ends(pair)[0].of("old", stands="in force")
    await carried(pair)
    back = await planned_back(pair)
    told = await Carrier(pair, kept=kept).back(back)
    assert told.well
    assert [piece.stands for end in ends(pair) for piece in end.pieces.values()] == ["in force", "", "", ""]
    assert await pair.record.standing("merger") == []
    assert (await planned_back(pair)).idle


async def test_a_way_back_that_fails_is_gone_again(sqlite_database: Database) -> None:
    pair = pair_of(sqlite_database)
    await carried(pair)
    ends(pair)[0].of("policy").outcome = BROKEN
    told = await Carrier(pair, kept=kept).back(await planned_back(pair))
    assert [each.state for each in told.outcomes].count(State.FAILED) == 1
    assert [row.key for row in await pair.record.standing("merger")] == ["source/policy"]
    ends(pair)[0].of("policy").outcome = None
    assert (await Carrier(pair, kept=kept).back(await planned_back(pair))).well


async def test_a_piece_that_the_settings_do_not_name_any_more(sqlite_database: Database) -> None:
    pair = pair_of(sqlite_database)
    plan = await planned(pair)
    ends(pair)[0].pieces.clear()
    assert not (await carried(pair, replace(plan, steps=plan.steps[:1]))).well
