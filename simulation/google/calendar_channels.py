"""Push channels of the simulated Google Calendar: each change of a watched calendar is a POST to the address given."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ssl import SSLContext
from typing import Any, Final, TypeAlias

import aiohttp

from simulation.google.refusals import GoogleRefusal

Json: TypeAlias = dict[str, Any]
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_PATIENCE: Final = aiohttp.ClientTimeout(total=10)


@dataclass(slots=True)
class Channel:
    """One promise to call, and how often it was kept."""

    key: str
    calendar: str
    address: str
    token: str
    until: datetime
    number: int = 0

    @property
    def resource(self) -> str:
        """The name of what is watched."""
        return f"resource-{self.calendar}"


class Channels:
    """All channels, by their ids. ``longest`` is the most that is promised; ``trust`` checks the certificates of those
    who are called; ``plain`` lets addresses be HTTP, which Google does not."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self.all: dict[str, Channel] = {}
        self.longest = timedelta(days=30)
        self.trust: SSLContext | None = None
        self.plain = False
        self._clock = clock
        self._tasks: set[asyncio.Task[None]] = set()
        self._session: aiohttp.ClientSession | None = None
        self._used: set[str] = set()

    def watch(self, calendar: str, body: Json) -> Json:
        """A new channel, which says "sync" at once. Raises GoogleRefusal."""
        key, address = str(body.get("id") or ""), str(body.get("address") or "")
        if not key or len(key) > 64 or body.get("type") not in ("web_hook", "webhook"):
            raise GoogleRefusal(400, "required", "Missing or invalid channel.")
        if key in self._used:
            raise GoogleRefusal(400, "channelIdNotUnique", f"Channel id {key} not unique")
        if not address.startswith("https://") and not self.plain:
            raise GoogleRefusal(400, "push.webhookUrlNotHttps", f"WebHook callback must be HTTPS: {address}")
        now = self._clock()
        asked = (
            _EPOCH + timedelta(milliseconds=int(body["expiration"])) if body.get("expiration") else now + self.longest
        )
        channel = Channel(key, calendar, address, str(body.get("token") or ""), min(asked, now + self.longest))
        self.all[key] = channel
        self._used.add(key)
        self._say(channel, "sync")
        return {
            "kind": "api#channel",
            "id": key,
            "resourceId": channel.resource,
            "resourceUri": f"https://www.googleapis.com/calendar/v3/calendars/{calendar}/events?alt=json",
            "token": channel.token,
            "expiration": str((channel.until - _EPOCH) // timedelta(milliseconds=1)),
        }

    def stop(self, key: str, resource: str) -> None:
        """No more calls. Raises GoogleRefusal(404)."""
        if key not in self.all or self.all[key].resource != resource:
            raise GoogleRefusal(404, "notFound", f"Channel '{key}' not found")
        del self.all[key]

    def tell(self, calendar: str) -> None:
        """Whoever watches ``calendar`` is called."""
        for channel in [each for each in self.all.values() if each.calendar == calendar]:
            if channel.until > self._clock():
                self._say(channel, "exists")

    async def quiet(self) -> None:
        """Returns when nobody is being called."""
        while self._tasks:
            await asyncio.gather(*self._tasks, return_exceptions=True)

    async def close(self) -> None:
        """Nobody is called any more."""
        for task in self._tasks:
            task.cancel()
        await self.quiet()
        if self._session is not None:
            await self._session.close()
            self._session = None

    def _say(self, channel: Channel, state: str) -> None:
        channel.number += 1
        headers = {
            "X-Goog-Channel-ID": channel.key,
            "X-Goog-Channel-Token": channel.token,
            "X-Goog-Channel-Expiration": f"{channel.until:%a, %d %b %Y %H:%M:%S} GMT",
            "X-Goog-Resource-ID": channel.resource,
            "X-Goog-Resource-URI": f"https://www.googleapis.com/calendar/v3/calendars/{channel.calendar}/events?alt=json",
            "X-Goog-Resource-State": state,
            "X-Goog-Message-Number": str(channel.number),
        }
        task = asyncio.get_running_loop().create_task(self._post(channel.address, headers))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _post(self, address: str, headers: dict[str, str]) -> None:
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=_PATIENCE)
        with suppress(aiohttp.ClientError, TimeoutError):  # whoever does not listen misses it
            trust = self.trust if self.trust is not None else True
            async with self._session.post(address, data=b"", headers=headers, ssl=trust) as answer:
                await answer.read()
