"""Where an error of a source or a target becomes a word of the report: here, and nowhere else in the syncs."""

import asyncio
from collections.abc import Awaitable
from datetime import timedelta
from typing import TypeVar

from galsync.side import Failed
from protocols.errors import PeerError
from protocols.model.freebusy import Reason

T = TypeVar("T")


async def in_peace(call: Awaitable[T], *, within: timedelta | None = None) -> T | Failed:
    """What ``call`` gives; a Failed in doubt where the peer failed, or did not answer ``within`` that time."""
    try:
        async with asyncio.timeout(within.total_seconds() if within else None):
            return await call
    except PeerError as error:
        return Failed(error.reason, error.detail, error.retry_after, doubt=True)
    except TimeoutError:
        return Failed(Reason.TIMEOUT, "did not answer in time", doubt=True)
