"""Several look-ups at the same time, ended together."""

import asyncio
from collections.abc import Coroutine, Sequence
from typing import Any

from protocols.model.freebusy import Answer


async def side_by_side(lookups: Sequence[Coroutine[Any, Any, list[Answer]]]) -> list[list[Answer]]:
    """The results in order. A single one needs no task; where this is cancelled, all are."""
    if len(lookups) == 1:
        return [await lookups[0]]
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(lookup) for lookup in lookups]
    return [task.result() for task in tasks]
