"""A Google domain's own users and groups as what may be in the way of a contact: foreign, and never written."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Final

from galsync.entries import Held
from protocols.google import people
from protocols.google.directory import API_URL
from protocols.google.patience import Pace, patient
from protocols.google.people import Found
from protocols.http import Send

KEY: Final = "directory:"
"""How the keys of these begin."""
_FEW: Final = 50  # addresses that are asked about one by one; of more, everybody is read
_AT_ONCE: Final = 8


class OwnPeople:
    """Reads with ``send``, which may list users and groups; None: nobody is in the way."""

    def __init__(self, send: Send | None, *, pace: Pace, api_url: str = API_URL) -> None:
        self._send = patient(send, pace) if send is not None else None
        self._clock, self._api_url = pace.clock, api_url

    async def everybody(self) -> AsyncIterator[Held]:
        """All of them. Raises PeerError."""
        if self._send is None:
            return
        now = self._clock()
        for listed in (people.users, people.groups):
            async for page in listed(self._send, api_url=self._api_url, as_of=now):
                for held in await self._told(page):
                    yield held

    async def among(self, keys: Sequence[str], addresses: Sequence[str]) -> list[Held]:
        """Those with one of these keys or addresses. Raises PeerError."""
        asked = [key.removeprefix(KEY) for key in keys if key.startswith(KEY)]
        asked += [address for address in addresses if "@" in address and not address.startswith(("x500:", "sip:"))]
        if self._send is None or not asked:
            return []
        if len(asked) > _FEW:
            known, wanted = {f"{KEY}{one}" for one in asked}, set(asked)
            return [one async for one in self.everybody() if one.key in known or one.addresses & wanted]
        send, now, gate = self._send, self._clock(), asyncio.Semaphore(_AT_ONCE)

        async def at(name: str) -> Found | None:
            async with gate:
                return await people.at(send, name, api_url=self._api_url, as_of=now)

        results = await asyncio.gather(*map(at, dict.fromkeys(asked)))
        found = {held.key: held for held in await self._told([one for one in results if one is not None])}
        return list(found.values())

    async def _told(self, found: Sequence[Found]) -> list[Held]:
        return [_held(one) for one in found]


def _held(found: Found) -> Held:
    person = found.person
    return Held(
        key=f"{KEY}{person.anchor}",
        address=person.primary,
        addresses=frozenset((*([person.primary.address] if person.primary else []), *person.aliases)),
        texts=person.texts,
        hidden=person.hidden,
        readonly="belongs to the domain itself",
    )
