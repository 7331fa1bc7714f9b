"""Guests that a script shows in the address lists; the whole life of one is in tests/console/gal/test_guests.py."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from galsync.entries import Held
from galsync.powershell.guests import GuestScript
from galsync.side import Failed, Handed, Outcome, Target, Visible, Written
from galsync.sides.guests_by_script_target import GuestsByScriptTarget
from galsync.steps import Why
from protocols.model.person import Field
from tests.contracts.target import create, remove, retire, update
from tests.galsync.powershell.guests_known import GuestExchange
from tests.galsync.powershell.pretended import Organisation
from tests.galsync.sides.microsoft_world import NOW, Tenant, tenant
from tests.galsync.sides.test_guests_target import ANN, guests
from tests.galsync.sides.test_guests_target import TestGuestsTarget as Guests


class TestGuestsByScriptTarget(Guests):
    """All that the target of guests promises, with an administrator who runs each script at once."""

    @asynccontextmanager
    async def started(self, directory: Path) -> AsyncIterator[Target]:
        async with tenant() as self.world:
            self.script = GuestScript(
                name="x", sync=self.sync, folder=directory, stamp_attribute="CustomAttribute15", clock=lambda: NOW
            )
            self.exchange = GuestExchange(self.world.desk.book)
            yield GuestsByScriptTarget(guests(self.world), self.script, sync=self.sync)

    async def settle(self) -> None:
        if self.script.script.exists():
            self.exchange.run(self.script.script, now=NOW)


@asynccontextmanager
async def world(folder: Path) -> AsyncIterator[tuple[Tenant, GuestScript, GuestsByScriptTarget]]:
    script = GuestScript(
        name="x", sync="fabrikam", folder=folder, stamp_attribute="CustomAttribute15", clock=lambda: NOW
    )
    async with tenant() as graph:
        yield graph, script, GuestsByScriptTarget(guests(graph), script, sync="fabrikam")


async def _all(target: Target) -> list[Held]:
    return [held async for held in target.held("")]


async def _write(target: Target, step: Any) -> Outcome:
    [outcome] = await target.write("", [step])
    return outcome


def _ran(script: GuestScript, held: Held, *, hidden: bool = True) -> None:
    assert held.stamp is not None
    exchange = Organisation()
    guid = exchange.put("GuestMailUser", "ann@b.example", {"CustomAttribute15": held.stamp.text})
    exchange.recipients[guid]["hidden"] = hidden
    exchange.run(script.script, now=NOW)


async def test_a_new_guest_is_there_and_looked_at_again_until_it_shows(tmp_path: Path) -> None:
    async with world(tmp_path) as (_, script, target):
        outcome = await _write(target, create(ANN))
        assert isinstance(outcome, Written)
        assert outcome.unseen
        assert target.ability.visible is Visible.WHEN_RUN
        [held] = await _all(target)
        assert held.hidden
        assert await _write(target, update(ANN, held, "hidden", why=Why.CHANGED)) == Handed()
        _ran(script, held)
        [held] = await _all(target)
        assert not held.hidden
        assert await target.look("", [held.key], []) == [held]


async def test_who_has_returned_is_written_and_looked_at_again(tmp_path: Path) -> None:
    async with world(tmp_path) as (graph, script, target):
        await _write(target, create(ANN))
        [held] = await _all(target)
        _ran(script, held)
        [held] = await _all(target)
        await _write(target, retire(held, ANN.anchor))
        [held] = await _all(target)
        assert held.hidden
        outcome = await _write(target, update(ANN, held, "hidden", why=Why.RETURNED))
        assert isinstance(outcome, Written)
        assert outcome.unseen
        assert [each.disabled for each in graph.desk.book.people.values()] == [False]


async def test_the_script_is_told_only_where_it_matters(tmp_path: Path) -> None:
    async with world(tmp_path) as (_, script, target):
        await _write(target, create(ANN))
        [held] = await _all(target)
        script.script.unlink()
        changed = replace(ANN, texts={**ANN.texts, Field.TITLE: "Other"})
        outcome = await _write(target, update(changed, held, texts=(Field.TITLE,)))
        assert isinstance(outcome, Written)
        assert not outcome.unseen
        assert not script.script.exists()
        [held] = await _all(target)
        assert isinstance(await _write(target, remove(held, ANN.anchor)), Written)
        assert b"ad:ann" not in script.script.read_bytes()


async def test_what_is_of_another_sync_is_as_graph_has_it(tmp_path: Path) -> None:
    async with world(tmp_path) as (graph, script, target):
        await _write(guests(graph, sync="another"), create(ANN))
        [held] = await _all(target)
        assert not held.hidden
        assert isinstance(await _write(target, retire(held, ANN.anchor)), Failed)
        assert not script.script.exists()


async def test_a_script_that_cannot_be_written_fails_what_is_only_about_it(tmp_path: Path) -> None:
    folder = tmp_path / "there"
    folder.mkdir()
    async with world(folder) as (_, _, target):
        await _write(target, create(ANN))
        [held] = await _all(target)
        for each in folder.iterdir():
            each.unlink()
        folder.rmdir()
        folder.write_text("")
        outcome = await _write(target, retire(held, ANN.anchor))
        assert isinstance(outcome, Failed)
        assert "the script that shows or hides it is not" in outcome.words
        assert not outcome.doubt
