"""Guards an account against being locked out: after a refusal nobody tries again for a growing while."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Final, TypeVar

from protocols.errors import PeerError
from protocols.http import HttpRequest, HttpResponse, Send
from protocols.model.freebusy import Reason

# Active Directory commonly locks an account at five wrong passwords within 30 minutes; these pauses make four of them
# at most. The first is for a password that was right before: perhaps it is the server that stumbled.
_PAUSES: Final = (15.0, 120.0, 480.0, 1920.0, 3600.0)
_TRUST: Final = 60.0  # seconds after a success in which several may sign in at once

_Result = TypeVar("_Result")


class Attempts:
    """The sign-ins of one account at one peer; ``clock`` is monotonic, in seconds.

    While it is not known whether the password is right, one tries and the others wait for what comes of it; not so with
    ``together``, for those whose every question is an attempt: of them the first refusal is forgiven.
    """

    def __init__(self, *, clock: Callable[[], float] = time.monotonic, together: bool = False) -> None:
        self._clock = clock
        self._together = together
        self._alone = asyncio.Lock()
        self._pauses = (0.0, *_PAUSES[1:]) if together else _PAUSES
        self._refusals = 0 if together else 1
        self._words = ""
        self._closed_until = self._trusted_until = float("-inf")

    async def make(self, attempt: Callable[[], Awaitable[_Result]]) -> _Result:
        """What ``attempt`` brings. Its PeerError(UNAUTHORIZED) begins a pause, in which the same is raised at once."""
        self._refuse_in_pause()
        if not self._together and self._clock() >= self._trusted_until:
            async with self._alone:
                self._refuse_in_pause()
                if self._clock() >= self._trusted_until:
                    return await self._noted(attempt)
        return await self._noted(attempt)

    async def _noted(self, attempt: Callable[[], Awaitable[_Result]]) -> _Result:
        try:
            return await attempt()
        except PeerError as error:
            if error.reason is Reason.UNAUTHORIZED:
                self._note_refusal(error.detail)
            raise

    def succeeded(self) -> None:
        """To be told as soon as the peer has taken the password: for a while several may sign in at once."""
        self._refusals = 0
        self._trusted_until = self._clock() + _TRUST

    def _note_refusal(self, words: str) -> None:
        pause = self._pauses[min(self._refusals, len(self._pauses) - 1)]
        self._refusals += 1
        self._words = words
        self._closed_until = self._clock() + pause
        self._trusted_until = float("-inf")

    def _refuse_in_pause(self) -> None:
        left = self._closed_until - self._clock()
        if left > 0:
            words = f"{self._words}; not tried again for {round(left)} s, lest the account be locked"
            raise PeerError(Reason.UNAUTHORIZED, words, retry_after=timedelta(seconds=left))


def spared(send: Send, attempts: Attempts) -> Send:
    """``send``, which proves us in every request, but not while ``attempts`` pause: each answer 401 is a refusal.

    Raises PeerError(UNAUTHORIZED) instead of such an answer.
    """

    async def sent(request: HttpRequest) -> HttpResponse:
        async def attempt() -> HttpResponse:
            response = await send(request)
            if response.status == 401:
                raise PeerError(Reason.UNAUTHORIZED, "HTTP 401: user name or password is refused")
            if response.status < 500:
                attempts.succeeded()
            return response

        return await attempts.make(attempt)

    return sent
