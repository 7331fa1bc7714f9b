"""The contacts of Google users as a target: a place is one user, whose contacts get a group with the list's name."""

from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from galsync.entries import Form, Held, Stamp
from galsync.people.limits import PHOTO
from galsync.side import Ability, Failed, Outcome, Visible, Written
from galsync.sides.google_index import Index, concerned_by, taken_by
from galsync.sides.personal_contact import changed, fresh, held_of
from galsync.steps import Act, Step
from protocols.google import personal_contacts
from protocols.google.patience import Pace, patient
from protocols.google.personal_contacts import MY_CONTACTS, PersonalContact
from protocols.google.writing import NOT_OURS, STALE, Refusal, tried
from protocols.http import Send
from protocols.model.freebusy import Reason

_PHOTO: Final = PHOTO[Form.CONTACT]
_REMEMBERED: Final = 16  # places whose contacts are known while they are written
_GONE: Final = Failed(Reason.NO_SUCH_MAILBOX, "it is not there any more: it is looked at again")
_NO_HIDING: Final = Failed(Reason.FORBIDDEN, "a contact cannot be hidden: it can only be removed")


@dataclass(slots=True)
class _Work:
    """What a batch of steps comes to, by their numbers."""

    outcomes: dict[int, Outcome] = field(default_factory=dict)
    new: dict[int, Mapping[str, Any]] = field(default_factory=dict)
    other: dict[int, Mapping[str, Any]] = field(default_factory=dict)
    gone: dict[int, str] = field(default_factory=dict)


