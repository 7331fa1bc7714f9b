"""Tests of galsync/pairs/way_back.py: last first, each row upon what the one before leaves."""

from galsync.pairs.carrying import Carrier
from galsync.pairs.pieces import Part
from galsync.pairs.record import State
from galsync.pairs.way_back import planned_back
from service.state.database import Database
from tests.galsync.pairs.world import BROKEN, ends, pair_of


async def kept() -> None:
    """Nobody takes it over."""


async def test_rows_of_one_piece_are_taken_back_in_one_step(sqlite_database: Database) -> None:
    pair = pair_of(sqlite_database)
    ends(pair)[0].of("policy", stands="third")
    await pair.record.begin("merger", Part.SHARING, "source/policy", was="first", did="second")
    await pair.record.begin("merger", Part.SHARING, "source/policy", was="second", did="third")
    plan = await planned_back(pair)
    assert [(step.was, step.shall, step.rows) for step in plan.steps] == [("third", "first", (2, 1))]
    assert plan.back


async def test_a_run_that_was_killed_before_it_wrote_leaves_nothing_to_do(sqlite_database: Database) -> None:
    pair = pair_of(sqlite_database)
    ends(pair)[0].of("policy", stands="first")
    number = await pair.record.begin("merger", Part.SHARING, "source/policy", was="first", did="second")
    (step,) = (await planned_back(pair)).steps
    assert (step.was, step.shall, step.rows, step.notes) == ("first", "first", (number,), ())


async def test_what_somebody_changed_is_left_and_told(sqlite_database: Database) -> None:
    pair = pair_of(sqlite_database)
    ends(pair)[0].of("policy", stands="theirs")
    await pair.record.begin("merger", Part.SHARING, "source/policy", was="first", did="second")
    plan = await planned_back(pair)
    (step,) = plan.steps
    assert (step.shall, step.notes, step.left) == ("theirs", ("changed since",), (1,))
    assert (plan.idle, plan.writes) == (False, 0)
    told = await Carrier(pair, kept=kept).back(plan)
    assert [(each.state, each.words) for each in told.outcomes] == [(State.LEFT, "changed since")]
    assert told.well
    again = await planned_back(pair)
    assert [step.notes for step in again.steps] == [("changed since",)]  # told again, and nobody is asked about it
    assert again.idle
    ends(pair)[0].of("policy").stands = "first"
    await Carrier(pair, kept=kept).back(await planned_back(pair))
    assert await pair.record.standing("merger") == []


async def test_what_is_handed_over_is_done_with_once_it_is_seen_gone(sqlite_database: Database) -> None:
    pair = pair_of(sqlite_database)
    piece = ends(pair)[0].of("policy", stands="second", holds=True)
    await pair.record.begin("merger", Part.SHARING, "source/policy", was="first", did="second")
    told = await Carrier(pair, kept=kept).back(await planned_back(pair))
    assert [each.state for each in told.outcomes] == [State.HANDED]
    assert [row.key for row in await pair.record.standing("merger")] == ["source/policy"]
    piece.stands = "first"
    assert [step.shall for step in (await planned_back(pair)).steps] == ["first"]
    await Carrier(pair, kept=kept).back(await planned_back(pair))
    assert await pair.record.standing("merger") == []


async def test_nothing_is_taken_back_at_another_tenant(sqlite_database: Database) -> None:
    pair = pair_of(sqlite_database)
    ends(pair)[0].of("policy", stands="second")
    told = {"was": "first", "did": "second", "tenant": "id-destination"}
    await pair.record.begin("merger", Part.SHARING, "source/policy", **told)
    plan = await planned_back(pair)
    assert plan.steps == ()
    assert "was written to the tenant id-destination, and the settings lead to id-source now" in plan.refusals[0]
    ends(pair)[0].told = BROKEN
    assert (await planned_back(pair)).refusals == ("source cannot be read: HTTP 500",)


async def test_what_cannot_be_looked_at_refuses_all(sqlite_database: Database) -> None:
    pair = pair_of(sqlite_database)
    ends(pair)[0].of("policy", stands=BROKEN)
    await pair.record.begin("merger", Part.SHARING, "source/policy", was="first", did="second")
    await pair.record.begin("merger", Part.SHARING, "source/nobody", was="first", did="second")
    refusals = (await planned_back(pair)).refusals
    assert "do not name any more what source/nobody was written to" in refusals[0]
    assert refusals[1] == "source/policy cannot be looked at: HTTP 500"
