"""What every Spoke promises, tested against each of them: subclass and say how it is staged and what it can hold."""

from dataclasses import replace
from typing import ClassVar

import pytest

from calsync.contents import fields as told
from calsync.items import Content
from protocols.model.card import Card
from protocols.model.event import Event
from tests.contracts.quiet import loud
from tests.contracts.spoke_cards import CARDS
from tests.contracts.spoke_events import EVENTS, SINGLE, span
from tests.contracts.spoke_reading import ReadingContract
from tests.contracts.spoke_world import Stage, bare, creation, deletion, done, failed, holdable, standing, update
from tests.contracts.spoke_writing import WritingContract

__all__ = ["ContactSpokeContract", "ReadOnlySpokeContract", "SpokeContract", "Stage"]


class ReadOnlySpokeContract(ReadingContract[Event]):
    """Every calendar, also one that can only be read. ``invites``: others can be asked to come there."""

    invites: ClassVar[bool] = True

    def sample(self, number: int) -> Event:
        return Event(when=span(9 + number, 9), subject=f"Number {number}", location=f"Room {number}", body="Text")

    def edited(self, content: Event, text: str) -> tuple[Event, str]:
        return replace(content, subject=text), "subject"

    @pytest.mark.parametrize("event", EVENTS.values(), ids=EVENTS)
    async def test_what_somebody_enters_is_told(self, stage: Stage[Event], event: Event) -> None:
        await self.theirs(stage, event)

    async def test_a_meeting_is_guarded(self, stage: Stage[Event]) -> None:
        if not self.invites:
            return  # knows no meetings, as it says
        key = await stage.user.create(self.sample(1))
        await stage.user.invite(key)
        before = await standing(stage.spoke, key)
        assert before.guarded
        assert isinstance(before.content, Event)
        assert before.content.meeting
        assert self.same(stage, before.content, self.sample(1))


class SpokeContract(WritingContract[Event], ReadOnlySpokeContract):
    """Every calendar that may be written to."""

    @pytest.mark.parametrize("event", EVENTS.values(), ids=EVENTS)
    async def test_what_is_written_comes_back(self, stage: Stage[Event], event: Event) -> None:
        await self.round_trip(stage, event)
        assert loud(stage.wire()) == []

    @pytest.mark.parametrize("event", EVENTS.values(), ids=EVENTS)
    async def test_a_copy_becomes_something_else(self, stage: Stage[Event], event: Event) -> None:
        await self.becomes(stage, SINGLE["timed"], event)
        assert loud(stage.wire()) == []

    async def test_a_meeting_is_never_written(self, stage: Stage[Event]) -> None:
        if not self.invites:
            return  # knows no meetings, as it says
        key = await stage.user.create(self.sample(1))
        await stage.user.invite(key)
        before = await standing(stage.spoke, key)
        other, name = self.edited(self.sample(1), "Quite another")
        assert (await failed(stage.spoke, update(before, other, name))).guarded
        assert (await failed(stage.spoke, deletion(before))).guarded
        assert await standing(stage.spoke, key) == before
        assert loud(stage.wire()) == []

    async def test_a_copy_that_became_a_meeting_is_guarded(self, stage: Stage[Event]) -> None:
        if not self.invites:
            return  # knows no meetings, as it says
        spoke = stage.spoke
        before = await done(spoke, creation(self.sample(1)))
        await stage.user.invite(before.key)
        other, name = self.edited(self.sample(1), "Quite another")
        for write in (update(before, other, name), deletion(before)):
            outcome = await failed(spoke, write)
            assert outcome.guarded or outcome.stale
        now = await standing(spoke, before.key)
        assert now.guarded
        assert (await failed(spoke, deletion(now))).guarded
        assert self.same(stage, now.content, self.sample(1))
        assert loud(stage.wire()) == []

    async def becomes(self, stage: Stage[Event], first: Event, second: Event) -> None:
        """A copy of ``first`` is made ``second``, and the first again."""
        one, other = holdable(stage.spoke.ability, first), holdable(stage.spoke.ability, second)
        if one is None or other is None:
            return
        before = await done(stage.spoke, creation(one))
        after = await done(stage.spoke, update(before, other, *differing(before.content, other)))
        assert bare(after.content) == bare(other)
        back = await done(stage.spoke, update(after, one, *differing(other, one)))
        assert bare(back.content) == bare(one)


class ContactSpokeContract(WritingContract[Card]):
    """Every folder of contacts."""

    def sample(self, number: int) -> Card:
        return Card(
            display_name=f"Ann Number{number}",
            given_name="Ann",
            surname=f"Number{number}",
            emails=(f"ann{number}@contoso.example",),
        )

    def edited(self, content: Card, text: str) -> tuple[Card, str]:
        return replace(content, company=text), "company"

    @pytest.mark.parametrize("card", CARDS.values(), ids=CARDS)
    async def test_what_is_written_comes_back(self, stage: Stage[Card], card: Card) -> None:
        await self.round_trip(stage, card)
        assert loud(stage.wire()) == []

    @pytest.mark.parametrize("card", CARDS.values(), ids=CARDS)
    async def test_what_somebody_enters_is_told(self, stage: Stage[Card], card: Card) -> None:
        await self.theirs(stage, card)

    @pytest.mark.parametrize("card", CARDS.values(), ids=CARDS)
    async def test_a_copy_becomes_something_else(self, stage: Stage[Card], card: Card) -> None:
        held = holdable(stage.spoke.ability, card)
        if held is None:
            return
        before = await done(stage.spoke, creation(self.sample(1)))
        after = await done(stage.spoke, update(before, held, *differing(before.content, held)))
        assert bare(after.content) == bare(held)


def differing(one: Content, other: Content) -> set[str]:
    """The names of the fields that differ (calsync.items.Fields)."""
    first, second = told(one), told(other)
    return {name for name in {*first, *second} if first.get(name) != second.get(name)}
