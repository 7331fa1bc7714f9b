"""A public folder of an Exchange server as a spoke: it tells no changes by itself, so they are found by listings."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta

from calsync.spoke import Known, Page
from calsync.spokes.exchange_calendar import ExchangeFolder
from calsync.spokes.exchange_calendar_asking import Exchange, Opened
from calsync.spokes.exchange_calendar_items import in_words
from calsync.spokes.exchange_public_folder_reading import ALWAYS, PublicReading
from protocols.errors import PeerError
from protocols.ews import public_folders
from protocols.ews.public_folders import ROOT
from protocols.model.freebusy import Reason
from protocols.model.window import TimeWindow

_APPOINTMENTS = "IPF.Appointment"


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """Where a public folder is. ``path`` is "/Shared/Team". ``hierarchy_mailbox`` holds the tree, ``content_mailbox``
    the items of this folder; what is "" the SOAP Autodiscover at ``autodiscover`` tells, if there is one."""

    path: str
    hierarchy_mailbox: str = ""
    content_mailbox: str = ""
    autodiscover: str = ""


class ExchangePublicFolder(ExchangeFolder):
    """See :class:`calsync.spoke.Spoke`. ``exchange`` names the account's own mailbox, and does not impersonate.

    A reading asks for what was changed since the last one, by the server's clock; every ``deletions_every``, and where
    somebody heard of a deletion, it lists the folder whole instead, by which deletions are found, and whatever else
    slipped through.
    """

    def __init__(
        self,
        name: str,
        exchange: Exchange,
        *,
        route: Route,
        deletions_every: timedelta = timedelta(hours=1),
        writable: bool = True,
    ) -> None:
        self._exchange, self._route, self._every = exchange, route, deletions_every
        self._list_all = False
        super().__init__(name, self._find, writable=writable, feed=False)

    async def changes(self, token: str, known: Known, window: TimeWindow) -> AsyncIterator[Page]:
        """See :class:`calsync.spoke.Spoke`. The token is our own: it never expires."""
        every = ALWAYS if self._list_all else self._every
        try:
            async for page in PublicReading(await self.opened(), every).changes(token, known):
                yield page
        except PeerError as error:
            self.forget()
            raise in_words(error) from None
        self._list_all = False

    def list_all(self) -> None:
        """See :class:`calsync.spoke.Lists`."""
        self._list_all = True

    async def _find(self) -> Opened:
        at, route = self._exchange, self._route
        access = await at.access(ROOT)
        found = await public_folders.find(
            access,
            route.path,
            as_of=at.clock(),
            autodiscover=route.autodiscover,
            hierarchy=route.hierarchy_mailbox,
            content=route.content_mailbox,
        )
        if found.kind and not found.kind.startswith(_APPOINTMENTS):
            raise PeerError(Reason.NO_CALENDAR, f"the public folder {route.path} holds no appointments ({found.kind})")
        return Opened(exchange=at, access=found.access, folder=found.element, public=True)
