"""What a target promises of groups with members, if it takes any; see tests/contracts/target.py."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from galsync.entries import Agreement, Entry, Form, Held, How
from galsync.plans.plan import plan
from galsync.rules import Rules
from galsync.side import Failed, Target, Written
from galsync.steps import Act, Plan
from protocols.model.mailbox import Mailbox
from protocols.model.person import Field
from tests.contracts.steps import create, done, remove, retire, update
from tests.contracts.target_world import TargetWorld

_NOW = datetime(2026, 11, 23, 3, tzinfo=UTC)


class GroupsContract(TargetWorld):
    """Of targets that take ``Form.GROUP``. ``group_domain`` is one in which groups can have their address."""

    group_domain = "b.example"

    async def foreign_group(self, address: str, name: str) -> None:
        """Somebody else makes a group with this address and display name; any object where that is all the same."""
        await self.foreign(address, name)

    def group(self, name: str, *members: str, **texts: str) -> Entry:
        """A group of b.example with the entries called ``members``."""
        made = self.entry(name, **texts)
        held: dict[Field, str] = {
            key: text for key, text in made.texts.items() if key in {Field.DISPLAY_NAME, Field.NOTES}
        }
        address = Mailbox.parse(f"{name}@{self.group_domain}")
        names = tuple(sorted(self.entry(each).address.address for each in members))
        return replace(made, form=Form.GROUP, address=address, members=names, texts=held)

    async def synced(
        self, target: Target, agreed: Mapping[str, Agreement], *entries: Entry
    ) -> tuple[Plan, dict[str, Agreement]]:
        """``entries`` planned and written as a run does; the plan, and what is agreed afterwards."""
        rules = Rules(
            sync=self.sync,
            fields={Field.DISPLAY_NAME: How.WRITE, Field.MANAGER: How.WRITE},
            hides=target.ability.hides,
            links=target.ability.links,
        )
        made = plan({each.anchor: each for each in entries}, await self.all(target), agreed, rules, now=_NOW)
        assert all(done(each) for each in await self.write(target, *made.writes))
        after = dict(agreed) | {step.anchor: step.agreement for step in made.steps if step.agreement}
        keys = {each.stamp.anchor: each.key for each in await self.all(target) if each.stamp}
        return made, {anchor: replace(each, key=keys.get(anchor, each.key)) for anchor, each in after.items()}

    async def test_a_group_is_written_with_its_members(self, tmp_path: Path) -> None:
        async with self.started(tmp_path) as target:
            if Form.GROUP not in target.ability.forms:
                return
            ann, bob, sales = self.entry("ann"), self.entry("bob"), self.group("sales", "ann", "bob")
            await self.created(target, ann, bob)
            [held] = await self.created(target, sales)
        assert held.form is Form.GROUP
        assert held.address == sales.address
        assert held.texts[Field.DISPLAY_NAME] == "Sales"
        assert sorted(held.members) == ["ann@b.example", "bob@b.example"]
        assert held.readonly == ""

    async def test_a_member_comes_and_another_goes(self, tmp_path: Path) -> None:
        async with self.started(tmp_path) as target:
            if Form.GROUP not in target.ability.forms:
                return
            await self.created(target, *map(self.entry, ("ann", "bob", "carl")))
            [held] = await self.created(target, self.group("sales", "ann", "bob"))
            [outcome] = await self.write(target, update(self.group("sales", "bob", "carl"), held, "members"))
            assert done(outcome)
            after = await self.found(target, self.group("sales"))
            assert sorted(after.members) == ["bob@b.example", "carl@b.example"]
            assert (after.key, after.address, after.texts) == (held.key, held.address, held.texts)
            assert isinstance(outcome, Failed) is False
            if isinstance(outcome, Written):
                assert (outcome.key, outcome.version, outcome.missing) == (after.key, after.version, ())

    async def test_people_and_groups_at_once_and_nothing_to_do_afterwards(self, tmp_path: Path) -> None:
        """One group in another, and a second run that plans nothing; then who is a member of what is another."""
        async with self.started(tmp_path) as target:
            if Form.GROUP not in target.ability.forms:
                return
            ann, bob = self.entry("ann"), self.entry("bob")
            inner = self.group("inner", "ann", "bob")
            outer = replace(self.group("a-outer", "ann"), members=("ann@b.example", inner.address.address))
            made, agreed = await self.synced(target, {}, outer, inner, ann, bob)
            assert made.counts == {Act.CREATE: 4}
            again, agreed = await self.synced(target, agreed, outer, inner, ann, bob)
            assert again.steps == ()
            assert again.equal == 4
            fewer = replace(inner, members=("bob@b.example",))
            changed, agreed = await self.synced(target, agreed, outer, fewer, ann, bob)
            assert [(step.act, [c.field for c in step.changes]) for step in changed.steps] == [
                (Act.UPDATE, ["members"])
            ]
            assert (await self.found(target, inner)).members == ("bob@b.example",)
            assert (await self.synced(target, agreed, outer, fewer, ann, bob))[0].steps == ()

    async def test_who_does_not_stand_there_is_named_and_the_group_is_written(self, tmp_path: Path) -> None:
        async with self.started(tmp_path) as target:
            if Form.GROUP not in target.ability.forms or not target.ability.links:
                return
            ann, sales = self.entry("ann"), self.group("sales", "ann", "nobody")
            made, agreed = await self.synced(target, {}, ann, sales)
            assert made.absent == {sales.address.address: ("nobody@b.example",)}
            assert (await self.found(target, sales)).members == ("ann@b.example",)
            again, _ = await self.synced(target, agreed, ann, sales)
            assert (again.steps, again.absent) == ((), made.absent)

    async def test_who_went_while_it_was_planned_is_named_in_the_outcome(self, tmp_path: Path) -> None:
        async with self.started(tmp_path) as target:
            if Form.GROUP not in target.ability.forms or not target.ability.links:
                return
            await self.created(target, self.entry("ann"))
            [outcome] = await self.write(target, create(self.group("sales", "ann", "nobody")))
            assert done(outcome)
            if isinstance(outcome, Written):
                assert outcome.missing == ("nobody@b.example",)
            assert (await self.found(target, self.group("sales"))).members == ("ann@b.example",)

    async def test_a_group_that_is_not_ours_is_never_touched(self, tmp_path: Path) -> None:
        async with self.started(tmp_path) as target:
            if Form.GROUP not in target.ability.forms:
                return
            await self.created(target, self.entry("ann"))
            await self.foreign_group(f"boss@{self.group_domain}", "The Boss")
            before = await self.all(target)
            [held] = [each for each in before if f"boss@{self.group_domain}" in each.addresses]
            assert held.stamp is None
            mine = self.group("boss", "ann", display_name="Mine")
            named = update(mine, held, "members", texts=(Field.DISPLAY_NAME,))
            for step in (named, retire(held, mine.anchor), remove(held, mine.anchor)):
                [outcome] = await self.write(target, step)
                assert not isinstance(outcome, Written), step.act
                assert await self.all(target) == before

    async def test_a_group_goes_and_its_members_stay(self, tmp_path: Path) -> None:
        async with self.started(tmp_path) as target:
            if Form.GROUP not in target.ability.forms:
                return
            [ann] = await self.created(target, self.entry("ann"))
            [held] = await self.created(target, self.group("sales", "ann"))
            [outcome] = await self.write(target, remove(held, "ad:sales"))
            assert done(outcome)
            assert [each.key for each in await self.all(target)] == [ann.key]

    async def test_a_member_goes_and_the_group_is_without_them(self, tmp_path: Path) -> None:
        async with self.started(tmp_path) as target:
            if Form.GROUP not in target.ability.forms or not target.ability.links:
                return
            ann, _ = await self.created(target, self.entry("ann"), self.entry("bob"))
            await self.created(target, self.group("sales", "ann", "bob"))
            assert done((await self.write(target, remove(ann, "ad:ann")))[0])
            assert (await self.found(target, self.group("sales"))).members == ("bob@b.example",)

    async def test_a_manager_is_linked_and_told_by_address(self, tmp_path: Path) -> None:
        async with self.started(tmp_path) as target:
            if not target.ability.links or Field.MANAGER not in (target.ability.fields or {Field.MANAGER}):
                return
            boss = self.entry("zoe")
            ann = self._led(self.entry("ann"), "zoe@b.example")
            bob = self._led(self.entry("bob"), "nobody@b.example")
            made, agreed = await self.synced(target, {}, ann, bob, boss)
            assert made.absent == {"bob@b.example": ("nobody@b.example",)}
            found = [await self.found(target, each) for each in (ann, bob)]
            assert [self._manager(each) for each in found] == ["zoe@b.example", None]
            assert (await self.synced(target, agreed, ann, bob, boss))[0].steps == ()
            alone, agreed = await self.synced(target, agreed, self.entry("ann"), bob, boss)
            assert [[change.field for change in step.changes] for step in alone.steps] == [["manager"]]
            assert self._manager(await self.found(target, ann)) is None
            assert (await self.synced(target, agreed, self.entry("ann"), bob, boss))[0].steps == ()

    def _led(self, entry: Entry, manager: str) -> Entry:
        return replace(entry, texts={**entry.texts, Field.MANAGER: manager})

    def _manager(self, held: Held) -> str | None:
        return held.texts.get(Field.MANAGER)
