"""Keeps the promises of servers to tell of changes: asks for them, renews them in time, and ends them."""

from collections.abc import Awaitable, Callable, Container, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, Protocol

import structlog

from calsync.notices.hook import Hook, made, url_of
from calsync.spoke import Watched
from protocols.errors import PeerError

LENGTH: Final = timedelta(days=6)
"""How long a promise is asked for; servers may give less."""
MARGIN: Final = timedelta(hours=6)
"""So long before its end it is renewed."""
_log = structlog.get_logger("busyline.notices")


class Hooks(Protocol):
    """Where hooks are kept. Every method raises StateError."""

    async def hooks(self, hub: str) -> Sequence[Hook]:
        """Those of a hub: of a spoke the newest last."""
        ...

    async def keep_hook(self, hook: Hook) -> None:
        """In place of the one of the same name, where there is one."""
        ...

    async def forget_hook(self, name: str) -> None:
        """Nothing happens where there is none."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Watching:
    """The promises for one hub. ``random`` gives so many octets as hexadecimal text; ``begun`` hears of a spoke whose
    server begins to tell: what changed before that is read.

    A promise is renewed by a new one, after which the old one is ended: no channel of Google's can be made longer, and
    Graph's keeps the secret that it began with. What both tell meanwhile is told twice, and read once.
    """

    hub: str
    hooks: Hooks
    public_url: str
    clock: Callable[[], datetime]
    random: Callable[[int], str]
    begun: Callable[[str], None]

    async def kept(self, spokes: Mapping[str, Watched], *, anew: Container[str] = ()) -> bool:
        """Whether each of ``spokes`` has a promise that lasts; those of ``anew`` get a new one in any case.

        What fails is told, and tried again the next time: until then the schedule does. Promises for other spokes are
        forgotten, and run out by themselves. Raises StateError.
        """
        standing = await self.hooks.hooks(self.hub)
        for hook in standing:
            if hook.spoke not in spokes:
                await self.hooks.forget_hook(hook.name)
        well = True
        for name, spoke in spokes.items():
            mine = [hook for hook in standing if hook.spoke == name]
            if name in anew or not any(hook.lasts(self.clock() + MARGIN) for hook in mine):
                well &= await self._tried(name, self._renewed(name, spoke, mine))
        return well

    async def ended(self, spokes: Mapping[str, Watched]) -> None:
        """No server tells us anything more, as far as it can be reached. Raises StateError."""
        for hook in await self.hooks.hooks(self.hub):
            if hook.spoke in spokes:
                await self._tried(hook.spoke, self._ended(hook, spokes[hook.spoke]))
            else:
                await self.hooks.forget_hook(hook.name)

    async def _renewed(self, name: str, spoke: Watched, before: Sequence[Hook]) -> None:
        hook, secret = made(self.hub, name, self.random)
        await self.hooks.keep_hook(hook)  # before the server is told of it, which calls it at once
        try:
            watch = await spoke.watch(url_of(self.public_url, hook), secret, self.clock() + LENGTH)
        except PeerError:
            await self.hooks.forget_hook(hook.name)
            raise
        await self.hooks.keep_hook(replace(hook, watch=watch))
        self.begun(name)
        for old in before:
            await self._ended(old, spoke)

    async def _ended(self, hook: Hook, spoke: Watched) -> None:
        await self.hooks.forget_hook(hook.name)
        if hook.lasts(self.clock()):
            assert hook.watch is not None
            await spoke.unwatch(hook.watch)

    async def _tried(self, name: str, doing: Awaitable[None]) -> bool:
        try:
            await doing
        except PeerError as error:
            _log.warning("not_watched", hub=self.hub, spoke=name, reason=error.reason.value, note=error.detail)
            return False
        return True
