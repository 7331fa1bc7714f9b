"""A server that promises to tell of changes, and keeps a list of what it promised."""

from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count

from calsync.notices.hook import Hook
from calsync.spoke import Watch
from protocols.errors import PeerError


@dataclass
class Promising:
    """See :class:`calsync.spoke.Watched`. ``errors`` are what the next calls fail with; ``asked`` hears of each URL
    and secret before there is an answer."""

    longest: datetime
    errors: deque[PeerError | None] = field(default_factory=deque)
    asked: Callable[[str, str], Awaitable[None]] | None = None
    standing: dict[str, str] = field(default_factory=dict)
    ended: list[str] = field(default_factory=list)
    numbers: "count[int]" = field(default_factory=lambda: count(1))

    async def watch(self, url: str, secret: str, until: datetime) -> Watch:
        """The URL stands until it is ended."""
        self._fail()
        if self.asked is not None:
            await self.asked(url, secret)
        key = f"promise-{next(self.numbers)}"
        self.standing[key] = url
        return Watch(key=key, until=min(until, self.longest))

    async def unwatch(self, watch: Watch) -> None:
        """No more."""
        self._fail()
        self.standing.pop(watch.key, None)
        self.ended.append(watch.key)

    def _fail(self) -> None:
        if self.errors and (error := self.errors.popleft()) is not None:
            raise error


def urls(hooks: list[Hook]) -> list[str]:
    """Where each is called."""
    return [f"https://hooks.example.com/hooks/{hook.name}" for hook in hooks]