class GoogleContactsTarget:
    """See :class:`galsync.side.Target`. A place is the address of a user, for whom ``send_as`` gives a Send.

    Google asks that whatever changes one user's contacts comes one after the other. Contacts cannot be hidden.
    """

    def __init__(
        self,
        name: str,
        *,
        sync: str,
        group: str,
        users: Callable[[], Awaitable[Sequence[str]]],
        send_as: Callable[[str], Send],
        pace: Pace,
        api_url: str = personal_contacts.API_URL,
    ) -> None:
        """``group`` is the name of the contact group, ``users`` the target collection."""
        self._name, self._sync, self._group, self._users = name, sync, group, users
        self._send_as, self._pace, self._url = send_as, pace, api_url
        self._indexes: OrderedDict[str, Index] = OrderedDict()
        self._groups: dict[str, str] = {}

    @property
    def name(self) -> str:
        """See :class:`galsync.side.Target`."""
        return self._name

    @property
    def ability(self) -> Ability:
        """See :class:`galsync.side.Target`."""
        return Ability(
            at_once=8,
            at_once_per_place=1,  # "Mutate requests for the same user should be sent sequentially"
            batch=personal_contacts.MOST,
            hides=False,
            photos=_PHOTO,
            forms=frozenset({Form.CONTACT}),
            visible=Visible.SOON,
        )

    async def places(self) -> Sequence[str]:
        """See :class:`galsync.side.Target`."""
        return await self._users()

    async def held(self, place: str) -> AsyncIterator[Held]:
        """See :class:`galsync.side.Target`."""
        now = self._pace.clock()
        index = Index(now)
        async for page in personal_contacts.contacts(self._reading(place), api_url=self._url, as_of=now):
            for contact in page:
                held = held_of(contact)
                index.note(held, self._sync)
                yield held
        self._remember(place, index)

    async def look(self, place: str, keys: Sequence[str], addresses: Sequence[str]) -> Sequence[Held]:
        """See :class:`galsync.side.Target`."""
        if addresses:
            wanted, known = frozenset(addresses), frozenset(keys)
            return [one async for one in self.held(place) if one.key in known or one.addresses & wanted]
        found = await self._fetched(self._reading(place), list(dict.fromkeys(keys)))
        return [held_of(contact) for contact in found.values()]

    async def write(self, place: str, steps: Sequence[Step]) -> Sequence[Outcome]:
        """See :class:`galsync.side.Target`."""
        if not steps:
            return []
        send, now, url = self._send_as(place), self._pace.clock(), self._url
        work = await self._judged(place, send, steps)
        if isinstance(work, Failed):
            return [work] * len(steps)
        deleted = await personal_contacts.delete(send, list(work.gone.values()), api_url=url, as_of=now)
        for number, refusal in zip(work.gone, deleted, strict=True):
            work.outcomes[number] = _failed(refusal) if refusal is not None else Written()
        updated = await personal_contacts.update(send, list(work.other.values()), api_url=url, as_of=now)
        created = await personal_contacts.create(send, list(work.new.values()), api_url=url, as_of=now)
        for number, result in zip((*work.other, *work.new), (*updated, *created), strict=True):
            work.outcomes[number] = self._outcome(place, await self._pictured(send, steps[number], result))
        if any(isinstance(result, Refusal) for result in created):
            self._groups.pop(place, None)  # it may be that which is not there any more
        return [work.outcomes[number] for number in range(len(steps))]

    async def _judged(self, place: str, send: Send, steps: Sequence[Step]) -> _Work | Failed:
        """What shall be done; Failed where that cannot be found out, which changes nothing."""
        found = await tried(self._before(place, send, steps))
        if isinstance(found, Refusal):
            return Failed(found.reason, found.words, found.retry_after)
        index, group, current = found
        work, taken, leaving = _Work(), set[str](), set[str]()
        for number, step in enumerate(steps):
            names, concerned = taken_by(step), [key for key in concerned_by(step, index) if key not in leaving]
            if step.act is not Act.CREATE:
                self._change(work, number, step, current.get(concerned[0]) if concerned else None)
                leaving |= {work.gone[number]} if number in work.gone else set()
            elif names & taken:
                work.outcomes[number] = Failed(Reason.FORBIDDEN, "another step writes the same address just now")
            else:
                self._creation(work, number, step, [current[key] for key in concerned if key in current], group)
                taken |= names
        return work

    async def _before(
        self, place: str, send: Send, steps: Sequence[Step]
    ) -> tuple[Index | None, str, dict[str, PersonalContact]]:
        """What has to be known before anything is done: who has which address, the contact group, and what stands
        there now. Raises PeerError."""
        index, group = None, ""
        if any(step.act is Act.CREATE for step in steps):
            if place not in self._indexes:
                async for _ in self.held(place):
                    pass
            index, group = self._indexes[place], await self._group_of(place, send)
        keys = dict.fromkeys(key for step in steps for key in concerned_by(step, index))
        return index, group, await self._fetched(send, list(keys))

    def _creation(self, work: _Work, number: int, step: Step, there: Sequence[PersonalContact], group: str) -> None:
        assert step.entry is not None
        stamp, names = Stamp(self._sync, step.anchor), taken_by(step)
        for contact in there:
            held = held_of(contact)
            if held.stamp == stamp or held.addresses & names:
                words = "stands there already" if held.stamp == stamp else "has one of the addresses already"
                work.outcomes[number] = Failed(Reason.FORBIDDEN, f"a contact {words}: it is looked at again")
                return
        work.new[number] = fresh(step.entry, stamp, (MY_CONTACTS, group))

    def _change(self, work: _Work, number: int, step: Step, contact: PersonalContact | None) -> None:
        if contact is None:
            work.outcomes[number] = Written() if step.act is Act.REMOVE else _GONE
        elif held_of(contact).stamp != Stamp(self._sync, step.anchor):
            work.outcomes[number] = _failed(NOT_OURS)
        elif step.held is not None and step.held.version not in ("", contact.etag):
            work.outcomes[number] = _failed(STALE)
        elif step.act is Act.REMOVE:
            work.gone[number] = contact.key
        elif step.act is Act.UPDATE:
            work.other[number] = changed(contact, step)
        else:
            work.outcomes[number] = _NO_HIDING

    async def _pictured(self, send: Send, step: Step, result: personal_contacts.Result) -> personal_contacts.Result:
        """``result`` once the photo of ``step`` is there too, where it has to do with one."""
        named = step.act is Act.CREATE and step.entry is not None and step.entry.photo
        if not isinstance(result, PersonalContact) or not (named or any(one.field == "photo" for one in step.changes)):
            return result
        photo = step.entry.photo if step.entry is not None else b""
        after = await personal_contacts.put_photo(send, result.key, photo, api_url=self._url, as_of=self._pace.clock())
        if isinstance(after, Refusal):
            return replace(after, words=f"the contact was written, its photo was not: {after.words}", doubt=True)
        return result if after is None and not photo else after  # it had no photo to take away

    def _outcome(self, place: str, result: personal_contacts.Result) -> Outcome:
        if isinstance(result, Refusal):
            if result.doubt:
                self._indexes.pop(place, None)
            return _failed(result)
        if result is None:
            return _GONE
        if place in self._indexes:
            self._indexes[place].note(held_of(result), self._sync)
        return Written(result.key, result.etag)

    async def _fetched(self, send: Send, keys: Sequence[str]) -> dict[str, PersonalContact]:
        found: dict[str, PersonalContact] = {}
        for start in range(0, len(keys), personal_contacts.MOST):
            part = keys[start : start + personal_contacts.MOST]
            found |= await personal_contacts.fetched(send, part, api_url=self._url, as_of=self._pace.clock())
        return found

    async def _group_of(self, place: str, send: Send) -> str:
        if place not in self._groups:
            now = self._pace.clock()
            self._groups[place] = await personal_contacts.group(send, self._group, api_url=self._url, as_of=now)
        return self._groups[place]

    def _reading(self, place: str) -> Send:
        return patient(self._send_as(place), self._pace)

    def _remember(self, place: str, index: Index) -> None:
        self._indexes[place] = index
        self._indexes.move_to_end(place)
        while len(self._indexes) > _REMEMBERED:
            self._indexes.popitem(last=False)


def _failed(refusal: Refusal) -> Failed:
    return Failed(refusal.reason, refusal.words, refusal.retry_after, refusal.doubt)
