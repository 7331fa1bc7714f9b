"""Does what servers ask for at the hooks: looks at once where something changed, and renews what is about to end."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Final, Protocol

from calsync.notices.bell import Bell
from calsync.notices.hook import Hook
from calsync.notices.news import News, Said
from service.jobs.job import Ran
from service.runs.together import side_by_side

SETTLING: Final = timedelta(seconds=1)
"""How long others may ring as well after the first: whoever changes one thing often changes the next."""
CALM: Final = timedelta(minutes=1)
"""Between two times that new promises are asked for: a server that fails to keep them is not pressed."""
PAUSES: Final[Mapping[Ran, timedelta]] = {
    Ran.ENDED: timedelta(),
    Ran.BUSY: timedelta(seconds=1),
    Ran.AGAIN: timedelta(seconds=15),
}
"""Before a run that did not take place is tried again: another node runs, or the state is away."""
_RINGS: Final = frozenset({Said.CHANGED, Said.REMOVED, Said.ENDED})
_REMOVES: Final = frozenset({Said.REMOVED, Said.ENDED})
"""After which something may be gone: a server that ends a promise may have failed to tell of that."""
_ENDS: Final = frozenset({Said.RENEW, Said.ENDED})

Renew = Callable[[str, frozenset[str]], Awaitable[object]]
"""Asks for new promises for these spokes of a hub. Never raises."""


class Run(Protocol):
    """Whatever runs a hub."""

    async def __call__(self, hub: str, *, only: frozenset[str], since: datetime, removed: frozenset[str]) -> Ran:
        """Reads these spokes and makes all equal; the first of them rang at ``since``, and at those ``removed``
        something may be gone. Never raises. What goes on here is waited for; BUSY where another node is at it."""
        ...


class Attending:
    """One listener for each of ``hubs``: what rings while a run goes on is looked at after it. Another one asks for new
    promises meanwhile.

    It belongs to the process that heard. Whatever is lost with that process is found by the schedule.
    """

    def __init__(
        self,
        hubs: Iterable[str],
        *,
        run: Run,
        renew: Renew,
        clock: Callable[[], datetime],
        sleep: Callable[[float], Awaitable[object]],
    ) -> None:
        self._run, self._renew, self._clock, self._sleep = run, renew, clock, sleep
        self._woken = {hub: asyncio.Event() for hub in hubs}
        self._ending = {hub: asyncio.Event() for hub in self._woken}
        self._bell = Bell(self._rang)
        self._since: dict[str, datetime] = {}
        self._removed: defaultdict[str, set[str]] = defaultdict(set)
        self._anew: defaultdict[str, set[str]] = defaultdict(set)

    def heard(self, hook: Hook, news: News) -> None:
        """A message that was proved."""
        if hook.hub not in self._woken:
            return
        if news.said in _ENDS:
            self._anew[hook.hub].add(hook.spoke)
            self._ending[hook.hub].set()
        if news.said in _REMOVES:
            self._removed[hook.hub].add(hook.spoke)
        if news.said in _RINGS:
            self._bell.ring(hook.hub, hook.spoke)

    def begun(self, hub: str, spoke: str) -> None:
        """A server begins to tell of changes: what changed before that is read."""
        self._bell.ring(hub, spoke)

    async def serve(self) -> None:
        """Until it is cancelled; then what runs is cancelled too, and its end awaited."""
        keep, attend = map(self._keep, self._ending), map(self._attend, self._woken)
        await side_by_side([asyncio.Event().wait(), *keep, *attend])

    def _rang(self, hub: str) -> None:
        self._since.setdefault(hub, self._clock())
        self._woken[hub].set()

    async def _keep(self, hub: str) -> None:
        while True:
            await self._ending[hub].wait()
            await self._sleep(SETTLING.total_seconds())
            self._ending[hub].clear()
            await self._renew(hub, frozenset(self._anew.pop(hub, ())))
            await self._sleep(CALM.total_seconds())

    async def _attend(self, hub: str) -> None:
        while True:
            await self._woken[hub].wait()
            await self._settled(hub)
            self._woken[hub].clear()
            if self._bell.rung(hub):
                await self._looked(hub)

    async def _settled(self, hub: str) -> None:
        """What is left of the time in which others may ring as well: of what rang while a run went on, it may be over
        by now."""
        now = self._clock()
        rest = SETTLING - (now - self._since.get(hub, now))
        if rest > timedelta():
            await self._sleep(min(rest, SETTLING).total_seconds())

    async def _looked(self, hub: str) -> None:
        since, who = self._since.pop(hub), self._bell.who(hub)
        removed = frozenset(self._removed.pop(hub, ()))
        ran = await self._run(hub, only=who, since=since, removed=removed)
        if ran is Ran.ENDED:
            return
        await self._sleep(PAUSES[ran].total_seconds())
        self._since[hub] = since
        self._removed[hub] |= removed
        for spoke in who:
            self._bell.ring(hub, spoke)
