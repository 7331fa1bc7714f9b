"""A proved request without its security, as the codecs of unsecured requests read it; and their answers in SOAP 1.2."""

from typing import Final

from lxml import etree

from protocols.ews.autodiscover.soap import SOAP11, SOAP12
from protocols.ews.names import XML
from protocols.ews.wssecurity.header import Secured
from protocols.ews.wssecurity.message import Proved
from protocols.safexml import parse

_MUST: Final = {soap: f"{{{soap}}}mustUnderstand" for soap in (SOAP11, SOAP12)}
_CODES: Final = {"Client": "Sender", "Server": "Receiver", "MustUnderstand": "MustUnderstand"}


def plain(message: Secured, proved: Proved, *, soap: str) -> bytes:
    """The request in an envelope of the SOAP version ``soap``: the headers and the body that were proved.

    Each part is written by itself: moved into another tree, it could change the meaning of its prefixes.
    """
    headers = [_entry(each, message.soap, soap) for each in proved.headers]
    content = [etree.tostring(child, with_tail=False) for child in proved.body]
    opened, between = f'<s:Envelope xmlns:s="{soap}"><s:Header>'.encode(), b"</s:Header><s:Body>"
    return b"".join((opened, *headers, between, *content, b"</s:Body></s:Envelope>"))


def _entry(entry: etree._Element, old: str, new: str) -> bytes:
    data = etree.tostring(entry, with_tail=False)
    must = entry.get(_MUST[old])
    if must is None or old == new:
        return data
    alone = parse(data)
    del alone.attrib[_MUST[old]]
    alone.set(_MUST[new], must)
    return etree.tostring(alone)


def in_soap12(answer: bytes) -> bytes:
    """An answer that we wrote in SOAP 1.1, in 1.2; a fault keeps its text and its detail."""
    head, _, rest = answer.partition(SOAP11.encode())
    if b"<s:Fault>" in rest[:2_000]:
        found = parse(answer).find(f"{{{SOAP11}}}Body/{{{SOAP11}}}Fault")
        if found is not None:
            return _fault(found)
    return head + SOAP12.encode() + rest


def _fault(old: etree._Element) -> bytes:
    """SOAP 1.2 part 1, 5.4: who erred is the code, what Exchange calls it the subcode."""
    namespace, name = _qualified(old.find("faultcode"))
    envelope = etree.Element(_tag("Envelope"), nsmap={"s": SOAP12})
    fault = etree.SubElement(etree.SubElement(envelope, _tag("Body")), _tag("Fault"))
    codes = etree.SubElement(fault, _tag("Code"))
    etree.SubElement(codes, _tag("Value")).text = f"s:{_CODES[name] if namespace == SOAP11 else 'Sender'}"
    if namespace != SOAP11:
        subcode = etree.SubElement(codes, _tag("Subcode"))
        etree.SubElement(subcode, _tag("Value"), nsmap={"c": namespace}).text = f"c:{name}"
    text = etree.SubElement(etree.SubElement(fault, _tag("Reason")), _tag("Text"))
    text.set(f"{{{XML}}}lang", "en-US")
    text.text = old.findtext("faultstring")
    detail = old.find("detail")
    if detail is not None and len(detail):
        etree.SubElement(fault, _tag("Detail")).extend(list(detail))
    return b'<?xml version="1.0" encoding="utf-8"?>\n' + etree.tostring(envelope, encoding="utf-8")


def _qualified(code: etree._Element | None) -> tuple[str, str]:
    prefix, _, name = ((code.text or "") if code is not None else "s:Server").strip().rpartition(":")
    return (code.nsmap.get(prefix, SOAP11) if code is not None else SOAP11), name


def _tag(name: str) -> str:
    return f"{{{SOAP12}}}{name}"
