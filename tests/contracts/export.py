"""What one company's Busyline exports into a shared mailbox, the other company's reads: subclass for each protocol."""

from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace
from typing import Final

from galsync.entries import Entry, Form
from galsync.side import Reading, Source, Target, Written
from galsync.steps import Left
from protocols.model.mailbox import Mailbox
from protocols.model.person import Field
from tests.contracts.steps import create, remove, update

THEIRS: Final = "theirs"
"""The sync of the company that exports."""
TEXTS: Final[Mapping[Field, str]] = {
    Field.DISPLAY_NAME: "Ann Åström",
    Field.GIVEN_NAME: "Ann",
    Field.SURNAME: "Åström",
    Field.COMPANY: "B Ltd.",
    Field.DEPARTMENT: "Research",
    Field.TITLE: "Lead",
    Field.PHONE: "+49 30 5550101",
    Field.CITY: "Köln",
}


@dataclass(frozen=True, slots=True)
class Sides:
    """``target`` is theirs; ``source`` is ours, which takes their sync, and ``stranger`` ours that takes none."""

    target: Target
    source: Source
    stranger: Source


def entry(name: str) -> Entry:
    """Somebody of the company that exports."""
    texts = {**TEXTS, Field.DISPLAY_NAME: name.title()}
    return Entry(anchor=f"ad:{name}", form=Form.CONTACT, address=Mailbox.parse(f"{name}@b.example"), texts=texts)


def read(reading: Reading) -> dict[str, tuple[str, Mapping[Field, str]]]:
    """Anchor and texts of each by address."""
    return {str(each.primary): (each.anchor, dict(each.texts)) for each in reading.people}


class ExportContract:
    """Subclasses implement :meth:`started` over a mailbox whose folder the other company made, and :meth:`typed`."""

    def started(self) -> AbstractAsyncContextManager[Sides]:
        """Both companies at the mailbox; each sign-in as the settings of such a directory make it."""
        raise NotImplementedError

    async def typed(self, address: str) -> None:
        """Somebody types a contact into the folder."""
        raise NotImplementedError

    async def test_what_one_side_exports_the_other_reads(self) -> None:
        async with self.started() as sides:
            [place] = await sides.target.places()
            outcomes = await sides.target.write(place, [create(entry("ann")), create(entry("bob"))])
            assert all(isinstance(each, Written) for each in outcomes)
            told = await sides.source.read()
        assert told.whole
        assert read(told) == {
            f"{name}@b.example": (f"{THEIRS}/ad:{name}", dict(entry(name).texts)) for name in ("ann", "bob")
        }

    async def test_it_follows_who_changes_and_who_goes(self) -> None:
        async with self.started() as sides:
            [place] = await sides.target.places()
            await sides.target.write(place, [create(entry("ann")), create(entry("bob"))])
            there = {str(each.address): each async for each in sides.target.held(place)}
            wanted = replace(entry("ann"), texts={**entry("ann").texts, Field.TITLE: "Head"})
            steps = [
                update(wanted, there["ann@b.example"], texts=(Field.TITLE,)),
                remove(there["bob@b.example"], "ad:bob"),
            ]
            assert all(isinstance(each, Written) for each in await sides.target.write(place, steps))
            told = await sides.source.read()
        assert read(told) == {"ann@b.example": (f"{THEIRS}/ad:ann", dict(wanted.texts))}

    async def test_whoever_does_not_take_their_sync_reads_none_of_it(self) -> None:
        """Nobody's people go round in a circle."""
        async with self.started() as sides:
            [place] = await sides.target.places()
            await sides.target.write(place, [create(entry("ann"))])
            told = await sides.stranger.read()
        assert (list(told.people), dict(told.left)) == ([], {Left.OURS: 1})

    async def test_what_somebody_typed_there_is_read_and_left_alone(self) -> None:
        async with self.started() as sides:
            await self.typed("eve@b.example")
            [place] = await sides.target.places()
            [eve] = [each async for each in sides.target.held(place)]
            outcomes = await sides.target.write(place, [create(entry("ann")), remove(eve, "ad:eve")])
            told = await sides.source.read()
        assert [isinstance(each, Written) for each in outcomes] == [True, False]
        assert set(read(told)) == {"ann@b.example", "eve@b.example"}
