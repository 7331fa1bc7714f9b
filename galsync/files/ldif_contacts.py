"""Contacts as entries of Active Directory in LDIF, to be taken in by ``ldifde -i -k`` or ``ldapadd -c``."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias, TypeGuard

from galsync.entries import Form, Stamp
from galsync.files.disk import UnreadableError
from galsync.files.file_target import Contents
from galsync.files.ldif import Attributes, Value, decoded, encoded
from galsync.files.records import Record
from protocols.ldap.attributes import FIELDS
from protocols.model.mailbox import Mailbox
from protocols.model.person import Field

Pairs: TypeAlias = tuple[tuple[str, str], ...]
STAMP: Final = "adminDescription"
_FIELDS: Final = {name.lower(): key for key, name in FIELDS.items()}
_CLASSES: Final = ("top", "person", "organizationalPerson", "contact")
_PREFIXED: Final = re.compile(r"[A-Za-z0-9]+:")
"""How a proxy address begins that says of what kind it is; one of SMTP cannot, without quotation marks."""
_ESCAPED: Final = {ord(c): f"\\{c}" for c in '",#+<>;=\\'}  # RFC 4514 2.4


@dataclass(frozen=True, slots=True)
class Ldif:
    """Whole entries below ``unit`` (a DN). An entry to which nothing is done is given back verbatim.

    Of one that is changed, what others added stays: attributes, further values of ours, proxy addresses of any kind,
    and the name that they gave it.

    ``targetAddress`` and ``proxyAddresses`` make it a mail contact where Exchange has extended the schema.
    """

    unit: str

    @property
    def forms(self) -> frozenset[Form]:
        """Mail contacts."""
        return frozenset({Form.MAIL_CONTACT, Form.CONTACT})

    @property
    def fields(self) -> frozenset[Field]:
        """All but the manager."""
        return frozenset(FIELDS)

    @property
    def photos(self) -> int:
        """None."""
        return 0

    def decode(self, data: bytes) -> Contents:
        """The records. Raises UnreadableError where the file is broken."""
        return Contents(tuple(self._record(entry) for entry in decoded(data)))

    def encode(self, contents: Contents) -> bytes:
        """The file."""
        return encoded(self._entry(record) for record in contents.records)

    def _entry(self, record: Record) -> Attributes:
        if record.raw is not None:
            return record.raw
        if record.stamp is None or record.address is None:
            return _kept(record)
        address = record.address.address
        named = record.rest.get("cn", "" if "dn" in record.rest else address)  # the two have to agree
        entry: list[tuple[str, Value]] = [
            ("dn", record.rest.get("dn", self._name(address))),
            *(("objectClass", each) for each in _CLASSES),
            *((("cn", named),) if named else ()),
            (STAMP, record.stamp.text),
            ("mail", address),
            ("targetAddress", f"SMTP:{address}"),
            ("proxyAddresses", f"SMTP:{address}"),
            *(("proxyAddresses", _proxy(alias)) for alias in record.aliases),
            *((FIELDS[key], text) for key, text in record.texts.items() if key in FIELDS),
        ]
        if record.hidden:
            entry.append(("msExchHideFromAddressLists", "TRUE"))
        return [*entry, *_kept(record)]

    def _record(self, entry: Attributes) -> Record:
        """One entry, of ours what we read of it; of somebody else's everything stands in ``rest``, too."""
        pairs = _texts(entry)
        all_of: dict[str, list[str]] = {}
        for name, value in pairs:
            if value:
                all_of.setdefault(name.lower(), []).append(value)
        one = {name: values[0] for name, values in all_of.items()}
        stamp = next(filter(None, map(Stamp.read, all_of.get(_STAMP, ()))), None)
        address = _address(one.get("mail", ""))
        if stamp and address is None:
            raise UnreadableError(f"the entry {one.get('dn', '?')!r} is ours and has no mail that can be read")
        return Record(
            stamp=stamp,
            form=Form.MAIL_CONTACT,
            address=address,
            aliases=_aliases(all_of.get("proxyaddresses", ()), address),
            texts={_FIELDS[name]: text for name, text in one.items() if name in _FIELDS},
            hidden=one.get("msexchhidefromaddresslists", "").upper() == "TRUE",
            rest=self._rest(pairs, stamp.text, address.address) if stamp and address else _numbered(pairs),
            raw=pairs,
        )

    def _rest(self, pairs: Pairs, stamp: str, address: str) -> Mapping[str, str]:
        """What we do not read of an entry of ours, and ``dn`` and ``cn`` where somebody else gave it its name."""
        rest, seen = [], set()
        names: dict[str, str] = {}
        for name, value in pairs:
            key = name.lower()
            if not value and key in _OURS:
                continue
            if key in _NAMES and key not in names:
                names[key] = value
            elif key == "objectclass":
                rest += [(name, value)] if value not in _CLASSES and value.lower() not in _LOWER_CLASSES else []
            elif key == _STAMP:
                rest += [(name, value)] if value != stamp else []
            elif key not in _ALL and (key in seen or key not in _READ):
                rest.append((name, value))
            seen.add(key)
        if (names.get("dn"), names.get("cn", address)) == (self._name(address), address):
            names = {}
        return {**names, **_numbered(rest)}

    def _name(self, address: str) -> str:
        return f"CN={_escaped(address)},{self.unit}"


