"""Tests of galsync.sides.side_by_side."""

import asyncio
from dataclasses import replace

import pytest

from galsync.sides.side_by_side import each
from protocols.model.person import Kind, Person

PEOPLE = [Person(anchor=str(number), kind=Kind.USER, primary=None) for number in range(20)]


async def test_everybody_is_filled_in_in_order_and_few_at_once() -> None:
    going, most = 0, 0

    async def filled(person: Person) -> Person:
        nonlocal going, most
        going += 1
        most = max(most, going)
        await asyncio.sleep(0)
        going -= 1
        return replace(person, unit=f"u{person.anchor}")

    assert [one.unit for one in await each(filled, PEOPLE, at_once=3)] == [f"u{number}" for number in range(20)]
    assert most == 3


async def test_the_first_that_fails_is_told() -> None:
    async def filled(person: Person) -> Person:
        if person.anchor == "3":
            raise KeyError(person.anchor)
        return person

    with pytest.raises(KeyError):
        await each(filled, PEOPLE, at_once=1)


async def test_nobody_is_nobody() -> None:
    async def filled(person: Person) -> Person:
        raise AssertionError(person)

    assert await each(filled, [], at_once=1) == []
