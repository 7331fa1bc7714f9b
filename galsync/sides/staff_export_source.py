"""A folder of contacts in a mailbox of another company, shared for this purpose, as a source: read as its people."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Final

from galsync.side import Reading
from galsync.sides.mailbox_contact import in_words
from galsync.sides.patience import patient
from galsync.sides.staff_folder import StaffFolder
from protocols.errors import PeerError
from protocols.graph.contact_folders import folders
from protocols.graph.contacts import contacts
from protocols.http import Send
from protocols.model.mailbox import Mailbox

PERMISSIONS: Final = ("Contacts.Read",)
"""What the application or account needs, with a scope that has this one mailbox in it and no other."""
FILLING: Final = (*PERMISSIONS, "Contacts.ReadWrite")
"""What it needs where the mailbox is filled, too: whoever signs in agrees to each of them, and none implies another."""


class StaffExportSource:
    """A ``Source`` over Graph. ``folder`` is the name of a folder below the contacts of ``mailbox``; "" means these.

    Whoever stands there is a user of that company. What carries a stamp of this product is left out, unless it was made
    by one of the syncs named in ``takes``: so an export that is filled by the other company's own installation can be
    read. Name only theirs, or people go round in a circle. Outlook tells changes without extended properties (Graph,
    contact: delta), so that every reading is a whole one.
    """

    def __init__(
        self,
        name: str,
        send: Send,
        *,
        mailbox: Mailbox,
        folder: str,
        api_url: str,
        clock: Callable[[], datetime],
        sleep: Callable[[float], Awaitable[object]],
        takes: frozenset[str] = frozenset(),
    ) -> None:
        self._name, self._send, self._mailbox = name, send, mailbox.address
        self._folder = StaffFolder(folder, takes)
        self._api_url, self._clock, self._sleep = api_url, clock, sleep

    @property
    def name(self) -> str:
        """As the settings call it."""
        return self._name

    async def read(self, since: str | None = None) -> Reading:
        """Everybody in the folder, always. All of them or PeerError: NO_SUCH_MAILBOX where the mailbox or the folder is
        not there, which is never a reading of nobody."""
        del since
        now, send = self._clock(), patient(self._send, clock=self._clock, sleep=self._sleep)
        mailbox, folder = self._mailbox, ""
        try:
            if self._folder.name:
                folder = self._folder.among(await folders(send, mailbox, api_url=self._api_url, as_of=now))
            return await self._folder.reading(contacts(send, mailbox, folder, api_url=self._api_url, as_of=now))
        except PeerError as error:
            raise in_words(error) from None
