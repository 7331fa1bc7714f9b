"""The security header of a request, found and held to its one permitted shape before any key is used."""

import base64
import binascii
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from lxml import etree

from protocols.ews.autodiscover.soap import SOAP11, SOAP12
from protocols.ews.names import ADDRESSING
from protocols.ews.wssecurity.names import CONVERSATION, DS, SOAPS, WSSE, WSU, XENC
from protocols.ews.wssecurity.refusal import SecurityRefused
from protocols.ews.wssecurity.times import check_span, instant
from protocols.safexml import XmlRefused, parse

MAX_BYTES: Final = 96 * 1024  # a hundred mailboxes and their token take 20 to 60 kB
MAX_NODES: Final = 2_000  # a hundred mailboxes take 700
_MAX_ATTRIBUTES: Final = 32  # of one element: reading and sorting them takes the square of their number
_LONGEST_LIFE: Final = timedelta(minutes=10)  # of a timestamp; Exchange and WCF write five
_CROWDED: Final = etree.XPath(f"boolean(//*[count(@*) > {_MAX_ATTRIBUTES}])")
_IDS: Final = etree.XPath(
    "//@*[local-name() = 'Id' or local-name() = 'ID' or local-name() = 'id' or local-name() = 'AssertionID']"
)
_SIGNABLE: Final = f"{{{WSU}}}Id"
_ACTORS: Final = {SOAP11: f"{{{SOAP11}}}actor", SOAP12: f"{{{SOAP12}}}role"}
_OURS: Final = frozenset(
    {
        "",
        "http://schemas.xmlsoap.org/soap/actor/next",
        "http://www.w3.org/2003/05/soap-envelope/role/next",
        "http://www.w3.org/2003/05/soap-envelope/role/ultimateReceiver",
    }
)
_SECURITY, _SIGNATURE = f"{{{WSSE}}}Security", f"{{{DS}}}Signature"
_TIMESTAMP, _TOKEN = f"{{{WSU}}}Timestamp", f"{{{XENC}}}EncryptedData"
_DERIVED: Final = frozenset(f"{{{version}}}DerivedKeyToken" for version in CONVERSATION)
_MAX_DERIVED: Final = 2


@dataclass(frozen=True, slots=True)
class Secured:
    """A message whose header has the permitted shape; nothing in it is believed yet.

    ``ids`` counts every identifier of the document, whatever the attribute is called; ``created`` and ``expires`` are
    what the timestamp claims, ``to`` what wsa:To says ("" without).
    """

    root: etree._Element
    soap: str
    header: etree._Element
    body: etree._Element
    security: etree._Element
    timestamp: etree._Element
    token: etree._Element
    signature: etree._Element
    derived: tuple[etree._Element, ...]
    ids: Mapping[str, int]
    created: datetime
    expires: datetime
    to: str
    signature_value: bytes


def read(data: bytes) -> Secured:
    """The message in ``data`` (SOAP 1.1 or 1.2): one Header, one Body, one wsse:Security with one of all that it needs.

    Pure, and no cryptography: this is all that strangers can make us do for nothing. Raises SecurityRefused.
    """
    root = _parsed(data)
    check_sparse(root)
    soap, header, body = _opened(root)
    counted = Counter(element.tag for element in root.iter())
    security = _only(header, _SECURITY, counted)
    if security.get(_ACTORS[soap], "").strip() not in _OURS:
        raise SecurityRefused("security-for-somebody-else")
    signature = _only(security, _SIGNATURE, counted)
    timestamp, token = _only(security, _TIMESTAMP, counted), _only(security, _TOKEN, counted)
    derived = tuple(child for child in security if child.tag in _DERIVED)
    if len(security) != 3 + len(derived) or len(derived) > _MAX_DERIVED:
        raise SecurityRefused("more-in-the-header-than-it-needs")
    created, expires = times(timestamp)
    return Secured(
        root=root,
        soap=soap,
        header=header,
        body=body,
        security=security,
        timestamp=timestamp,
        token=token,
        signature=signature,
        derived=derived,
        ids=_identifiers(root),
        created=created,
        expires=expires,
        to=_to(header),
        signature_value=_signature_value(signature),
    )


def check_fresh(created: datetime, expires: datetime, *, now: datetime, skew: timedelta) -> None:
    """Raises SecurityRefused where a message of these times is not of now, or lives longer than ten minutes."""
    check_span(created, expires, now=now, skew=skew, what="message")
    if expires - created > _LONGEST_LIFE:
        raise SecurityRefused("message-lives-too-long")


def check_sparse(root: etree._Element) -> None:
    """Raises SecurityRefused where an element has so many attributes that canonicalising it would take long."""
    if _CROWDED(root):
        raise SecurityRefused("too-many-attributes")


def times(timestamp: etree._Element) -> tuple[datetime, datetime]:
    """Created and Expires of a wsu:Timestamp, each there once. Raises SecurityRefused."""
    if [child.tag for child in timestamp] != [f"{{{WSU}}}Created", f"{{{WSU}}}Expires"]:
        raise SecurityRefused("timestamp-without-its-times")
    return instant(timestamp[0].text), instant(timestamp[1].text)


def _parsed(data: bytes) -> etree._Element:
    if len(data) > MAX_BYTES:
        raise SecurityRefused("message-too-large")
    try:
        return parse(data, max_nodes=MAX_NODES)
    except XmlRefused:
        raise SecurityRefused("no-xml") from None


def _opened(root: etree._Element) -> tuple[str, etree._Element, etree._Element]:
    """The SOAP namespace, the header and the body of an envelope that has nothing else."""
    soap = etree.QName(root).namespace or ""
    if soap not in SOAPS or root.tag != f"{{{soap}}}Envelope":
        raise SecurityRefused("no-envelope")
    if [child.tag for child in root] != [f"{{{soap}}}Header", f"{{{soap}}}Body"]:
        raise SecurityRefused("not-one-header-and-one-body")
    header, body = root
    return soap, header, body


def _only(parent: etree._Element, tag: str, counted: Mapping[str, int]) -> etree._Element:
    """The only ``tag`` of the whole message, which must be a child of ``parent``: nothing hides elsewhere."""
    found = parent.findall(tag)
    if len(found) != 1 or counted[tag] != 1:
        raise SecurityRefused(f"not-one-{tag.rpartition('}')[2].lower()}")
    return found[0]


def _identifiers(root: etree._Element) -> Mapping[str, int]:
    found = _IDS(root)
    assert isinstance(found, list)
    signable = [str(name) for name in found if getattr(name, "attrname", "") == _SIGNABLE]
    if len(set(signable)) < len(signable):
        raise SecurityRefused("the-same-id-twice")
    return Counter(map(str, found))


def _to(header: etree._Element) -> str:
    found = header.findall(f"{{{ADDRESSING}}}To")
    if len(found) > 1:
        raise SecurityRefused("not-one-to")
    return (found[0].text or "").strip() if found else ""


def _signature_value(signature: etree._Element) -> bytes:
    found = signature.findall(f"{{{DS}}}SignatureValue")
    if len(found) != 1:
        raise SecurityRefused("not-one-signaturevalue")
    try:
        return base64.b64decode("".join((found[0].text or "").split()), validate=True)
    except (binascii.Error, ValueError):
        raise SecurityRefused("signature-unreadable") from None
