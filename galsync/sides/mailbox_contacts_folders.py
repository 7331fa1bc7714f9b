"""Knows the folder of each mailbox that holds our list, so that it is looked for once and made at most once."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from galsync.sides.list_folder import ListFolder
from protocols.errors import PeerError
from protocols.graph.batch import MOST
from protocols.graph.contact_folders import Folder, folders, folders_of, make, marked
from protocols.http import Send
from protocols.model.freebusy import Reason

_AT_ONCE: Final = 4
_FRESH: Final = timedelta(minutes=10)
_TAKEN: Final = "a folder of that name is there and is not ours: rename one of them, or give the list another name"


@dataclass(slots=True, kw_only=True)
class Folders:
    """The folders of one list, each known by ``mark`` whatever it is called.

    ``reading`` gives a Send for one reading, which waits where it is told to.
    """

    send: Send
    reading: Callable[[], Send]
    folder: ListFolder
    mark: str
    api_url: str
    clock: Callable[[], datetime]
    _known: dict[str, str] = field(default_factory=dict)
    _absent: dict[str, datetime] = field(default_factory=dict)

    async def foresee(self, users: Sequence[str]) -> None:
        """Looks into many mailboxes with few calls. Of whom nothing comes of it is asked again when it matters."""
        lanes = asyncio.Semaphore(_AT_ONCE)

        async def some(part: Sequence[str]) -> None:
            async with lanes:
                now = self.clock()
                for user, found in (await folders_of(self.send, part, api_url=self.api_url, as_of=now)).items():
                    self._note(user, found, now)

        async with asyncio.TaskGroup() as group:
            for start in range(0, len(users), MOST):
                group.create_task(some(users[start : start + MOST]))

    async def find(self, user: str) -> str | None:
        """The id of the folder; None where there is none. What was foreseen is believed once. Raises PeerError."""
        seen = self._absent.pop(user, None)
        if user in self._known:
            return self._known[user]
        now = self.clock()
        if seen is None or not timedelta() <= now - seen <= _FRESH:
            self._note(user, await folders(self.reading(), user, api_url=self.api_url, as_of=now), now)
            self._absent.pop(user, None)
        return self._known.get(user)

    async def found_or_made(self, user: str) -> tuple[str, bool]:
        """The id of the folder, and whether it was made just now. Raises PeerError."""
        if (known := await self._looked(user)) is not None:
            return known, False
        now = self.clock()
        made = await make(self.send, user, self.folder.name, self.mark, api_url=self.api_url, as_of=now)
        if isinstance(made, Folder):
            self._known[user] = made.key
            return made.key, True
        if not made.detail.startswith("HTTP 409"):
            raise made
        if (known := await self._looked(user)) is not None:
            return known, False
        raise PeerError(Reason.NO_ACCESS, _TAKEN)

    def forget(self, user: str) -> None:
        """The folder may not be there any more."""
        self._known.pop(user, None)
        self._absent.pop(user, None)

    async def _looked(self, user: str) -> str | None:
        if user not in self._known:
            now = self.clock()
            self._note(user, await folders(self.send, user, api_url=self.api_url, as_of=now), now)
            self._absent.pop(user, None)
        return self._known.get(user)

    def _note(self, user: str, found: Sequence[Folder], now: datetime) -> None:
        ours = self.folder.found(marked(found, self.mark, self.folder.name), found)
        if ours is None:
            self._known.pop(user, None)
            self._absent[user] = now
        else:
            self._known[user] = ours.key
