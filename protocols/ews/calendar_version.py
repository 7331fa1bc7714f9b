"""Finds the newest dialect of EWS that a server speaks."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from protocols.errors import PeerError
from protocols.ews.mailbox_access import MailboxAccess

VERSIONS: Final = (
    "Exchange2016", "Exchange2013_SP1", "Exchange2013", "Exchange2010_SP2", "Exchange2010_SP1", "Exchange2010",
)  # fmt: skip
"""From the newest on; before Exchange 2010 an appointment does not tell its zone."""
BEFORE_ELSEWHERE: Final = frozenset({"Exchange2010", "Exchange2010_SP1", "Exchange2010_SP2"})
"""Those without WorkingElsewhere."""
_UNKNOWN: Final = frozenset({"fault ErrorInvalidServerVersion", "fault ErrorSchemaValidation"})
"""What a server says of a version that it does not know, and one that checks the schema first."""
_SHAPE: Final = "<m:FolderShape><t:BaseShape>IdOnly</t:BaseShape></m:FolderShape>"


async def spoken(
    access: MailboxAccess, folder: str, *, as_of: datetime, versions: Sequence[str] = VERSIONS
) -> MailboxAccess:  # fmt: skip
    """``access`` in the newest of ``versions`` that the server speaks, asked about ``folder`` (its id as an element):
    what it says of the folder does not matter. Raises PeerError."""
    for version in versions[:-1]:
        tried = replace(access, version=version)
        if await _understands(tried, folder, as_of):
            return tried
    return replace(access, version=versions[-1])


async def _understands(access: MailboxAccess, folder: str, as_of: datetime) -> bool:
    try:
        body = f"{_SHAPE}<m:FolderIds>{folder}</m:FolderIds>"
        await access.ask("GetFolder", body, 1, as_of=as_of)
    except PeerError as error:
        if error.detail not in _UNKNOWN:
            raise
        return False
    return True
