"""What the calls to a directory bring, one part of an answer after the other, and how they fail."""

from dataclasses import dataclass

from protocols.ldap.replies import Found, Reply


class FullError(Exception):
    """The request before is not written out yet: try again once some of it is gone."""


class BrokenError(Exception):
    """Nothing more comes over this connection: it is closed, or what came is no LDAP."""


@dataclass(frozen=True, slots=True)
class Brought:
    """A part of the answer to request ``number``: an entry, the names of other servers, the end, or why it cannot be
    read."""

    number: int
    body: Found | tuple[str, ...] | Reply | ValueError
