"""What is asked of a directory: searches, changes and sign-ins, and what extends them (RFC 4511 4)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Final, TypeAlias


class Scope(Enum):
    """How far below its base a search looks."""

    BASE = 0
    ONE = 1
    WHOLE = 2


class Doing(Enum):
    """What becomes of the values of one attribute."""

    ADD = 0
    DELETE = 1
    REPLACE = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """Entries under ``base`` that match ``filter`` (RFC 4515), with ``attributes``; ("1.1",) for none of them."""

    base: str
    scope: Scope = Scope.WHOLE
    filter: str = "(objectClass=*)"
    attributes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Add:
    """A new entry."""

    dn: str
    attributes: Mapping[str, Sequence[bytes]] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Modification:
    """One attribute's change. DELETE without values takes them all."""

    doing: Doing
    attribute: str
    values: tuple[bytes, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class Modify:
    """Changes of one entry: all of them or none."""

    dn: str
    changes: tuple[Modification, ...]


@dataclass(frozen=True, slots=True)
class Delete:
    """An entry goes."""

    dn: str


@dataclass(frozen=True, slots=True)
class Rename:
    """Another name for an entry, and another place where ``superior`` is written."""

    dn: str
    rdn: str
    superior: str = ""


@dataclass(frozen=True, slots=True)
class SimpleBind:
    """A sign-in by password; over TLS alone."""

    user: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class SaslBind:
    """One step of a sign-in by SASL."""

    mechanism: str
    credentials: bytes = field(repr=False)


Request: TypeAlias = Search | Add | Modify | Delete | Rename | SimpleBind | SaslBind


@dataclass(frozen=True, slots=True)
class Flag:
    """A control without a value (RFC 4511 4.1.11)."""

    oid: str
    critical: bool = True


@dataclass(frozen=True, slots=True)
class NextPage:
    """The next page of at most ``size`` entries (RFC 2696); the first for no cookie."""

    size: int
    cookie: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class Changes:
    """What changed since ``cookie``, everything for none: DirSync ([MS-ADTS] 3.1.1.3.4.1.3)."""

    cookie: bytes = field(default=b"", repr=False)


Control: TypeAlias = Flag | NextPage | Changes
PAGES: Final = "1.2.840.113556.1.4.319"
DIRSYNC: Final = "1.2.840.113556.1.4.841"
SHOW_DELETED: Final = Flag("1.2.840.113556.1.4.417")  # [MS-ADTS] 3.1.1.3.4.1.14
NO_REFERRALS: Final = Flag("1.2.840.113556.1.4.1339", critical=False)  # DOMAIN_SCOPE, 3.1.1.3.4.1.4
