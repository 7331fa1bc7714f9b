"""What every Target promises, tested against each of them: subclass and say how it is built and what it can hold."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Final

import pytest

from galsync.entries import Held, Stamp
from galsync.side import Failed, Handed, Written
from galsync.steps import Step, Why
from protocols.errors import PeerError
from protocols.model.mailbox import Mailbox
from protocols.model.person import Field
from tests.contracts.steps import agreed, by_key, create, done, remove, retire, update
from tests.contracts.target_groups import GroupsContract
from tests.contracts.target_photos import PhotosContract
from tests.contracts.target_world import TEXTS, X500

AWKWARD: Final = (
    "Ünï 王小明 Ωλ ‚‘’‛ „“",
    'O\'Brien "Bob" <script>&amp; $(x) `whoami` ${env:PATH}',
    "=cmd|' /C calc'!A0",
    "+1-2@3",
    "- dash, ; semicolon, tab-less; \\ back // slash #",
    "@SUM(A1)",
    "'=1+1",
    "''",
    "x" * 60,
)
WAIT: Final = timedelta(seconds=7)

__all__ = [
    "TEXTS",
    "WAIT",
    "X500",
    "TargetContract",
    "agreed",
    "by_key",
    "create",
    "done",
    "remove",
    "retire",
    "update",
]


class TargetContract(GroupsContract, PhotosContract):
    """Every target; see :class:`tests.contracts.target_world.TargetWorld` for what subclasses say of theirs."""

    async def test_it_says_where_and_what(self, tmp_path: Path) -> None:
        async with self.started(tmp_path) as target:
            assert self.place in await target.places()
            assert target.name
            assert self.form in target.ability.forms
            assert target.ability.batch >= 1
            assert target.ability.fields is None or self.telling <= target.ability.fields
            assert await self.all(target) == []
            assert list(await target.write(self.place, [])) == []

    async def test_what_was_written_stands_there(self, tmp_path: Path) -> None:
        entry = self.full()
        async with self.started(tmp_path) as target:
            [outcome] = await self.write(target, create(entry))
            assert done(outcome)
            held = await self.found(target, entry)
        assert held.key
        assert isinstance(outcome, Handed) or (outcome.key, outcome.version) == (held.key, held.version)  # type: ignore[union-attr]
        assert held.address == entry.address
        assert held.hidden is False
        assert held.readonly == ""
        assert {key: held.texts.get(key) for key in entry.texts} == dict(entry.texts)
        assert all(held.texts.values())
        assert {entry.address.address, *(alias.lower() for alias in entry.aliases)} <= held.addresses
        assert all(address == address.lower() for address in held.addresses)
        if self.tells_forms:
            assert held.form is self.form

    @pytest.mark.parametrize("text", AWKWARD)
    async def test_every_text_comes_back_as_it_was(self, tmp_path: Path, text: str) -> None:
        entry = self.entry(display_name=text)
        async with self.started(tmp_path) as target:
            [held] = await self.created(target, entry)
        assert held.texts == entry.texts

    async def test_an_update_writes_what_changed_and_nothing_else(self, tmp_path: Path) -> None:
        entry = self.full()
        async with self.started(tmp_path) as target:
            [held] = await self.created(target, entry)
            wanted = replace(entry, texts={key: f"{text} 2" for key, text in entry.texts.items()})
            [outcome] = await self.write(target, update(wanted, held, texts=(Field.DISPLAY_NAME,)))
            assert done(outcome)
            after = await self.found(target, entry)
        expected = {**entry.texts, Field.DISPLAY_NAME: wanted.texts[Field.DISPLAY_NAME]}
        assert {key: after.texts.get(key) for key in entry.texts} == expected
        assert (after.key, after.address, after.addresses) == (held.key, held.address, held.addresses)
        assert isinstance(outcome, Handed) or (outcome.key, outcome.version) == (after.key, after.version)  # type: ignore[union-attr]

    async def test_a_field_is_emptied(self, tmp_path: Path) -> None:
        cleared = next(key for key in TEXTS if key in self.telling and key is not Field.DISPLAY_NAME)
        entry = self.full()
        async with self.started(tmp_path) as target:
            [held] = await self.created(target, entry)
            kept = {key: text for key, text in entry.texts.items() if key is not cleared}
            [outcome] = await self.write(target, update(replace(entry, texts=kept), held, texts=(cleared,)))
            assert done(outcome)
            after = await self.found(target, entry)
        assert {key: after.texts.get(key) for key in entry.texts} == {**kept, cleared: None}

    async def test_an_address_moves(self, tmp_path: Path) -> None:
        if not self.moves:
            return
        entry = self.entry()
        async with self.started(tmp_path) as target:
            [held] = await self.created(target, entry)
            wanted = replace(entry, address=Mailbox.parse("anne@b.example"))
            [outcome] = await self.write(target, update(wanted, held, "address"))
            assert done(outcome)
            after = await self.found(target, entry)
        assert after.address == wanted.address
        assert "ann@b.example" not in after.addresses

    async def test_aliases_come_and_go_and_those_of_others_stay(self, tmp_path: Path) -> None:
        if not self.aliases:
            return
        one, two, other = "one@b.example", "two@b.example", "other@b.example"
        async with self.started(tmp_path) as target:
            [held] = await self.created(target, self.entry("ann", one, other))
            known = agreed(self.entry("ann", one), held)  # ``other`` is not what was agreed: somebody's own
            step = update(self.entry("ann", two), held, "aliases", known=known)
            [outcome] = await self.write(target, step)
            assert done(outcome)
            after = await self.found(target, self.entry())
        assert {two, other} <= after.addresses
        assert one not in after.addresses

    async def test_what_is_foreign_is_never_touched_whatever_a_step_says(self, tmp_path: Path) -> None:
        async with self.started(tmp_path) as target:
            await self.foreign("boss@b.example", "The Boss")
            before = await self.all(target)
            [held] = [each for each in before if "boss@b.example" in each.addresses]
            assert held.stamp is None
            for step in self.touching(held):
                [outcome] = await self.write(target, step)
                assert not isinstance(outcome, Written), step.act
                assert await self.all(target) == before

    async def test_what_another_sync_made_is_never_touched_either(self, tmp_path: Path) -> None:
        """The stamp that stands there decides, not the one that the step believes in."""
        entry, other = self.entry(), Stamp("of-another", "ad:boss")
        async with self.started(tmp_path) as target:
            await self.foreign("boss@b.example", "The Boss", other)
            before = await self.all(target)
            [held] = [each for each in before if "boss@b.example" in each.addresses]
            assert held.stamp == other
            for step in self.touching(replace(held, stamp=Stamp(self.sync, entry.anchor))):
                [outcome] = await self.write(target, step)
                assert not isinstance(outcome, Written), step.act
                assert await self.all(target) == before

    def touching(self, held: Held) -> list[Step]:
        """Each step that would change ``held``, as if it were ours."""
        entry = self.entry("ann", display_name="Mine")
        steps = [update(entry, held, texts=(Field.DISPLAY_NAME,)), remove(held, entry.anchor)]
        return [*steps, retire(held, entry.anchor)]

    async def test_who_comes_too_late_touches_nothing(self, tmp_path: Path) -> None:
        if not self.versions:
            return
        entry = self.entry()
        async with self.started(tmp_path) as target:
            [held] = await self.created(target, entry)
            await self.meddle(held.key)
            before = await self.all(target)
            [outcome] = await self.write(
                target, update(self.entry(display_name="Mine"), held, texts=tuple(entry.texts))
            )
            assert isinstance(outcome, Failed)
            assert await self.all(target) == before

    async def test_retired_is_hidden_and_returns(self, tmp_path: Path) -> None:
        async with self.started(tmp_path) as target:
            if not target.ability.hides:
                return
            entry = self.full()
            [held] = await self.created(target, entry)
            [outcome] = await self.write(target, retire(held, entry.anchor))
            assert done(outcome)
            hidden = await self.found(target, entry)
            assert hidden.hidden is True
            assert (hidden.key, hidden.texts, hidden.addresses) == (held.key, held.texts, held.addresses)
            [outcome] = await self.write(target, update(entry, hidden, "hidden", why=Why.RETURNED))
            assert done(outcome)
            again = await self.found(target, entry)
        assert again.hidden is False
        assert (again.texts, again.addresses) == (held.texts, held.addresses)

    async def test_removing_what_is_gone_is_done(self, tmp_path: Path) -> None:
        entry, other = self.entry(), self.entry("bob")
        async with self.started(tmp_path) as target:
            [held, kept] = await self.created(target, entry, other)
            [outcome] = await self.write(target, remove(held, entry.anchor))
            assert done(outcome)
            assert await self.all(target) == [await self.found(target, other)]
            [outcome] = await self.write(target, remove(held, entry.anchor))
            assert done(outcome)
            assert (await self.found(target, other)).key == kept.key

    async def test_one_bad_step_spoils_no_other(self, tmp_path: Path) -> None:
        entries = [self.entry(name) for name in ("ann", "bob", "carl", "dora")]
        async with self.started(tmp_path) as target:
            await self.foreign("boss@b.example", "The Boss")
            [boss] = await self.all(target)
            bad = update(self.entry("eve"), boss, texts=(Field.DISPLAY_NAME,))
            steps = [create(each) for each in entries]
            outcomes = await self.write(target, *steps[:2], bad, *steps[2:])
            assert [done(each) for each in outcomes[:2] + outcomes[3:]] == [True] * 4
            assert not isinstance(outcomes[2], Written)
            held = [await self.found(target, each) for each in entries]
            assert [each.address for each in held] == [each.address for each in entries]
        for outcome, each in zip(outcomes[:2] + outcomes[3:], held, strict=True):
            assert isinstance(outcome, Handed) or (isinstance(outcome, Written) and outcome.key == each.key)

    async def test_a_whole_batch_of_each_act_is_answered_in_order(self, tmp_path: Path) -> None:
        async with self.started(tmp_path) as target:
            ann, bob = self.entry("ann"), self.entry("bob")
            held = await self.created(target, ann, bob)
            changed = replace(bob, texts={Field.DISPLAY_NAME: "Robert"})
            steps = [remove(held[0], ann.anchor), update(changed, held[1], texts=(Field.DISPLAY_NAME,))]
            outcomes = await self.write(target, *steps, create(self.entry("carl")))
            assert all(done(each) for each in outcomes)
            names = {each.address: each.texts.get(Field.DISPLAY_NAME) for each in await self.all(target)}
        assert names == {bob.address: "Robert", self.entry("carl").address: "Carl"}

    async def test_looking_finds_by_key_and_by_address(self, tmp_path: Path) -> None:
        entries = [self.entry("ann", *["second@b.example"] * self.aliases), self.entry("bob"), self.entry("carl")]
        async with self.started(tmp_path) as target:
            ann, bob, carl = await self.created(target, *entries)
            await self.foreign("boss@b.example", "The Boss")
            boss = (await target.look(self.place, [], ["boss@b.example"]))[0]
            assert by_key(await target.look(self.place, [bob.key], [])) == {bob.key: bob}
            second = "second@b.example" if self.aliases else "ann@b.example"
            found = await target.look(self.place, [bob.key], [second, "boss@b.example", "nobody@b.example"])
            assert by_key(found) == {each.key: each for each in (ann, bob, boss)}
            assert boss.stamp is None
            assert list(await target.look(self.place, [], [])) == []
            await self.write(target, remove(carl, entries[2].anchor))
            assert list(await target.look(self.place, [carl.key], ["carl@b.example"])) == []

    async def test_the_same_created_twice_is_there_once(self, tmp_path: Path) -> None:
        """After a crash nobody knows whether it was written: what was is never doubled."""
        entry = self.entry()
        async with self.started(tmp_path) as target:
            [held] = await self.created(target, entry)
            [outcome] = await self.write(target, create(entry))
            after = await self.all(target)
        assert [each.key for each in after] == [held.key]
        assert not isinstance(outcome, Written) or outcome.key == held.key

    async def test_an_address_of_somebody_else_is_not_taken(self, tmp_path: Path) -> None:
        if not self.clashes:
            return
        async with self.started(tmp_path) as target:
            await self.foreign("ann@b.example", "Another Ann")
            before = await self.all(target)
            [outcome] = await self.write(target, create(self.entry()))
            assert isinstance(outcome, Failed | Handed)
            assert await self.all(target) == before

    async def test_who_is_told_to_wait_says_so(self, tmp_path: Path) -> None:
        if not self.throttles:
            return
        entries = [self.entry("ann"), self.entry("bob")]
        async with self.started(tmp_path) as target:
            await self.throttle()
            outcomes = await self.write(target, *map(create, entries))
        for outcome in outcomes:
            assert isinstance(outcome, Failed)
            assert outcome.retry_after == WAIT
            assert outcome.doubt is False
            assert outcome.words

    async def test_what_cannot_be_read_whole_is_an_error(self, tmp_path: Path) -> None:
        async with self.started(tmp_path) as target:
            await self.created(target, self.entry("ann"), self.entry("bob"))
            await self.spoil()
            with pytest.raises(PeerError):
                await self.all(target)
