"""A spreadsheet of people as a source: whatever can export a list of its people can be read."""

import asyncio
import hashlib
from dataclasses import dataclass
from pathlib import Path

from galsync.files.disk import MOST, UnreadableError, read
from galsync.files.people_lines import people
from galsync.side import Reading
from protocols.errors import PeerError
from protocols.model.freebusy import Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class CsvSource:
    """The file at ``path``; its columns are those of :mod:`galsync.files.columns`.

    The token is the digest of the file: an unchanged one tells nothing new, a changed one is read whole. ``attributes``
    are further columns that a selection or a mapping names. Without a column ``anchor`` the address is the anchor:
    somebody whose address changes is another person then.
    """

    name: str
    path: Path
    attributes: frozenset[str] = frozenset()
    most: int = MOST

    async def read(self, since: str | None = None) -> Reading:
        """Everybody in the file, or nobody and the same token. Raises PeerError where it is missing or broken."""
        try:
            return await asyncio.to_thread(self._read, since)
        except UnreadableError as error:
            raise PeerError(error.reason, f"{self.name}: {error.words}") from error

    def _read(self, since: str | None) -> Reading:
        data = read(self.path, most=self.most)
        if data is None:
            raise UnreadableError(f"{self.path} is not there", Reason.UNREACHABLE)
        token = f"sha256:{hashlib.sha256(data).hexdigest()}"
        if token == since:
            return Reading(people=(), whole=False, token=token)
        try:
            return people(data, token=token, attributes=self.attributes)
        except UnreadableError as error:
            raise UnreadableError(f"{self.path}: {error.words}", error.reason) from error
