"""What every Source promises, tested against each of them: subclass and say how it is built over an address book."""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest

from galsync.entries import Stamp
from galsync.side import Reading, Source
from galsync.steps import Left
from protocols.errors import PeerError
from protocols.model.mailbox import Mailbox
from protocols.model.person import Field, Kind, Person
from simulation.address_book import AddressBook

DOMAIN: Final = "b.example"
OURS: Final = Stamp("of-another", "ad:7").text
NAMES: Final = frozenset({Field.DISPLAY_NAME, Field.GIVEN_NAME, Field.SURNAME})


def address(name: str) -> str:
    """The address of somebody here."""
    return f"{name}@{DOMAIN}"


def somebody(name: str, kind: Kind = Kind.USER, **more: object) -> Person:
    """A person of b.example with a name to show; ``more`` as Person has it."""
    fields: dict[str, object] = {
        "anchor": f"anchor-{name}",
        "primary": Mailbox.parse(address(name)),
        "texts": {Field.DISPLAY_NAME: name.title()},
        **more,
    }
    return Person(kind=kind, **fields)  # type: ignore[arg-type]


ANN: Final = somebody(
    "ann",
    aliases=("ann.alias@b.example",),
    x500=("/o=B/ou=Exchange Administrative Group (FYDIBOHF23SPDLT)/cn=Recipients/cn=ann",),
    texts={
        Field.DISPLAY_NAME: "Ann Åström, 王 & <Co>",
        Field.GIVEN_NAME: "Ann",
        Field.SURNAME: "Åström",
        Field.COMPANY: "B; \"Sons\" 'n' Daughters, Ltd.",
        Field.DEPARTMENT: "Research\\Development",
        Field.TITLE: "=1+1",
        Field.OFFICE: "+3 / 12",
        Field.PHONE: "+49 (30) 5550-101",
        Field.MOBILE: "+49 170 5550 101",
        Field.CITY: "Köln",
    },
)
BOB: Final = somebody("bob", texts={**dict.fromkeys(NAMES, "Bob"), Field.DISPLAY_NAME: "Bob"})
ROOM: Final = somebody("room", Kind.ROOM)
TEAM: Final = somebody("team", Kind.GROUP, members=("ann@b.example", "bob@b.example"))
STRANGER: Final = somebody("stranger", Kind.CONTACT, primary=Mailbox.parse("stranger@else.example"))
EVERYBODY: Final = (ANN, BOB, ROOM, TEAM)


