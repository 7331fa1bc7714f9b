"""Waits where a directory asks to be left alone while it is read: for as long as a reading may take, and no longer."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Final

from protocols.http import HttpRequest, HttpResponse, Send, retry_after

LONGEST: Final = timedelta(minutes=5)
"""All waits of one reading together."""
_FIRST: Final = timedelta(seconds=1)
_MOST: Final = timedelta(seconds=64)
_LEAST: Final = timedelta(
    milliseconds=100
)  # what a wait counts for at least: who says 0 for ever is not asked for ever
_WAITS: Final = frozenset({429, 500, 502, 503, 504})
_BROKEN, _TRIES = 500, 3
"""An error of the server may be gone at the next question; one that stays is no reason to wait for minutes."""


def patient(
    send: Send,
    *,
    clock: Callable[[], datetime],
    sleep: Callable[[float], Awaitable[object]],
    longest: timedelta = LONGEST,
) -> Send:
    """A ``Send`` for one reading that asks again after Retry-After, or after twice as long each time without.

    Once ``longest`` would be exceeded, the refusal is handed on: a PeerError(THROTTLED) with the time to wait. For
    questions only, which change nothing.
    """
    left = longest

    async def asking(request: HttpRequest) -> HttpResponse:
        nonlocal left
        pause, broken = _FIRST, 0
        while True:
            response = await send(request)
            broken += response.status == _BROKEN
            if response.status not in _WAITS or broken == _TRIES:
                return response
            told = retry_after(response.headers, clock())
            wait = told if told is not None else pause
            taken = max(wait, _LEAST)
            if taken > left:
                return response
            left -= taken
            pause = min(pause * 2, _MOST)
            await sleep(wait.total_seconds())

    return asking
