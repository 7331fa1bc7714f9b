"""A folder of contacts in a mailbox of another company's Exchange server, shared for this purpose, as a source."""

from galsync.side import Reading
from galsync.sides.exchange_contact import in_words
from galsync.sides.exchange_way import ExchangeWay
from galsync.sides.staff_folder import StaffFolder
from protocols.errors import PeerError
from protocols.ews.contact_folders import folders
from protocols.ews.contacts import contacts
from protocols.model.mailbox import Mailbox


class ExchangeStaffSource:
    """A ``Source`` over EWS. ``folder`` is the name of a folder below the contacts of ``mailbox``; "" means these.

    The account needs the right of a reviewer on that folder (its ``way`` does not impersonate then), or impersonates
    with a scope that has this one mailbox in it. Whoever stands there is a user of that company. What carries a stamp
    of this product is left out, unless it was made by one of the syncs named in ``takes``: so an export that is filled
    by the other company's own installation can be read. Name only theirs, or people go round in a circle. Every reading
    is a whole one.
    """

    def __init__(
        self,
        name: str,
        way: ExchangeWay,
        *,
        mailbox: Mailbox,
        folder: str,
        takes: frozenset[str] = frozenset(),
    ) -> None:
        self._name, self._way, self._mailbox = name, way, mailbox.address
        self._folder = StaffFolder(folder, takes)

    @property
    def name(self) -> str:
        """As the settings call it."""
        return self._name

    async def read(self, since: str | None = None) -> Reading:
        """Everybody in the folder, always. All of them or PeerError: NO_SUCH_MAILBOX where the mailbox or the folder is
        not there, which is never a reading of nobody."""
        del since
        now, access = self._way.clock(), self._way.reading(self._mailbox)
        try:
            folder = self._folder.among(await folders(access, as_of=now)) if self._folder.name else ""
            return await self._folder.reading(contacts(access, folder, as_of=now))
        except PeerError as error:
            raise in_words(error) from None
