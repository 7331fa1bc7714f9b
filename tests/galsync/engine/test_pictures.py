"""Tests of galsync/engine/pictures.py: the photos that a plan takes away are looked up."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, cast

from galsync.engine.pictures import pictured
from galsync.entries import Agreement, Form, Held
from galsync.side import Ability, Target, Visible
from galsync.steps import Act, Change, Plan, Step
from tests.galsync.stock import create, held, remove, update


@dataclass
class Book:
    """What a target is asked; everybody has a photo but ``without``."""

    photos: int = 100
    without: frozenset[str] = frozenset()
    asked: list[Sequence[str]] = field(default_factory=list)

    @property
    def ability(self) -> Ability:
        return Ability(photos=self.photos, forms=frozenset(Form), visible=Visible.SOON)

    async def look(self, place: str, keys: Sequence[str], addresses: Sequence[str]) -> Sequence[Held]:
        assert not addresses
        self.asked.append(keys)
        return [replace(held(key, key=key), photo=b"" if key in self.without else key.encode()) for key in keys]


def known(step: Step, photo: bytes = b"digest") -> Step:
    """The same, of which the ledger knows a photo."""
    return replace(step, known=Agreement(anchor=step.anchor, key="k", address="", photo=photo))


def photo_of(name: str) -> Step:
    return replace(known(update(name)), changes=(Change("photo", "", "3 bytes"),))


async def told(book: Book, *steps: Step) -> Any:
    plan = await pictured(cast("Target", book), "", Plan(steps=steps))
    return [step.held.photo if step.held else None for step in plan.steps]


async def test_what_is_replaced_or_removed_is_looked_up_and_nothing_else() -> None:
    book = Book()
    steps = (create("ann"), known(update("bob")), photo_of("cid"), known(remove("dan")), remove("eve"))
    photos = await told(book, *steps)
    keys = [step.held.key for step in steps[2:4] if step.held]
    assert book.asked == [keys]
    assert photos == [None, b"", *(key.encode() for key in keys), b""]
    assert steps[3].act is Act.REMOVE


async def test_nothing_is_asked_where_no_photo_goes_or_none_is_held() -> None:
    for book, step in ((Book(), known(remove("ann"), b"")), (Book(photos=0), known(remove("ann")))):
        assert await told(book, step) == [b""]
        assert book.asked == []


async def test_who_has_none_any_more_has_none() -> None:
    step = known(remove("ann"))
    assert step.held is not None
    assert await told(Book(without=frozenset({step.held.key})), step) == [b""]


async def test_many_are_asked_for_in_parts() -> None:
    book = Book()
    await told(book, *(known(remove(f"p{number}")) for number in range(250)))
    assert [len(keys) for keys in book.asked] == [100, 100, 50]
