"""The contacts of one Google user, or those in one of their contact groups, as a spoke."""

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Final

from calsync.items import Item, Unread
from calsync.spoke import Ability, ExpiredError, Known, Outcome, Page, Write
from calsync.spokes import contacts_fit
from calsync.spokes.contacts_writing import Attempts, is_of
from calsync.spokes.google_contacts_writing import GooglePlace, item_of, write
from protocols.errors import PeerError
from protocols.google import card_feed, card_person, personal_contacts
from protocols.google.patience import Pace, patient
from protocols.google.personal_contacts import MY_CONTACTS, PersonalContact
from protocols.http import Send
from protocols.model.freebusy import Reason
from protocols.model.window import TimeWindow

_FIT: Final = contacts_fit.fitting(contacts_fit.google)


class GoogleContacts:
    """See :class:`calsync.spoke.Spoke`. ``send`` acts as the user; the scope is contacts, or contacts.readonly.

    Google asks that whatever changes the contacts of one user comes one after the other.
    """

    def __init__(
        self,
        name: str,
        send: Send,
        *,
        group: str = "",
        pace: Pace,
        api_url: str = personal_contacts.API_URL,
        writable: bool = True,
    ) -> None:
        """``group`` is the name of the contact group that is joined, "" for all contacts."""
        self._name, self._group, self._writable = name, group, writable
        self._reading, self._pace, self._url = patient(send, pace), pace, api_url
        self._place = GooglePlace(send=send, api_url=api_url, clock=pace.clock)
        self._resource = ""
        self._attempts = Attempts()

    @property
    def name(self) -> str:
        """See :class:`calsync.spoke.Spoke`."""
        return self._name

    @property
    def ability(self) -> Ability:
        """See :class:`calsync.spoke.Spoke`."""
        return Ability(
            at_once=1,
            batch=personal_contacts.MOST,
            writable=self._writable,
            fields=card_person.FIELDS,
            fit=_FIT,
        )

    async def changes(self, token: str, known: Known, window: TimeWindow) -> AsyncIterator[Page]:
        """See :class:`calsync.spoke.Spoke`. What left the contact group is gone.

        A token may tell of a write minutes late, and then perhaps as it was before a later one: what changed is read
        again by its key.
        """
        group = await self._looked_up()
        try:
            async for part in card_feed.changes(self._reading, token, api_url=self._url, as_of=self._pace.clock()):
                if not token:
                    items = [item_of(each) for each in part.there if _is_in(each, group)]
                    yield Page(items=items, gone=part.gone, token=part.token, whole=True)
                    continue
                found = await self._now([each.key for each in part.there])
                yield Page(
                    items=[item for item in found.values() if item is not None],
                    gone=[*part.gone, *(key for key, item in found.items() if item is None)],
                    token=part.token,
                )
        except card_feed.ExpiredTokenError:
            raise ExpiredError from None

    async def look(self, keys: Sequence[str]) -> Mapping[str, Item | Unread | None]:
        """See :class:`calsync.spoke.Spoke`."""
        return await self._now(keys)

    async def find(self, writes: Sequence[Write]) -> Sequence[Item | None]:
        """See :class:`calsync.spoke.Spoke`. By the mark: nothing can be searched that only programs see, so that all
        contacts are read."""
        wanted = {write.mark for write in writes}
        found: dict[str, Item] = {}
        async for item in self._everything():
            if item.mark in wanted:
                found.setdefault(item.mark, item)
        return [found.get(write.mark) for write in writes]

    async def ours(self, hub: str) -> AsyncIterator[Item]:
        """See :class:`calsync.spoke.Spoke`. Whatever its contact groups are by now."""
        async for item in self._everything():
            if is_of(item.mark, hub):
                yield item

    async def write(self, writes: Sequence[Write]) -> Sequence[Outcome]:
        """See :class:`calsync.spoke.Spoke`."""

        async def do(some: Sequence[Write]) -> Sequence[Outcome]:
            return await write(self._place, some, self._groups)

        return await self._attempts.once(writes, self.find, do)

    async def _now(self, keys: Sequence[str]) -> dict[str, Item | None]:
        """What stands under ``keys``; None for nothing, and for what is not in the group."""
        found: dict[str, Item | None] = dict.fromkeys(keys)
        group = await self._known_group() if keys else ""
        wanted = list(found)
        for start in range(0, len(wanted), personal_contacts.MOST):
            part = wanted[start : start + personal_contacts.MOST]
            told = await personal_contacts.fetched(
                self._reading, part, api_url=self._url, as_of=self._pace.clock(), mask=card_person.MASK
            )
            found |= {key: item_of(each) for key, each in told.items() if each.key == key and _is_in(each, group)}
        return found

    async def _groups(self) -> Sequence[str]:
        """Where a new contact has to be: only what is in My Contacts is shown among the contacts."""
        return (MY_CONTACTS, await self._known_group()) if self._group else (MY_CONTACTS,)

    async def _everything(self) -> AsyncIterator[Item]:
        async for part in card_feed.changes(self._reading, "", api_url=self._url, as_of=self._pace.clock()):
            for each in part.there:
                yield item_of(each)

    async def _known_group(self) -> str:
        return self._resource or await self._looked_up()

    async def _looked_up(self) -> str:
        """The resource name of the group, "" where none is wanted. A group that is not there is an error: what seems to
        be an empty one would have everything deleted elsewhere."""
        if not self._group:
            return ""
        self._resource = await personal_contacts.group_called(
            self._reading, self._group, api_url=self._url, as_of=self._pace.clock()
        )
        if not self._resource:
            words = "the user has no contact group of the name in the settings: make it, or correct the name"
            raise PeerError(Reason.NO_CALENDAR, words)
        return self._resource


def _is_in(contact: PersonalContact, group: str) -> bool:
    return not group or group in card_feed.groups_of(contact.person)
