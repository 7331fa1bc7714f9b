"""Guests that show in the address lists at once, by cmdlets."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from galsync.entries import Held
from galsync.side import Failed, Outcome, Target, Visible, Written
from galsync.sides.guests_shown_target import DESCRIPTION, AddressLists, GuestsShownTarget
from galsync.steps import Act, Why
from protocols.errors import PeerError
from protocols.model.freebusy import Reason
from protocols.model.person import Field
from simulation.faults import Trouble
from tests.contracts.target import create, remove, retire, update
from tests.galsync.sides.exchange_online_world import Organisation, organisation
from tests.galsync.sides.microsoft_world import Tenant, tenant
from tests.galsync.sides.test_guests_target import ANN, guests
from tests.galsync.sides.test_guests_target import TestGuestsTarget as Guests
from tests.galsync.sides.test_planned_again import Planner


def shown(graph: Tenant, exchange: Organisation) -> GuestsShownTarget:
    lists = AddressLists(send=exchange.send, endpoint=exchange.endpoint, pace=exchange.pace)
    return GuestsShownTarget(guests(graph), lists)


class TestGuestsShownTarget(Guests):
    """All that the target of guests promises."""

    @asynccontextmanager
    async def started(self, directory: Path) -> AsyncIterator[Target]:
        async with tenant() as self.world, organisation(self.world.desk.book) as self.exchange:
            yield shown(self.world, self.exchange)


@asynccontextmanager
async def both() -> AsyncIterator[tuple[Tenant, Organisation, GuestsShownTarget]]:
    async with tenant() as graph, organisation(graph.desk.book) as exchange:
        yield graph, exchange, shown(graph, exchange)


async def _all(target: Target) -> list[Held]:
    return [held async for held in target.held("")]


async def _write(target: Target, step: Any) -> Outcome:
    [outcome] = await target.write("", [step])
    return outcome


def _hides(exchange: Organisation) -> bool:
    [row] = exchange.recipients.rows.values()
    return bool(row["HiddenFromAddressListsEnabled"])


def test_it_is_called_undocumented() -> None:
    assert "undocumented" in DESCRIPTION


async def test_a_new_guest_shows_at_once() -> None:
    async with both() as (_, exchange, target):
        assert isinstance(await _write(target, create(ANN)), Written)
        assert not _hides(exchange)
        assert target.ability.visible is Visible.ADDRESS_BOOK


async def test_a_guest_that_exchange_learns_of_later_is_found_hidden_and_shown_then() -> None:
    async with both() as (_, exchange, target):
        exchange.recipients.lag = True
        assert isinstance(await _write(target, create(ANN)), Written)
        assert [each.hidden for each in await _all(target)] == [False]
        exchange.recipients.lag = False
        [held] = await _all(target)
        assert held.hidden is True
        assert (await target.look("", [held.key], [])) == [held]
        assert isinstance(await _write(target, update(ANN, held, "hidden", why=Why.CHANGED)), Written)
        assert not _hides(exchange)
        assert [each.hidden for each in await _all(target)] == [False]


async def test_a_plan_shows_who_was_not_known_yet_and_then_has_nothing_to_do(tmp_path: Path) -> None:
    contract = TestGuestsShownTarget()
    planner, entry = Planner(contract), contract.entry()
    async with contract.started(tmp_path) as target:
        contract.exchange.recipients.lag = True
        assert await planner.applied(target, entry) == [Act.CREATE]
        assert (await planner.planned(target, entry)).steps == ()
        contract.exchange.recipients.lag = False
        assert await planner.applied(target, entry) == [Act.UPDATE]
        assert (await planner.planned(target, entry)).steps == ()
        assert await planner.applied(target) == [Act.RETIRE]
        assert (await planner.planned(target)).steps == ()


async def test_retired_is_blocked_and_shows_no_more() -> None:
    async with both() as (graph, exchange, target):
        await _write(target, create(ANN))
        [held] = await _all(target)
        assert isinstance(await _write(target, retire(held, ANN.anchor)), Written)
        [guest] = graph.desk.book.people.values()
        assert (guest.disabled, _hides(exchange)) == (True, True)


async def test_a_guest_that_exchange_does_not_know_is_blocked_all_the_same() -> None:
    async with both() as (graph, exchange, target):
        exchange.recipients.lag = True
        await _write(target, create(ANN))
        [held] = await _all(target)
        assert isinstance(await _write(target, retire(held, ANN.anchor)), Written)
        assert [each.disabled for each in graph.desk.book.people.values()] == [True]


async def test_exchange_is_asked_only_where_it_matters() -> None:
    async with both() as (_, exchange, target):
        await _write(target, create(ANN))
        [held] = await _all(target)
        asked = len(exchange.requests)
        assert isinstance(await _write(target, update(ANN, held, texts=(Field.TITLE,))), Written)
        assert isinstance(await _write(target, remove(held, ANN.anchor)), Written)
        assert await target.look("", [], ["nobody@b.example"]) == []
        assert len(exchange.requests) == asked


async def test_what_is_not_ours_is_not_shown_either() -> None:
    async with both() as (graph, exchange, target):
        await _write(guests(graph, sync="another"), create(ANN))
        [held] = await _all(target)
        outcome = await _write(target, update(ANN, held, "hidden"))
        assert isinstance(outcome, Failed)
        assert _hides(exchange)


@pytest.mark.parametrize("act", ["create", "retire"])
async def test_a_guest_that_is_made_and_not_shown_is_made_and_one_not_hidden_has_failed(act: str) -> None:
    async with both() as (_, exchange, target):
        if act == "retire":
            await _write(target, create(ANN))
        exchange.server.faults.trouble = Trouble.DENIED
        if act == "create":
            assert isinstance(await _write(target, create(ANN)), Written)
            with pytest.raises(PeerError):
                await _all(target)
            return
        exchange.server.faults.clear()
        [held] = await _all(target)
        exchange.server.faults.trouble = Trouble.DENIED
        outcome = await _write(target, retire(held, ANN.anchor))
    assert isinstance(outcome, Failed)
    assert (outcome.reason, outcome.doubt) == (Reason.UNAUTHORIZED, False)  # a look would find it blocked
