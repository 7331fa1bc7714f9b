"""Knows the folder of each Exchange mailbox that holds our list, so that it is looked for and made once."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from galsync.sides.exchange_way import ExchangeWay
from galsync.sides.list_folder import ListFolder
from protocols.errors import PeerError
from protocols.ews.contact_folders import Folder, folders, make, marked
from protocols.model.freebusy import Reason

_TAKEN: Final = "a folder of that name is there and is not ours: rename one of them, or give the list another name"


@dataclass(slots=True, kw_only=True)
class ExchangeFolders:
    """The folders of one list, each known by ``mark`` whatever it is called."""

    way: ExchangeWay
    folder: ListFolder
    mark: str
    _known: dict[str, str] = field(default_factory=dict)

    async def find(self, place: str) -> str | None:
        """The id of the folder; None where there is none. Raises PeerError."""
        if place not in self._known:
            self._note(place, await folders(self.way.reading(place), as_of=self.way.clock()))
        return self._known.get(place)

    async def found_or_made(self, place: str) -> tuple[str, bool]:
        """The id of the folder, and whether it was made just now. Raises PeerError."""
        if (known := await self._looked(place)) is not None:
            return known, False
        try:
            made = await make(self.way.into(place), self.folder.name, self.mark, as_of=self.way.clock())
        except PeerError as error:
            if error.detail != "ErrorFolderExists":
                raise
        else:
            self._known[place] = made.key
            return made.key, True
        if (known := await self._looked(place)) is not None:
            return known, False
        raise PeerError(Reason.NO_ACCESS, _TAKEN)

    def forget(self, place: str) -> None:
        """The folder may not be there any more."""
        self._known.pop(place, None)

    async def _looked(self, place: str) -> str | None:
        if place not in self._known:
            self._note(place, await folders(self.way.into(place), as_of=self.way.clock()))
        return self._known.get(place)

    def _note(self, place: str, found: Sequence[Folder]) -> None:
        ours = self.folder.found(marked(found, self.mark, self.folder.name), found)
        if ours is not None:
            self._known[place] = ours.key
