"""Where a peer is asked that has to be found first: found once, kept for hours, looked for anew where it is gone."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Final, TypeAlias

from protocols.errors import PeerError
from protocols.model.freebusy import Answer, Reason

_KEPT: Final = timedelta(hours=6)
_PATIENCE: Final = timedelta(minutes=5)  # between two searches that a failing peer gives rise to
_BREATH: Final = timedelta(seconds=20)  # after a first search that failed
_PERHAPS_MOVED: Final = frozenset({Reason.UNREACHABLE, Reason.PEER_FAILED, Reason.GARBLED})  # 404 is PEER_FAILED

Find: TypeAlias = Callable[[datetime], Awaitable[str]]
"""Looks for the address. Raises PeerError."""


class Discovered:
    """An address that ``find`` tells. All who need it at once wait for one search; times are those of the questions."""

    def __init__(self, find: Find) -> None:
        self._find = find
        self._searching = asyncio.Lock()
        self._url = ""
        self._found: datetime | None = None
        self._failed: tuple[datetime, PeerError] | None = None

    async def asked(self, ask: Callable[[str], Awaitable[list[Answer]]], now: datetime) -> list[Answer]:
        """What ``ask`` brings from the address, and, where that has changed, from the new one. Raises PeerError."""
        url = await self._current(now)
        try:
            return await ask(url)
        except PeerError as error:
            if error.reason not in _PERHAPS_MOVED or (other := await self._other(url, now)) is None:
                raise
        return await ask(other)

    async def _current(self, now: datetime) -> str:
        async with self._searching:
            if self._found is None or now - self._found >= _KEPT:
                await self._search(now)
            return self._url

    async def _other(self, url: str, now: datetime) -> str | None:
        """Another address than ``url``, which failed; None where there is none, or where that was seen just now."""
        async with self._searching:
            if self._url == url and self._found is not None and now - self._found >= _PATIENCE:
                await self._search(now)
            return self._url if self._url != url else None

    async def _search(self, now: datetime) -> None:
        if self._failed is not None and timedelta() <= now - self._failed[0] < _BREATH:
            raise self._failed[1]
        self._failed = None
        try:
            url = await self._find(now)
        except PeerError as error:
            if not self._url:
                self._failed = now, error
                raise
            url = self._url  # what was right for hours is not given up because nobody tells it again
        self._url, self._found = url, now
