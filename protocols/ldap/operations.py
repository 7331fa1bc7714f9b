"""What is asked of a directory: searches, changes and sign-ins, as values and as octets (RFC 4511 4)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from itertools import starmap
from typing import TypeAlias

from protocols.ldap.ber import ENUMERATED, SET, boolean, integer, octets, tlv
from protocols.ldap.filters import encoded


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


@dataclass(frozen=True, slots=True)
class Extended:
    """An extended operation without a value, such as StartTLS."""

    oid: str


Request: TypeAlias = Search | Add | Modify | Delete | Rename | SimpleBind | SaslBind | Extended
START_TLS = Extended("1.3.6.1.4.1.1466.20037")


@dataclass(frozen=True, slots=True)
class Control:
    """What a request is extended by (RFC 4511 4.1.11)."""

    oid: str
    value: bytes | None = None
    critical: bool = True


def message(number: int, request: Request, controls: Sequence[Control] = ()) -> bytes:
    """The octets of a request with its message number. Raises FilterError for a filter that is none."""
    parts = [integer(number), _written(request)]
    if controls:
        parts.append(tlv(0xA0, *map(_control, controls)))
    return tlv(0x30, *parts)


def unbind(number: int) -> bytes:
    """The end of a conversation; nothing is answered."""
    return tlv(0x30, integer(number), tlv(0x42, b""))


def abandon(number: int, other: int) -> bytes:
    """The answer to ``other`` is not wanted any more; nothing is answered."""
    return tlv(0x30, integer(number), integer(other, 0x50))


def _control(control: Control) -> bytes:
    value = [] if control.value is None else [octets(control.value)]
    return tlv(0x30, octets(control.oid), *([boolean(True)] if control.critical else []), *value)


def _written(request: Request) -> bytes:
    match request:
        case Search():
            body = _search(request)
        case Add():
            body = tlv(0x68, octets(request.dn), tlv(0x30, *starmap(_values, request.attributes.items()), b""))
        case Modify():
            body = tlv(0x66, octets(request.dn), tlv(0x30, *map(_change, request.changes), b""))
        case Delete():
            body = octets(request.dn, 0x4A)
        case Rename():
            superior = [octets(request.superior, 0x80)] if request.superior else []
            body = tlv(0x6C, octets(request.dn), octets(request.rdn), boolean(True), *superior)
        case SimpleBind():
            body = tlv(0x60, integer(3), octets(request.user), octets(request.password, 0x80))
        case SaslBind():
            sasl = octets(request.mechanism) + octets(request.credentials)
            body = tlv(0x60, integer(3), octets(""), tlv(0xA3, sasl))
        case Extended():
            body = tlv(0x77, octets(request.oid, 0x80))
    return body


def _search(request: Search) -> bytes:
    limits = integer(0) + integer(0) + boolean(False)  # of size and time: the caller's own clock ends it
    names = tlv(0x30, *map(octets, request.attributes), b"")
    head = octets(request.base) + integer(request.scope.value, ENUMERATED) + integer(0, ENUMERATED)
    return tlv(0x63, head, limits, encoded(request.filter), names)


def _values(name: str, values: Sequence[bytes]) -> bytes:
    return tlv(0x30, octets(name), tlv(SET, *map(octets, values), b""))


def _change(change: Modification) -> bytes:
    return tlv(0x30, integer(change.doing.value, ENUMERATED), _values(change.attribute, change.values))
