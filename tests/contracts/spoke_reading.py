"""What every spoke promises of being read, whatever it holds and whether it may be written or not."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import ClassVar, Generic

import pytest

from calsync.spoke import ExpiredError
from tests.contracts.spoke_world import C, Reader, Stage, bare, holdable


class ReadingContract(Generic[C]):
    """Every spoke, whatever it holds. A subclass gives ``staged`` and says with the attributes what it does not do.

    ``tokens``: its tokens can expire. ``spoils``: something unreadable can stand there. ``writable``: it can be written
    to at all.
    """

    tokens: ClassVar[bool] = True
    spoils: ClassVar[bool] = True
    writable: ClassVar[bool] = False

    def staged(self, folder: Path) -> AbstractAsyncContextManager[Stage[C]]:
        """A new, empty calendar or folder, its user, and the spoke over it. ``folder`` may be written to."""
        raise NotImplementedError

    def sample(self, number: int) -> C:
        """Some content; another for each number, within the window, that every spoke can hold."""
        raise NotImplementedError

    def edited(self, content: C, text: str) -> tuple[C, str]:
        """``content`` with another subject (name), and the name of that field."""
        raise NotImplementedError

    @pytest.fixture
    async def stage(self, tmp_path: Path) -> AsyncIterator[Stage[C]]:
        async with self.staged(tmp_path) as stage:
            yield stage

    def same(self, stage: Stage[C], told: object, wanted: C) -> bool:
        """Whether ``told`` is ``wanted``, as far as the spoke can hold it."""
        held = holdable(stage.spoke.ability, wanted)
        return held is not None and bare(told) == bare(held)

    async def test_it_says_what_it_can_do(self, stage: Stage[C]) -> None:
        ability = stage.spoke.ability
        assert stage.spoke.name
        assert ability.at_once >= 1
        assert ability.batch >= 1
        assert ability.writable is self.writable
        assert holdable(ability, self.sample(1)) is not None

    async def test_read_whole_and_then_nothing_is_new(self, stage: Stage[C]) -> None:
        reader = Reader(stage.spoke)
        assert not (await reader.news()).items
        keys = [await stage.user.create(self.sample(number)) for number in range(3)]
        told = await Reader(stage.spoke).news()
        assert set(told.items) == set(keys)
        for number, key in enumerate(keys):
            item = told.items[key]
            assert item.key == key
            assert item.version
            assert not item.mark
            assert self.same(stage, item.content, self.sample(number))
        assert set((await reader.anew()).items) == set(keys)
        again = await reader.anew()
        assert (dict(again.items), again.gone) == ({}, frozenset())

    async def test_new_changed_and_deleted_are_told(self, stage: Stage[C]) -> None:
        keys = [await stage.user.create(self.sample(number)) for number in range(3)]
        reader = Reader(stage.spoke)
        await reader.news()
        other, _ = self.edited(self.sample(0), "Quite another")
        await stage.user.change(keys[0], other)
        await stage.user.delete(keys[1])
        new = await stage.user.create(self.sample(3))
        told = await reader.anew()
        assert set(told.items) == {keys[0], new}
        assert told.gone == {keys[1]}
        assert self.same(stage, told.items[keys[0]].content, other)
        assert not (await reader.anew()).items

    async def test_a_look_tells_what_stands_there(self, stage: Stage[C]) -> None:
        here, gone = [await stage.user.create(self.sample(number)) for number in range(2)]
        told = (await Reader(stage.spoke).news()).items[here]
        await stage.user.delete(gone)
        found = await stage.spoke.look([here, gone])
        assert set(found) == {here, gone}
        assert found[gone] is None
        assert found[here] == told
        assert dict(await stage.spoke.look([])) == {}

    async def test_an_expired_token_is_told(self, stage: Stage[C]) -> None:
        if not self.tokens:
            return  # has no tokens, as it says
        key = await stage.user.create(self.sample(1))
        reader = Reader(stage.spoke)
        await reader.news()
        assert reader.token
        stage.expire()
        with pytest.raises(ExpiredError):
            await reader.news()
        assert not (await reader.anew()).items
        assert key in reader.versions

    async def test_what_cannot_be_read_stands_beside_the_others(self, stage: Stage[C]) -> None:
        if not self.spoils:
            return  # refuses what cannot be read, as it says
        key, broken = await stage.user.create(self.sample(1)), await stage.user.spoil()
        told = await Reader(stage.spoke).news()
        assert set(told.items) == {key}
        assert set(told.unread) == {broken}
        assert told.unread[broken].words

    async def theirs(self, stage: Stage[C], content: C) -> None:
        """Entered by the user, told by the spoke."""
        held = holdable(stage.spoke.ability, content)
        if held is None:
            return
        key = await stage.user.create(held)
        assert bare((await Reader(stage.spoke).news()).items[key].content) == bare(held)