_STAMP: Final = STAMP.lower()
_LOWER_CLASSES: Final = frozenset(each.lower() for each in _CLASSES)
_NAMES: Final = frozenset({"dn", "cn"})
_ALL: Final = frozenset({"proxyaddresses", "msexchhidefromaddresslists"})
"""Attributes of which each value is read, or replaced."""
_READ: Final = frozenset({"mail", "targetaddress", *_FIELDS})
"""Those of which the first is."""
_OURS: Final = _NAMES | _ALL | _READ | {"objectclass", _STAMP}


def _texts(entry: Attributes) -> Pairs:
    """The attributes of an entry. Raises UnreadableError where one is no text: no record holds it."""
    if broken := [name for name, value in entry if not isinstance(value, str)]:
        dn = next((value for name, value in entry if name.lower() == "dn" and isinstance(value, str)), "?")
        raise UnreadableError(f"the entry {dn!r} has bytes in {broken[0]} that are no text: take them out")
    return tuple(pair for pair in entry if _is_text(pair))


def _is_text(pair: tuple[str, Value]) -> TypeGuard[tuple[str, str]]:
    return isinstance(pair[1], str)


def _numbered(pairs: Sequence[tuple[str, str]]) -> Mapping[str, str]:
    """By name, with a number because a name may come more than once."""
    return {f"{number}:{name}": value for number, (name, value) in enumerate(pairs)}


def _kept(record: Record) -> Sequence[tuple[str, str]]:
    """What :func:`_numbered` was given."""
    return [(name.partition(":")[2], value) for name, value in record.rest.items() if ":" in name]


def _address(text: str) -> Mailbox | None:
    try:
        return Mailbox.parse(text)
    except ValueError:
        return None


def _aliases(proxies: Iterable[str], address: Mailbox | None) -> tuple[str, ...]:
    """All proxy addresses but ``address``, each once, also where more than one is a primary."""
    found: dict[str, str] = {}
    for alias in map(_alias, proxies):
        found.setdefault(alias.lower(), alias)
    found.pop(address.address if address else "", None)
    return tuple(found.values())


def _proxy(alias: str) -> str:
    return alias if _PREFIXED.match(alias) else f"smtp:{alias}"


def _alias(proxy: str) -> str:
    """Without ``smtp:``; another prefix stays, and so does one after ``smtp:``, or it would be taken for the kind."""
    bare = proxy[5:] if proxy[:5].lower() == "smtp:" else proxy
    return proxy if _PREFIXED.match(bare) else bare


def _escaped(value: str) -> str:
    """A value as it may stand in a DN (RFC 4514)."""
    return value.translate(_ESCAPED)
