"""What extends a search of a directory, as octets: pages (RFC 2696) and DirSync ([MS-ADTS] 3.1.1.3.4.1.3).

Needs the extra ``ldap``.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from ldap.controls import RequestControl, ResponseControl
from pyasn1.codec.ber import decoder, encoder
from pyasn1.error import PyAsn1Error
from pyasn1.type import namedtype, univ

from protocols.ldap.operations import DIRSYNC, PAGES, Changes, Control, Flag, NextPage
from protocols.ldap.replies import More

_OBJECT_SECURITY: Final = 0x1  # what the account may read anyway: needs no right to replicate
_MOST_OCTETS: Final = 1024 * 1024


class _PageValue(univ.Sequence):  # type: ignore[misc]
    componentType = namedtype.NamedTypes(  # noqa: N815  pyasn1's name
        namedtype.NamedType("size", univ.Integer()),
        namedtype.NamedType("cookie", univ.OctetString()),
    )


class _ChangesValue(univ.Sequence):  # type: ignore[misc]
    componentType = namedtype.NamedTypes(  # noqa: N815  pyasn1's name
        namedtype.NamedType("flags", univ.Integer()),
        namedtype.NamedType("most", univ.Integer()),
        namedtype.NamedType("cookie", univ.OctetString()),
    )


KEPT: Final[Mapping[str, type]] = {PAGES: ResponseControl, DIRSYNC: ResponseControl}
"""For ``resp_ctrl_classes``: the values as they came. The library's own classes pass over a value that is none, and a
page whose successor is not known would be taken for the last."""


def written(controls: Sequence[Control]) -> list[RequestControl]:
    """The controls of a request, as python-ldap takes them."""
    return [_written(control) for control in controls]


def _written(control: Control) -> RequestControl:
    match control:
        case NextPage():
            return RequestControl(PAGES, True, _octets(_PageValue(), (control.size, control.cookie)))
        case Changes():
            value = (_OBJECT_SECURITY, _MOST_OCTETS, control.cookie)
            return RequestControl(DIRSYNC, True, _octets(_ChangesValue(), value))
        case Flag():
            return RequestControl(control.oid, control.critical, None)


def read(controls: Iterable[Any]) -> More | None:
    """What an answer says of its continuation; None for nothing. Raises ValueError where it cannot be read."""
    for control in controls:
        value = control.encodedControlValue or b""
        if control.controlType == PAGES:
            cookie = bytes(_value(value, _PageValue())["cookie"])
            return More(bool(cookie), cookie)
        if control.controlType == DIRSYNC:
            found = _value(value, _ChangesValue())
            return More(int(found["flags"]) != 0, bytes(found["cookie"]))
    return None


def _octets(value: Any, parts: Sequence[int | bytes]) -> bytes:
    for position, part in enumerate(parts):
        value[position] = part
    return bytes(encoder.encode(value))


def _value(octets: bytes, kind: Any) -> Any:
    try:
        found, rest = decoder.decode(octets, asn1Spec=kind)
    except PyAsn1Error:
        raise ValueError("a control that cannot be read") from None
    if rest:
        raise ValueError("a control with more than belongs to it")
    return found
