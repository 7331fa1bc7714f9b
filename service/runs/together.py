"""Several things at once, of which none is left half done when another fails or ends."""

import asyncio
from collections.abc import Callable, Coroutine, Iterable
from typing import Any


async def together(work: Iterable[Coroutine[Any, Any, None]], *, give_up: Callable[[], None]) -> None:
    """All of ``work`` at the same time. As soon as one of it fails, ``give_up`` is called, which shall make the others
    end soon; they are waited for, and the first error is raised. Cancelled, it cancels all and waits for their end."""
    tasks = [asyncio.ensure_future(each) for each in work]
    if not tasks:
        return
    try:
        _, going = await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION)
        if going:
            give_up()
            await asyncio.wait(going)
    except asyncio.CancelledError:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        raise
    errors = [error for task in tasks if (error := task.exception())]
    if errors:
        raise errors[0]


async def side_by_side(work: Iterable[Coroutine[Any, Any, object]]) -> None:
    """All of ``work`` at the same time, until one of it ends: then, or cancelled, all others are cancelled and waited
    for. Raises what the first one raised."""
    parts = [asyncio.ensure_future(each) for each in work]
    try:
        ended, _ = await asyncio.wait(parts, return_when=asyncio.FIRST_COMPLETED)
        for part in ended:
            part.result()
    finally:
        for part in parts:
            part.cancel()
        await asyncio.gather(*parts, return_exceptions=True)
