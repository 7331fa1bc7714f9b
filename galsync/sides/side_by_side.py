"""Asks one more question about each of many people, some of them at once."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from protocols.model.person import Person


async def each(filled: Callable[[Person], Awaitable[Person]], those: Sequence[Person], *, at_once: int) -> list[Person]:
    """Everybody filled in, in order. Raises what one of them raises; then no other goes on."""
    gate = asyncio.Semaphore(at_once)

    async def one(person: Person) -> Person:
        async with gate:
            return await filled(person)

    try:
        async with asyncio.TaskGroup() as tasks:
            running = [tasks.create_task(one(person)) for person in those]
    except BaseExceptionGroup as several:
        raise several.exceptions[0] from None
    return [task.result() for task in running]
