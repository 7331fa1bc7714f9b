"""The shared contacts of a Google Workspace domain as a target: how its people find those of another system."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import timedelta
from typing import Final, TypeAlias

from galsync.entries import Form, Held, Stamp
from galsync.side import Ability, Failed, Outcome, Visible, Written
from galsync.sides.google_index import Index, concerned_by, taken_by
from galsync.sides.google_own_people import KEY, OwnPeople
from galsync.sides.shared_contact import changed, fresh, held_of, narrowed
from galsync.steps import Act, Step
from protocols.errors import PeerError
from protocols.google import shared_contacts
from protocols.google.patience import Pace, patient
from protocols.google.shared_contacts import Operation, SharedContact
from protocols.google.writing import NOT_OURS, STALE, Refusal, tried
from protocols.http import Send
from protocols.model.freebusy import Reason

_REMEMBERED: Final = timedelta(days=1)
_SKEW: Final = timedelta(minutes=10)  # between our clock and Google's
_Acts: Final = shared_contacts.Act
_GONE: Final = Failed(Reason.NO_SUCH_MAILBOX, "it is not there any more: it is looked at again")
_TOO_LARGE: Final = Failed(
    Reason.FORBIDDEN, "with what somebody wrote into it, it would be more than the 2 KB that Google takes: shorten that"
)
Current: TypeAlias = Mapping[str, SharedContact | Refusal | None]


class SharedContactsTarget:
    """See :class:`galsync.side.Target`. One place, "".

    Shared contacts are for people outside: one for a user or group of the domain itself would show them twice, so that
    these stand in :meth:`held` as what they are, foreign. Google lets a list hold the same address any number of times;
    it is this class that does not. Contacts cannot be hidden, and have no photo here.
    """

    def __init__(
        self,
        name: str,
        *,
        sync: str,
        domain: str,
        send: Send,
        own: OwnPeople,
        pace: Pace,
        api_url: str = shared_contacts.API_URL,
    ) -> None:
        self._name, self._sync, self._domain, self._clock = name, sync, domain, pace.clock
        self._send, self._reading, self._url, self._own = send, patient(send, pace), api_url, own
        self._index: Index | None = None
        self._turn = asyncio.Lock()
        self._in_flight: set[str] = set()

    @property
    def name(self) -> str:
        """See :class:`galsync.side.Target`."""
        return self._name

    @property
    def ability(self) -> Ability:
        """See :class:`galsync.side.Target`."""
        return Ability(
            at_once=4,  # no limit is published: as many as elsewhere
            at_once_per_place=4,
            batch=shared_contacts.MOST_OPERATIONS,
            hides=False,
            forms=frozenset({Form.SHARED_CONTACT}),
            visible=Visible.SHARED_CONTACTS,
            narrow=lambda entry: narrowed(entry, Stamp(self._sync, entry.anchor)),
        )

    async def places(self) -> Sequence[str]:
        """See :class:`galsync.side.Target`."""
        return ("",)

    async def held(self, place: str) -> AsyncIterator[Held]:
        """See :class:`galsync.side.Target`."""
        del place
        index = Index(self._clock())
        listed = shared_contacts.contacts(self._reading, self._domain, api_url=self._url, as_of=index.read_at)
        async for page in listed:
            for contact in page:
                held = held_of(contact)
                index.note(held, self._sync)
                yield held
        self._index = index
        async for own in self._own.everybody():
            yield own

    async def look(self, place: str, keys: Sequence[str], addresses: Sequence[str]) -> Sequence[Held]:
        """See :class:`galsync.side.Target`."""
        del place
        wanted = frozenset(addresses)
        hinted: list[str] = []
        if wanted:
            async with self._turn:
                known = (await self._known(fresh=True)).addresses
            hinted = [known[one] for one in addresses if one in known]
        found: list[Held] = []
        for contact in (await self._current(self._reading, [*keys, *hinted])).values():
            if isinstance(contact, Refusal):
                raise PeerError(contact.reason, contact.words, retry_after=contact.retry_after)
            held = held_of(contact) if contact is not None else None
            if held is not None and (held.key in keys or wanted & held.addresses):
                found.append(held)
        return [*found, *await self._own.among(keys, addresses)]

    async def write(self, place: str, steps: Sequence[Step]) -> Sequence[Outcome]:
        """See :class:`galsync.side.Target`."""
        del place
        if not steps:
            return []
        async with self._turn:
            creating = any(step.act is Act.CREATE for step in steps)
            known = await tried(self._known()) if creating else None
            if isinstance(known, Refusal):
                return [_failed(known)] * len(steps)
            current = await self._current(self._send, [key for step in steps for key in concerned_by(step, known)])
            outcomes, operations, taken = self._judged(steps, current, known)
            self._in_flight |= taken
        try:
            results = await shared_contacts.batch(
                self._send, self._domain, list(operations.values()), api_url=self._url, as_of=self._clock()
            )
            for (number, operation), result in zip(operations.items(), results, strict=True):
                outcomes[number] = self._outcome(operation, result)
        finally:
            self._in_flight -= taken
        return [outcomes[number] for number in range(len(steps))]

    def _judged(
        self, steps: Sequence[Step], current: Current, known: Index | None
    ) -> tuple[dict[int, Outcome], dict[int, Operation], set[str]]:
        """By their numbers: what became of steps already, what shall be done for the others; and all names that these
        take, which nobody else may take until the answer is there."""
        outcomes: dict[int, Outcome] = {}
        operations: dict[int, Operation] = {}
        leaving: set[str] = set()
        taken: set[str] = set()
        for number, step in enumerate(steps):
            names = taken_by(step)
            if names & (taken | self._in_flight):
                outcomes[number] = Failed(Reason.FORBIDDEN, "another step writes the same address just now")
                continue
            done = self._operation(step, current, [key for key in concerned_by(step, known) if key not in leaving])
            if isinstance(done, Operation):
                operations[number] = done
                leaving |= {done.key} if done.act is _Acts.DELETE else set()
                taken |= names
            else:
                outcomes[number] = done
        return outcomes, operations, taken

    def _operation(self, step: Step, current: Current, concerned: Sequence[str]) -> Operation | Outcome:
        """What shall be done for ``step``, or what became of it already."""
        for key in concerned:
            if isinstance(unread := current.get(key), Refusal):
                return Failed(unread.reason, unread.words, unread.retry_after)
        if step.act is Act.CREATE:
            return self._creation(step, current, concerned)
        contact = current.get(concerned[0]) if concerned else None
        if isinstance(contact, SharedContact):
            return self._change(step, contact)
        return Written() if step.act is Act.REMOVE and concerned and not concerned[0].startswith(KEY) else _GONE

    def _change(self, step: Step, contact: SharedContact) -> Operation | Outcome:
        if held_of(contact).stamp != Stamp(self._sync, step.anchor):
            return _failed(NOT_OURS)
        if step.held is not None and step.held.version not in ("", contact.etag):
            return _failed(STALE)
        if step.act is Act.REMOVE:
            return Operation(_Acts.DELETE, contact.key, contact.etag)
        if step.act is Act.UPDATE:
            entry = changed(contact, step)
            return _TOO_LARGE if entry is None else Operation(_Acts.UPDATE, contact.key, contact.etag, entry)
        return Failed(Reason.FORBIDDEN, "a shared contact cannot be hidden: it can only be removed")

    def _creation(self, step: Step, current: Current, hinted: Sequence[str]) -> Operation | Outcome:
        assert step.entry is not None
        wanted = taken_by(step)
        stamp = Stamp(self._sync, step.anchor)
        for key in hinted:
            contact = current.get(key)
            if isinstance(contact, SharedContact):
                held = held_of(contact)
                if held.stamp == stamp or held.addresses & wanted:
                    words = "stands there already" if held.stamp == stamp else "has one of the addresses already"
                    return Failed(Reason.FORBIDDEN, f"a contact {words}: it is looked at again")
        return Operation(_Acts.INSERT, entry=fresh(step.entry, stamp))

    def _outcome(self, operation: Operation, result: shared_contacts.Result) -> Outcome:
        if isinstance(result, Refusal):
            if result.doubt:
                self._index = None
            return _failed(result)
        if operation.act is _Acts.DELETE:
            return Written()
        if result is None:
            return _GONE
        if self._index is not None:
            self._index.note(held_of(result), self._sync)
        return Written(result.key, result.etag)

    async def _current(self, send: Send, keys: Sequence[str]) -> Current:
        """What stands under each of ``keys`` now; of the domain's own people, nothing."""
        wanted = [key for key in dict.fromkeys(keys) if not key.startswith(KEY)]
        found: dict[str, SharedContact | Refusal | None] = {}
        for start in range(0, len(wanted), shared_contacts.MOST_OPERATIONS):
            part = wanted[start : start + shared_contacts.MOST_OPERATIONS]
            asked = [Operation(_Acts.QUERY, key) for key in part]
            now = self._clock()
            results = await shared_contacts.batch(send, self._domain, asked, api_url=self._url, as_of=now)
            found.update(zip(part, results, strict=True))
        return found

    async def _known(self, *, fresh: bool = False) -> Index:
        """The index, read anew where there is none; ``fresh``: with what has changed since it was read."""
        now, index = self._clock(), self._index
        if index is not None and not fresh:
            return index
        since = None
        if index is not None and timedelta() <= now - index.read_at < _REMEMBERED:
            since = index.read_at - _SKEW
        else:
            index = Index(now)
        listed = shared_contacts.contacts(self._reading, self._domain, since=since, api_url=self._url, as_of=now)
        async for page in listed:
            for contact in page:
                if not contact.gone:
                    index.note(held_of(contact), self._sync)
        index.read_at = now
        self._index = index
        return index


def _failed(refusal: Refusal) -> Failed:
    return Failed(refusal.reason, refusal.words, refusal.retry_after, refusal.doubt)
