"""Contacts as entries of Active Directory in LDIF, to be taken in by ``ldifde -i -k`` or ``ldapadd -c``."""

from dataclasses import dataclass
from typing import Final

from galsync.entries import Form, Stamp
from galsync.files.disk import UnreadableError
from galsync.files.file_target import Contents
from galsync.files.ldif import Attributes, Value, decoded, encoded
from galsync.files.records import Record
from protocols.ldap.attributes import FIELDS
from protocols.model.mailbox import Mailbox
from protocols.model.person import Field

STAMP: Final = "adminDescription"
_FIELDS: Final = {name.lower(): key for key, name in FIELDS.items()}
_CLASSES: Final = (("objectClass", "top"), ("objectClass", "person"), ("objectClass", "organizationalPerson"))
_CONTACT: Final = (*_CLASSES, ("objectClass", "contact"))
_TRUTH: Final = {"TRUE": True, "FALSE": False}
_ESCAPED: Final = {ord(c): f"\\{c}" for c in '",#+<>;=\\'}  # RFC 4514 2.4


@dataclass(frozen=True, slots=True)
class Ldif:
    """Whole entries below ``unit`` (a DN). What other attributes an entry has is kept; what is no contact as well.

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

    def decode(self, data: bytes) -> Contents:
        """The records. Raises UnreadableError where the file is broken."""
        return Contents(tuple(map(_record, decoded(data))))

    def encode(self, contents: Contents) -> bytes:
        """The file."""
        return encoded(self._entry(record) for record in contents.records)

    def _entry(self, record: Record) -> Attributes:
        if record.stamp is None or record.address is None:
            return _kept(record)
        name = record.address.address
        entry: list[tuple[str, Value]] = [
            ("dn", f"CN={_escaped(name)},{self.unit}"),
            *_CONTACT,
            ("cn", name),
            (STAMP, record.stamp.text),
            ("mail", name),
            ("targetAddress", f"SMTP:{name}"),
            ("proxyAddresses", f"SMTP:{name}"),
            *(("proxyAddresses", _proxy(alias)) for alias in record.aliases),
            *((FIELDS[key], text) for key, text in record.texts.items() if key in FIELDS),
        ]
        if record.hidden:
            entry.append(("msExchHideFromAddressLists", "TRUE"))
        return [*entry, *_kept(record)]


_OURS: Final = frozenset(
    {"dn", "objectclass", "cn", "mail", "targetaddress", "proxyaddresses", STAMP.lower(), "msexchhidefromaddresslists"}
)


def _record(entry: Attributes) -> Record:
    """One entry; what is not ours stands in ``rest`` whole, numbered because a name may come more than once."""
    one = {name.lower(): value for name, value in entry if isinstance(value, str)}
    stamp = Stamp.read(one.get(STAMP.lower()))
    proxies = [str(value) for name, value in entry if name.lower() == "proxyaddresses"]
    address = _address(one.get("mail", ""))
    if stamp and address is None:
        raise UnreadableError(f"the entry {one['dn']!r} is ours and has no mail that can be read")
    taken = _OURS | frozenset(_FIELDS) if stamp else frozenset()
    rest = {f"{number}:{name}": value for number, (name, value) in enumerate(entry) if name.lower() not in taken}
    if broken := [name for name, value in rest.items() if isinstance(value, bytes)]:
        raise UnreadableError(f"the entry {one['dn']!r} has bytes in {broken[0].partition(':')[2]}: take them out")
    return Record(
        stamp=stamp,
        form=Form.MAIL_CONTACT,
        address=address,
        aliases=tuple(_alias(proxy) for proxy in proxies if not proxy.startswith("SMTP:")),
        texts={_FIELDS[name.lower()]: str(text) for name, text in entry if name.lower() in _FIELDS and text},
        hidden=_TRUTH.get(one.get("msexchhidefromaddresslists", ""), False),
        rest={name: str(value) for name, value in rest.items()},
    )


def _kept(record: Record) -> Attributes:
    return [(name.partition(":")[2], value) for name, value in record.rest.items()]


def _address(text: str) -> Mailbox | None:
    try:
        return Mailbox.parse(text)
    except ValueError:
        return None


def _proxy(alias: str) -> str:
    return alias if alias.startswith("X500:") else f"smtp:{alias}"


def _alias(proxy: str) -> str:
    return proxy.removeprefix("smtp:")


def _escaped(value: str) -> str:
    """A value as it may stand in a DN (RFC 4514)."""
    return value.translate(_ESCAPED)