class SourceContract:
    """Subclasses implement :meth:`started`; the flags say what the system cannot tell or be made to do.

    ``telling`` are the fields that it tells of a user; of rooms and groups their display name is asked for alone.
    ``kinds`` are those that it knows, ``aliases``, ``x500`` and ``members`` whether it tells these. ``anchors`` are as
    the system makes them: no test expects those of the book.
    """

    kinds: frozenset[Kind] = frozenset({Kind.USER, Kind.ROOM, Kind.GROUP})
    telling: frozenset[Field] = frozenset(Field) - {Field.MANAGER}
    aliases = True
    x500 = True
    members = True
    changes = True
    """Whether it hands out tokens at all."""
    part = True
    """Whether a good token is answered with the changes alone; a whole reading otherwise."""
    disabled = True
    hidden = True
    leaves: frozenset[Left] = frozenset({Left.CONTACT, Left.OURS})
    """What it can meet there and has to leave out."""

    def started(self, book: AddressBook, directory: Path) -> AbstractAsyncContextManager[Source]:
        """The source over the people of ``book``, in pages so small that four people need two or more."""
        raise NotImplementedError

    async def settle(self, book: AddressBook) -> None:
        """The book was changed, and the system shall have it now. Nothing to do where it reads the book itself."""

    async def spoil(self) -> None:
        """From now on a reading fails in its middle: a page never comes, or is half."""
        raise NotImplementedError

    async def mend(self) -> None:
        """The end of :meth:`spoil`."""
        raise NotImplementedError

    async def stale(self, token: str) -> str:
        """``token`` after the system has forgotten it, or what stands for such a one."""
        return "a token that nobody gave"

    def ours(self, person: Person) -> Person:
        """``person`` as somebody of the book that carries a stamp of this product."""
        return replace(person, texts={**person.texts, Field.EXTRA_15: OURS})

    def book(self, *more: Person) -> AddressBook:
        """Everybody whose kind the system knows, and ``more``."""
        return AddressBook([*(each for each in EVERYBODY if each.kind in self.kinds), *more])

    async def test_everybody_is_told_as_they_are(self, tmp_path: Path) -> None:
        book = self.book()
        async with self.started(book, tmp_path) as source:
            reading = await source.read()
        assert source.name
        assert reading.whole
        assert reading.gone == ()
        assert sorted(map(primary, reading.people)) == sorted(map(primary, book.people.values()))
        for person in reading.people:
            self.same(person, next(each for each in book.people.values() if primary(each) == primary(person)))

    def same(self, told: Person, meant: Person) -> None:
        """Fails where ``told`` is not ``meant``, as far as the system can tell."""
        assert told.anchor
        assert told.kind is meant.kind
        asked = self.telling if told.kind is Kind.USER else self.telling & {Field.DISPLAY_NAME}
        assert {key: told.texts.get(key) for key in asked} == {key: meant.texts.get(key) for key in asked}
        assert all(text.strip() for text in told.texts.values())
        if self.aliases and told.kind is Kind.USER:
            assert set(told.aliases) == set(meant.aliases)
        if self.x500 and told.kind is Kind.USER:
            assert set(told.x500) == set(meant.x500)
        if self.members:
            assert set(told.members) == set(meant.members)
        assert (told.disabled, told.hidden) == (meant.disabled, meant.hidden)

    async def test_two_readings_of_an_unchanged_world_are_equal(self, tmp_path: Path) -> None:
        async with self.started(self.book(), tmp_path) as source:
            one, two = await source.read(), await source.read()
        assert by_anchor(one.people) == by_anchor(two.people)
        assert (one.whole, one.left) == (two.whole, two.left)

    async def test_an_anchor_outlives_a_change_of_address_and_name(self, tmp_path: Path) -> None:
        book = self.book()
        async with self.started(book, tmp_path) as source:
            before = one(await source.read(), address("bob"))
            texts = {**BOB.texts, Field.DISPLAY_NAME: "Robert", Field.SURNAME: "Roberts"}
            book.put(replace(BOB, primary=Mailbox.parse(address("robert")), texts=texts))
            await self.settle(book)
            after = one(await source.read(), address("robert"))
        assert after.anchor == before.anchor
        assert after.texts[Field.DISPLAY_NAME] == "Robert"

    async def test_contacts_and_guests_are_left_out_and_counted(self, tmp_path: Path) -> None:
        if Left.CONTACT not in self.leaves:
            return
        async with self.started(self.book(STRANGER), tmp_path) as source:
            reading = await source.read()
        assert primary(STRANGER) not in set(map(primary, reading.people))
        assert reading.left.get(Left.CONTACT) == 1

    async def test_what_this_product_made_is_left_out_and_counted(self, tmp_path: Path) -> None:
        if Left.OURS not in self.leaves:
            return
        async with self.started(self.book(self.ours(somebody("made"))), tmp_path) as source:
            reading = await source.read()
        assert address("made") not in set(map(primary, reading.people))
        assert reading.left.get(Left.OURS) == 1

    async def test_who_is_disabled_or_hidden_is_told_so(self, tmp_path: Path) -> None:
        """Whether they are wanted is the selection's to say."""
        off, away = somebody("off", disabled=self.disabled), somebody("away", hidden=self.hidden)
        async with self.started(self.book(off, away), tmp_path) as source:
            reading = await source.read()
        for person in (off, away):
            self.same(one(reading, primary(person)), person)

    async def test_a_reading_that_breaks_off_is_an_error_and_never_a_part(self, tmp_path: Path) -> None:
        async with self.started(self.book(), tmp_path) as source:
            before = await source.read()
            await self.spoil()
            with pytest.raises(PeerError):
                await source.read()
            await self.mend()
            after = await source.read()
        assert by_anchor(after.people) == by_anchor(before.people)

    async def test_an_empty_world_is_a_whole_reading_of_nobody(self, tmp_path: Path) -> None:
        async with self.started(AddressBook(), tmp_path) as source:
            reading = await source.read()
        assert (list(reading.people), reading.whole) == ([], True)

    async def test_a_token_tells_changes_additions_and_removals(self, tmp_path: Path) -> None:
        book = self.book()
        async with self.started(book, tmp_path) as source:
            first = await source.read()
            if not self.changes:
                assert first.token is None
                return
            assert first.token is not None
            ann = one(first, address("ann"))
            book.remove(ANN.anchor)
            book.put(replace(BOB, texts={**BOB.texts, Field.DISPLAY_NAME: "Robert"}))
            book.put(somebody("new"))
            await self.settle(book)
            second, fresh = await source.read(first.token), await source.read()
        self.leads(first, second, fresh)
        assert second.whole is not self.part
        assert ann.anchor not in by_anchor(second.people)
        if self.part:
            assert ann.anchor in second.gone
            assert {address("bob"), address("new")} <= set(map(primary, second.people))

    async def test_a_token_of_an_unchanged_world_tells_nothing_new(self, tmp_path: Path) -> None:
        async with self.started(self.book(), tmp_path) as source:
            first = await source.read()
            if first.token is None:
                assert not self.changes
                return
            second = await source.read(first.token)
            third = await source.read(second.token)
        self.leads(first, second, first)
        self.leads(first, third, first)
        assert second.gone == ()

    async def test_somebody_who_went_and_came_again_is_there(self, tmp_path: Path) -> None:
        if not self.changes:
            return
        book = self.book()
        async with self.started(book, tmp_path) as source:
            first = await source.read()
            book.remove(BOB.anchor)
            await self.settle(book)
            second = await source.read(first.token)
            book.put(BOB)
            await self.settle(book)
            third, fresh = await source.read(second.token), await source.read()
        gone = after(first, second)
        assert address("bob") not in set(map(primary, gone.values()))
        self.leads(replace(first, people=tuple(gone.values())), third, fresh)

    async def test_a_token_that_is_not_good_any_more_gives_everybody(self, tmp_path: Path) -> None:
        book = self.book()
        async with self.started(book, tmp_path) as source:
            first = await source.read()
            token = await self.stale(first.token or "")
            book.remove(ANN.anchor)
            book.put(somebody("new"))
            await self.settle(book)
            told, fresh = await source.read(token), await source.read()
        assert told.whole
        assert by_anchor(told.people) == by_anchor(fresh.people)
        assert told.left == fresh.left

    def leads(self, earlier: Reading, told: Reading, fresh: Reading) -> None:
        """Fails where what was read ``earlier`` and is ``told`` since does not make up what a ``fresh`` reading has."""
        assert after(earlier, told) == by_anchor(fresh.people)


def after(earlier: Reading, told: Reading) -> dict[str, Person]:
    """Who is there once ``told`` has been put upon ``earlier``."""
    if told.whole:
        return by_anchor(told.people)
    kept = {anchor: person for anchor, person in by_anchor(earlier.people).items() if anchor not in told.gone}
    return {**kept, **by_anchor(told.people)}


def by_anchor(people: Sequence[Person]) -> dict[str, Person]:
    """The people by anchor; fails where two share one."""
    found = {person.anchor: person for person in people}
    assert len(found) == len(people), "two people with one anchor"
    return found


def one(reading: Reading, address: str) -> Person:
    """Who has this primary address; fails where it is nobody's."""
    [person] = [each for each in reading.people if primary(each) == address]
    return person


def primary(person: Person) -> str:
    """The primary address, "" for none."""
    return person.primary.address if person.primary else ""
