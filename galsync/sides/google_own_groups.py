"""A Google domain's own people as they stand beside groups that a sync writes: its groups are told with members."""

import asyncio
from collections.abc import Sequence
from typing import Final

from galsync.entries import Held
from galsync.sides.google_group import group_of, held_of, stamp_of
from galsync.sides.google_own_people import OwnPeople
from protocols.google import people
from protocols.google.directory import API_URL
from protocols.google.patience import Pace
from protocols.google.people import Found
from protocols.http import Send
from protocols.model.person import Kind

_AT_ONCE: Final = 8  # groups whose members are asked for; 2,400 questions a minute are allowed


class OwnGroups(OwnPeople):
    """Reads with ``send``, which may list users, groups and members. Members are those of the groups of ``sync`` alone:
    of all others nobody needs them."""

    def __init__(self, send: Send, *, sync: str, pace: Pace, api_url: str = API_URL) -> None:
        super().__init__(send, pace=pace, api_url=api_url)
        self._sync, self._gate = sync, asyncio.Semaphore(_AT_ONCE)

    async def _told(self, found: Sequence[Found]) -> list[Held]:
        groups = [one for one in found if one.person.kind is Kind.GROUP]
        others = await super()._told([one for one in found if one.person.kind is not Kind.GROUP])
        try:
            async with asyncio.TaskGroup() as tasks:
                running = [tasks.create_task(self._group(one)) for one in groups]
        except BaseExceptionGroup as several:
            raise several.exceptions[0] from None
        return [*others, *(task.result() for task in running)]

    async def _group(self, found: Found) -> Held:
        group = group_of(found)
        stamp = stamp_of(group)
        if stamp is None or stamp.sync != self._sync or self._send is None:
            return held_of(group)
        async with self._gate:
            members = await people.members(self._send, group.key, api_url=self._api_url, as_of=self._clock())
        return held_of(group, members)
