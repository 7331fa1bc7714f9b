"""What a target promises of photos, if it holds any; see tests/contracts/target.py."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from galsync.entries import Agreement, Entry
from galsync.plans.plan import plan
from galsync.rules import Rules
from galsync.side import Target
from galsync.steps import Step
from tests.contracts.steps import agreed, create, done, update
from tests.contracts.target_world import TargetWorld

ONE, TWO = b"\xff\xd8\xff\xe0 one", b"\xff\xd8\xff\xe0 another"
_NOW = datetime(2026, 11, 23, 3, tzinfo=UTC)


class PhotosContract(TargetWorld):
    """Of targets that hold photos (``Ability.photos``)."""

    async def photo(self, target: Target, key: str) -> bytes:
        """The photo of an object as whoever looks at it sees it; b"" for none."""
        [held] = await target.look(self.place, [key], [])
        return held.photo

    async def test_a_photo_is_written_and_replaced_and_cleared(self, tmp_path: Path) -> None:
        async with self.started(tmp_path) as target:
            if not target.ability.photos:
                return
            entry = replace(self.entry(), photo=ONE)
            [held] = await self.created(target, entry)
            assert await self.photo(target, held.key) == ONE
            for wanted in (TWO, b""):
                [outcome] = await self.write(target, update(replace(entry, photo=wanted), held, "photo"))
                assert done(outcome)
                held = await self.found(target, entry)
                assert await self.photo(target, held.key) == wanted
            assert held.texts == entry.texts

    async def test_a_photo_comes_later_and_is_not_planned_again(self, tmp_path: Path) -> None:
        async with self.started(tmp_path) as target:
            if not target.ability.photos:
                return
            [held] = await self.created(target, self.entry())
            with_photo = replace(self.entry(), photo=ONE)
            made = await self._planned(target, with_photo, agreed(self.entry(), held))
            assert [change.field for step in made for change in step.changes] == ["photo"]
            assert all(done(each) for each in await self.write(target, *made))
            held = await self.found(target, with_photo)
            assert await self.photo(target, held.key) == ONE
            known = replace(made[0].agreement or agreed(with_photo, held), key=held.key)
            assert await self._planned(target, with_photo, known) == ()

    async def test_a_field_changes_and_the_photo_stays(self, tmp_path: Path) -> None:
        async with self.started(tmp_path) as target:
            if not target.ability.photos:
                return
            entry = replace(self.entry(), photo=ONE)
            assert done((await self.write(target, create(entry)))[0])
            held = await self.found(target, entry)
            changed = replace(self.entry(display_name="Another"), photo=ONE)
            [outcome] = await self.write(target, update(changed, held, texts=tuple(changed.texts)))
            assert done(outcome)
            assert await self.photo(target, (await self.found(target, entry)).key) == ONE

    async def _planned(self, target: Target, entry: Entry, known: Agreement) -> tuple[Step, ...]:
        rules = Rules(sync=self.sync, hides=target.ability.hides)
        made = plan({entry.anchor: entry}, await self.all(target), {entry.anchor: known}, rules, now=_NOW)
        return made.writes
