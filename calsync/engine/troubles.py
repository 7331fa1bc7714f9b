"""Where an error of a spoke becomes a word of the report: here, and nowhere else in the hubs."""

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass
from datetime import timedelta
from math import ceil
from typing import TypeVar

from calsync.spoke import Failed
from protocols.errors import PeerError
from protocols.model.freebusy import Reason

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Trouble:
    """A spoke that is left out of a run, and why, in words for the operator; ``reason`` is the sort of it, where an
    answer has one."""

    spoke: str
    words: str
    reason: Reason | None = None


async def in_peace(call: Awaitable[T], *, within: timedelta) -> T | Failed:
    """What ``call`` gives; a Failed in doubt where the peer failed, or did not answer ``within`` that time."""
    try:
        async with asyncio.timeout(within.total_seconds()):
            return await call
    except PeerError as error:
        words = error.detail or error.reason.value
        if error.retry_after is not None:
            words = f"{words}; it asks to be left alone for {ceil(error.retry_after.total_seconds())} s"
        return Failed(reason=error.reason, words=words, retry_after=error.retry_after, doubt=True)
    except TimeoutError:
        return Failed(reason=Reason.TIMEOUT, words="did not answer in time", doubt=True)
