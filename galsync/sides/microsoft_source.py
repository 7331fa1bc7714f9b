"""Microsoft 365 as a source: its users, groups and rooms by Graph, and what changed of them."""

from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from galsync.entries import ACCOUNTS, Stamp
from galsync.side import Reading
from galsync.sides.patience import LONGEST, patient
from galsync.sides.side_by_side import each
from galsync.steps import Left
from protocols.graph.everybody import everybody
from protocols.graph.people import Asked, Listed
from protocols.graph.people_delta import changed
from protocols.graph.photos import photo
from protocols.graph.streamed import Expired
from protocols.graph.told import Told
from protocols.http import Send
from protocols.model.person import Field, Kind, Person

PERMISSIONS: Final = ("User.Read.All", "Group.Read.All", "Place.Read.All", "OrgContact.Read.All")
"""What the application needs at most: groups, rooms, and contacts who are members, each only where asked for."""
_NAMED: Final = 200
_AT_ONCE: Final = 8  # photos; each costs one of the thousands of units in ten seconds


class MicrosoftSource:
    """A ``Source`` over Graph; ``send`` carries the application's token, ``api_url`` is the cloud's Graph.

    Guests, members who were invited, and mail users of domains that are not ``asked.domains`` are contacts. Who is
    blocked from signing in is disabled (shared mailboxes too, rooms not). Nobody is ever hidden: Graph's
    showInAddressList is not to be relied on. Equipment is told as users: Graph knows the places of rooms alone. With
    ``photos`` each person's is read, a request each; that somebody has another one is no change that Graph tells.
    """

    def __init__(
        self,
        name: str,
        send: Send,
        *,
        api_url: str,
        clock: Callable[[], datetime],
        sleep: Callable[[float], Awaitable[object]],
        asked: Asked | None = None,
        longest: timedelta = LONGEST,
        photos: bool = False,
    ) -> None:
        self._name = name
        self._send = send
        self._api_url = api_url
        self._clock = clock
        self._sleep = sleep
        self._asked = asked or Asked()
        self._longest = longest
        self._photos = photos

    @property
    def name(self) -> str:
        """As the settings call it."""
        return self._name

    async def read(self, since: str | None = None) -> Reading:
        """Everybody, or who changed since the token of an earlier reading; tokens live for seven days.

        Raises PeerError, THROTTLED with the time to wait where Graph has no patience left.
        """
        now = self._clock()
        send = patient(self._send, clock=self._clock, sleep=self._sleep, longest=self._longest)
        if since is not None:
            with suppress(Expired):  # then everybody is read, as if the token had never been there
                told = await changed(send, self._asked, since, api_url=self._api_url, as_of=now)
                return await self._pictured(_reading(told, whole=False), send, now)
        told = await everybody(send, self._asked, api_url=self._api_url, as_of=now)
        return await self._pictured(_reading(told, whole=True), send, now)

    async def _pictured(self, reading: Reading, send: Send, now: datetime) -> Reading:
        """The same with the photos of people, some read at once."""
        if not self._photos:
            return reading

        async def filled(person: Person) -> Person:
            if person.kind is not Kind.USER:
                return person
            return replace(person, photo=await photo(send, person.anchor, api_url=self._api_url, as_of=now))

        return replace(reading, people=await each(filled, reading.people, at_once=_AT_ONCE))


def _reading(told: Told, *, whole: bool) -> Reading:
    people: list[Person] = []
    left: Counter[Left] = Counter()
    named: list[tuple[str, Left]] = []
    out: list[str] = []
    unsure: list[str] = []
    for one, listed in told.listed.items():
        why = _left(listed)
        if why is None:
            person = _managed(listed, told)
            made = {ACCOUNTS: listed.stamp} if listed.stamp else {}
            people.append(replace(person, attributes={**person.attributes, **made}) if made else person)
            continue
        left[why] += 1
        (unsure if why is Left.BAD_ADDRESS else out).append(one)
        if len(named) < _NAMED:
            named.append((_name(listed), why))
    gone = () if whole else tuple(sorted({*told.gone, *out}))
    return Reading(
        people=people,
        whole=whole,
        gone=gone,
        token=told.token,
        left=dict(left),
        named=tuple(named),
        unsure=tuple(sorted(unsure)),
    )


def _left(listed: Listed) -> Left | None:
    stamp = Stamp.read(listed.stamp)
    if listed.stamp and not (stamp and stamp.sync.endswith(ACCOUNTS) and not listed.person.disabled):
        return Left.OURS
    if listed.person.kind is Kind.CONTACT:
        return Left.CONTACT
    return Left.BAD_ADDRESS if listed.unreadable else None


def _managed(listed: Listed, told: Told) -> Person:
    address = told.managers.get(listed.manager) if listed.manager else None
    if address is None:
        return listed.person
    return replace(listed.person, texts={**listed.person.texts, Field.MANAGER: address})


def _name(listed: Listed) -> str:
    person = listed.person
    if person.primary is not None:
        return person.primary.address
    return listed.unreadable or person.texts.get(Field.DISPLAY_NAME, "") or person.anchor
