"""What shall stand in an address book, what stands there, and what was last agreed about it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Final

from protocols.model.mailbox import Mailbox
from protocols.model.person import Field
from protocols.model.stamps import STAMPED, is_stamp


class Form(Enum):
    """As what somebody of the other side stands in an address book."""

    MAIL_CONTACT = "mail-contact"
    MAIL_USER = "mail-user"
    GUEST = "guest"
    SHARED_CONTACT = "shared-contact"
    CONTACT = "contact"
    """A contact in somebody's mailbox, or a line of a file."""
    GROUP = "group"
    """A group with its members, where the administrator asks for groups as groups."""


class How(Enum):
    """What becomes of one field at the target. A field that no rule names is left alone."""

    WRITE = "write"
    """Filled where it is empty or still holds what was written last; what somebody typed there stays."""
    OVERWRITE = "overwrite"
    """Always as the source has it, empty where the source has nothing."""
    CLEAR = "clear"
    """Always empty."""


ACCOUNTS: Final = ".accounts"
"""How the name in the stamp of an account ends that a pair of tenants made for somebody who moves.

Once they have moved there and can sign in to it, it is theirs, and no copy of anybody: a source hands it on with this
name as an attribute.
"""


@dataclass(frozen=True, slots=True)
class Stamp:
    """The sign that an object is ours: which sync made it, and for whom. Only stamped objects are ever touched.

    ``anchor`` is the entry's; ``sync`` a name without ``/``, so that :attr:`text` can be read back.
    """

    sync: str
    anchor: str

    @property
    def text(self) -> str:
        """As it stands in an attribute of the target: ``busyline:<sync>/<anchor>``."""
        return f"{STAMPED}{self.sync}/{self.anchor}"

    @classmethod
    def read(cls, text: str | None) -> "Stamp | None":
        """The stamp that ``text`` is from its beginning to its end (is_stamp); None where it is anything else."""
        if not text or not is_stamp(text):
            return None
        sync, _, anchor = text.removeprefix(STAMPED).partition("/")
        return cls(sync, anchor)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """How somebody shall stand in the target.

    ``anchor`` is ``<source>:<the person's anchor>``. ``address`` is where mail and free/busy questions go
    (ExternalEmailAddress, targetAddress). ``aliases`` are further proxy addresses that the target must carry: SMTP
    addresses, and ``X500:`` with a distinguished name. ``texts`` holds wanted values alone; which fields are written at
    all is :class:`How`, by field, of the sync. ``members`` of a group, by address.
    """

    anchor: str
    form: Form
    address: Mailbox
    aliases: tuple[str, ...] = ()
    texts: Mapping[Field, str] = field(default_factory=dict)
    hidden: bool = False
    members: tuple[str, ...] = ()
    photo: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What stands in the target, whoever made it.

    ``key`` is the target's own name of it (DN, id), ``version`` its etag or the like, "" where there is none. ``form``
    is None for what we never write (a mailbox of their own). ``addresses`` are all that it answers to, canonical SMTP
    in lower case, ``x500:`` and ``sip:`` with theirs in lower case: two objects that share one of them clash.
    ``readonly`` says why it cannot be written here (made by directory synchronisation), "" where it can. ``half``: its
    making may have broken off, for the stamp stands where others may write as well, in a name (galsync/plans/claims).
    """

    key: str
    version: str = ""
    stamp: Stamp | None = None
    form: Form | None = None
    address: Mailbox | None = None
    addresses: frozenset[str] = frozenset()
    texts: Mapping[Field, str] = field(default_factory=dict)
    hidden: bool = False
    members: tuple[str, ...] = ()
    photo: bytes = field(default=b"", repr=False)
    readonly: str = ""
    half: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """What was last written for ``anchor``: remembered after the write, never before.

    ``written`` holds for each field :func:`digest` of the text that was written. ``retired_at`` is when it was hidden
    because nobody wants it any more; None while it is wanted.
    """

    anchor: str
    key: str
    address: str
    written: Mapping[Field, bytes] = field(default_factory=dict)
    aliases: tuple[str, ...] = ()
    members: tuple[str, ...] = ()
    photo: bytes = b""
    retired_at: datetime | None = None
