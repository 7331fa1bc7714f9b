"""What every spoke promises of being written to, whatever it holds."""

from dataclasses import replace
from typing import ClassVar

from calsync.items import Mark
from calsync.spoke import Written
from tests.contracts.spoke_reading import ReadingContract
from tests.contracts.spoke_world import (
    HUB,
    C,
    Reader,
    Stage,
    bare,
    creation,
    deletion,
    done,
    failed,
    holdable,
    removed,
    standing,
    update,
)


class WritingContract(ReadingContract[C]):
    """Every spoke that may be written to. ``scribbles``: other programs can set things of their own. ``stale``: it
    tells by the version when somebody else was faster."""

    scribbles: ClassVar[bool] = True
    stale: ClassVar[bool] = True
    writable: ClassVar[bool] = True

    async def test_a_copy_is_made_once(self, stage: Stage[C]) -> None:
        spoke, write = stage.spoke, creation(self.sample(1))
        assert list(await spoke.find([write])) == [None]
        first = await done(spoke, write)
        assert self.same(stage, first.content, self.sample(1))
        assert first.mark == write.mark
        again = await done(spoke, write)
        assert again.key == first.key
        [found] = await spoke.find([write])
        assert found is not None
        assert (found.key, found.mark) == (first.key, first.mark)
        assert set((await Reader(spoke).news()).items) == {first.key}

    async def test_a_copy_comes_back_with_its_mark_and_is_not_new(self, stage: Stage[C]) -> None:
        reader = Reader(stage.spoke)
        await reader.news()
        written = reader.note(await done(stage.spoke, creation(self.sample(1))))
        assert written == await standing(stage.spoke, written.key)
        assert not (await reader.anew()).items
        told = (await Reader(stage.spoke).news()).items[written.key]
        assert Mark.read(told.mark) == Mark(HUB, "item1")
        assert self.same(stage, told.content, self.sample(1))

    async def test_a_copy_that_went_is_made_again_with_another_token(self, stage: Stage[C]) -> None:
        spoke = stage.spoke
        first = await done(spoke, creation(self.sample(1), 1))
        await removed(spoke, deletion(first))
        second = await done(spoke, replace(creation(self.sample(1), 2), mark=first.mark))
        assert set((await Reader(spoke).news()).items) == {second.key}

    async def test_what_the_hub_does_not_know_survives(self, stage: Stage[C]) -> None:
        if not self.scribbles:
            return  # holds nothing else, as it says
        spoke, user = stage.spoke, stage.user
        key = await user.create(self.sample(1))
        await user.scribble(key, "of another program")
        other, name = self.edited(self.sample(1), "Quite another")
        after = await done(spoke, update(await standing(spoke, key), other, name))
        assert self.same(stage, after.content, other)
        assert await user.scribbled(key) == "of another program"

    async def test_only_what_is_named_is_changed(self, stage: Stage[C]) -> None:
        spoke = stage.spoke
        before = await done(spoke, creation(self.sample(1)))
        other, name = self.edited(self.sample(2), "Quite another")
        wanted, _ = self.edited(self.sample(1), "Quite another")
        after = await done(spoke, update(before, other, name))
        assert after.version != before.version
        assert (after.key, after.mark) == (before.key, before.mark)
        assert self.same(stage, after.content, wanted)

    async def test_somebody_was_faster(self, stage: Stage[C]) -> None:
        if not self.stale:
            return  # cannot tell, as it says
        spoke = stage.spoke
        before = await done(spoke, creation(self.sample(1)))
        theirs, name = self.edited(self.sample(1), "Theirs")
        await stage.user.change(before.key, theirs)
        assert (await failed(spoke, update(before, self.edited(self.sample(1), "Ours")[0], name))).stale
        assert (await failed(spoke, deletion(before))).stale
        assert self.same(stage, (await standing(spoke, before.key)).content, theirs)

    async def test_what_is_gone_is_not_written(self, stage: Stage[C]) -> None:
        spoke = stage.spoke
        before = await done(spoke, creation(self.sample(1)))
        await stage.user.delete(before.key)
        other, name = self.edited(self.sample(1), "Quite another")
        outcome = await failed(spoke, update(before, other, name))
        assert outcome.stale
        assert outcome.gone
        await removed(spoke, deletion(before))
        assert not (await Reader(spoke).news()).items

    async def test_all_that_is_ours_is_found(self, stage: Stage[C]) -> None:
        spoke = stage.spoke
        await stage.user.create(self.sample(9))
        ours = [await done(spoke, creation(self.sample(number), number)) for number in range(1, 4)]
        other = replace(creation(self.sample(5), 5), mark=Mark(f"{HUB}-2", "item5").text)
        await done(spoke, other)
        found = [item async for item in spoke.ours(HUB)]
        assert {item.key: item.mark for item in found} == {item.key: item.mark for item in ours}

    async def test_many_at_once_are_answered_in_order(self, stage: Stage[C]) -> None:
        spoke = stage.spoke
        assert list(await spoke.write([])) == []
        count = min(spoke.ability.batch, 5)
        writes = [creation(self.sample(number), number) for number in range(1, count + 1)]
        outcomes = await spoke.write(writes)
        assert [each.item.mark for each in outcomes if isinstance(each, Written) and each.item] == [
            write.mark for write in writes
        ]

    async def round_trip(self, stage: Stage[C], content: C) -> None:
        """Written, told, changed into something else and back; or refused by ``fit`` with a word."""
        held = holdable(stage.spoke.ability, content)
        if held is None:
            return
        written = await done(stage.spoke, creation(held))
        assert bare(written.content) == bare(held)
        told = (await Reader(stage.spoke).anew()).items[written.key]
        assert bare(told.content) == bare(held)
        assert not told.cut
