"""Guards an account against being locked out: after a refusal nobody tries again for a growing while."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Final, TypeVar

from protocols.errors import PeerError
from protocols.http import HttpRequest, HttpResponse, Send
from protocols.model.freebusy import Reason
from protocols.sign_in_offers import mismatch

# Active Directory commonly locks an account at five wrong passwords within 30 minutes; these pauses make four of them
# at most. The first is for a password that was right before: perhaps it is the server that stumbled.
_PAUSES: Final = (15.0, 120.0, 480.0, 1920.0, 3600.0)
_TRUST: Final = 60.0  # seconds after a success in which several may sign in at once
_TOGETHER: Final = 2  # how many: if the password was changed meanwhile, each of them is a wrong one

_Result = TypeVar("_Result")


class _PauseError(PeerError):
    """Nothing was tried, so nothing was refused."""


class Attempts:
    """The sign-ins of one account at one peer; ``clock`` is monotonic, in seconds.

    While it is not known whether the password is right, one tries and the others wait for what comes of it; for a
    minute after a success two may try, or with ``together`` any number: for those whose every question is an attempt.
    """

    def __init__(self, *, clock: Callable[[], float] = time.monotonic, together: bool = False) -> None:
        self._clock = clock
        self._most = float("inf") if together else _TOGETHER
        self._running = 0
        self._ended = asyncio.Event()  # a new one each time
        self._refusals = 1  # in a row, as the pauses count them
        self._last_refusal = 0  # the number of the last one of all
        self._words = ""
        self._closed_until = self._trusted_until = float("-inf")

    async def make(
        self, attempt: Callable[["Turn"], Awaitable[_Result]], *, patience: timedelta | None = None
    ) -> _Result:
        """What ``attempt`` brings. Its PeerError(UNAUTHORIZED) begins a pause, in which the same is raised at once.

        It waits for its turn, for ``patience`` at most: then PeerError(TIMEOUT).
        """
        await self._wait(patience)
        turn = Turn(self, self._last_refusal)
        self._running += 1
        try:
            return await attempt(turn)
        except _PauseError:
            raise
        except PeerError as error:
            if error.reason is Reason.UNAUTHORIZED:
                self._note_refusal(error.detail, turn.begun_after)
            raise
        finally:
            self._running -= 1
            self._move()

    async def _wait(self, patience: timedelta | None) -> None:
        self.refuse_in_pause()
        try:
            async with asyncio.timeout(patience.total_seconds() if patience else None):
                while self._running >= (self._most if self._clock() < self._trusted_until else 1):
                    await self._ended.wait()
                    self.refuse_in_pause()
        except TimeoutError:
            raise PeerError(
                Reason.TIMEOUT, "no answer in time: it waited for the sign-in of another question"
            ) from None

    def _move(self) -> None:
        self._ended.set()
        self._ended = asyncio.Event()

    def note_success(self, begun_after: int) -> None:
        """The peer has taken the password, in an attempt begun after that refusal: one under way then is no proof."""
        if begun_after == self._last_refusal:
            self._refusals = 0
            self._trusted_until = self._clock() + _TRUST
            self._move()

    def _note_refusal(self, words: str, begun_after: int) -> None:
        if begun_after != self._last_refusal:  # it was under way together with one that was refused before
            if self._refusals == 1:
                self._refusals = _TOGETHER  # however many there were: the next pause is the longer, not this one,
            return  # since a server that stumbled has stumbled for all of them
        pause = _PAUSES[min(self._refusals, len(_PAUSES) - 1)]
        self._refusals += 1
        self._last_refusal += 1
        self._words = words
        self._closed_until = self._clock() + pause
        self._trusted_until = float("-inf")

    def refuse_in_pause(self) -> None:
        """Raises PeerError(UNAUTHORIZED) after a refusal, while nobody is to try."""
        left = self._closed_until - self._clock()
        if left > 0:
            words = f"{self._words}; not tried again for {round(left)} s, lest the account be locked"
            raise _PauseError(Reason.UNAUTHORIZED, words, retry_after=timedelta(seconds=left))


class Turn:
    """One attempt under way; ``begun_after`` is the number of the refusal before it."""

    def __init__(self, attempts: Attempts, begun_after: int) -> None:
        self._attempts = attempts
        self.begun_after = begun_after

    def check(self) -> None:
        """To be called right before the password goes out. Raises PeerError(UNAUTHORIZED) where another was refused."""
        self._attempts.refuse_in_pause()

    def succeeded(self) -> None:
        """To be told as soon as the peer has taken the password: for a while several may sign in at once."""
        self._attempts.note_success(self.begun_after)


def spared(send: Send, attempts: Attempts, *, patience: timedelta = timedelta(seconds=30)) -> Send:
    """``send``, which proves us in every request, but not while ``attempts`` pause: each answer 401 is a refusal.

    Raises PeerError(UNAUTHORIZED) instead of such an answer, PeerError(TIMEOUT) where it was no request's turn for
    ``patience``. Errors prove nothing of the password: perhaps something before the server has given them.
    """

    async def sent(request: HttpRequest) -> HttpResponse:
        async def attempt(turn: Turn) -> HttpResponse:
            response = await send(request)
            if response.status == 401:
                words = mismatch(response.headers, "Basic") or "user name or password is refused"
                raise PeerError(Reason.UNAUTHORIZED, f"HTTP 401: {words}")
            if response.status < 400:
                turn.succeeded()
            return response

        return await attempts.make(attempt, patience=patience)

    return sent
