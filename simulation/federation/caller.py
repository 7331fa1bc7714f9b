"""An Exchange organisation that asks through an organisation relationship: signs each request by its token's key."""

import base64
import hashlib
import hmac
import os
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from lxml import etree

from simulation.federation.issuer import Issued

SOAP11 = "http://schemas.xmlsoap.org/soap/envelope/"
SOAP12 = "http://www.w3.org/2003/05/soap-envelope"
_DS = "http://www.w3.org/2000/09/xmldsig#"
_WSA = "http://www.w3.org/2005/08/addressing"
_WSSE = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"
_WSU = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd"
_SC = "http://schemas.xmlsoap.org/ws/2005/02/sc"
_SAML_ID = "http://docs.oasis-open.org/wss/oasis-wss-saml-token-profile-1.0#SAMLAssertionID"
_C14N = "http://www.w3.org/2001/10/xml-exc-c14n#"
_DIGESTS = {"sha1": f"{_DS}sha1", "sha256": "http://www.w3.org/2001/04/xmlenc#sha256"}
_MACS = {"sha1": f"{_DS}hmac-sha1", "sha256": "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256"}
_LABEL = b"WS-SecureConversationWS-SecureConversation"


@dataclass(frozen=True, slots=True, kw_only=True)
class FederatedCaller:
    """How one organisation signs: in which SOAP version, over what beside the time, with which digest.

    The signature is written here by canonicalisation and HMAC alone, independently of what checks it elsewhere.
    """

    soap: str = SOAP11
    covers: tuple[str, ...] = ("body", "to")
    digest: str = "sha1"
    derives: bool = False
    lifetime: timedelta = timedelta(minutes=5)

    def request(self, content: str, issued: Issued, *, to: str, at: datetime, headers: str = "") -> bytes:
        """``content`` (XML of the body) in a signed envelope to the URL ``to``, of the instant ``at``."""
        begins, ends = _written(at), _written(at + self.lifetime)
        root = etree.fromstring(
            f'<s:Envelope xmlns:s="{self.soap}" xmlns:u="{_WSU}" xmlns:a="{_WSA}"><s:Header>'
            f'<a:To s:mustUnderstand="1" u:Id="_1">{to}</a:To>'
            f"<a:MessageID>urn:uuid:{uuid.uuid4()}</a:MessageID>{headers}"
            f'<o:Security xmlns:o="{_WSSE}" s:mustUnderstand="1"><u:Timestamp u:Id="_0"><u:Created>{begins}</u:Created>'
            f"<u:Expires>{ends}</u:Expires></u:Timestamp></o:Security></s:Header>"
            f'<s:Body u:Id="_2">{content}</s:Body></s:Envelope>'
        )
        self.sign(root, issued)
        return etree.tostring(root)

    def sign(self, root: etree._Element, issued: Issued) -> None:
        """Put token and signature into the security header of ``root``."""
        header, body = root
        security = header[-1]
        places = {"time": security[0], "to": header[0], "body": body}
        security.append(issued.token)
        key, name = issued.secret, f'<o:KeyIdentifier ValueType="{_SAML_ID}">{issued.id}</o:KeyIdentifier>'
        if self.derives:
            nonce = os.urandom(16)
            security.append(_derived_token(name, nonce))
            key, name = _derived_key(key, nonce), f'<o:Reference URI="#_dk" ValueType="{_SC}/dk"/>'
        info = etree.fromstring(self.signed_info([places[each] for each in ("time", *self.covers)]))
        mac = hmac.digest(key, etree.tostring(info, method="c14n", exclusive=True), self.digest)
        signature = etree.fromstring(f'<Signature xmlns="{_DS}"/>')
        security.append(signature)
        signature.append(info)
        etree.SubElement(signature, f"{{{_DS}}}SignatureValue").text = base64.b64encode(mac).decode()
        signature.append(
            etree.fromstring(
                f'<KeyInfo xmlns="{_DS}"><o:SecurityTokenReference xmlns:o="{_WSSE}">{name}'
                "</o:SecurityTokenReference></KeyInfo>"
            )
        )

    def signed_info(self, elements: list[etree._Element]) -> str:
        """The SignedInfo over ``elements``, which have identifiers."""
        listed = "".join(
            f'<Reference URI="#{element.get(f"{{{_WSU}}}Id")}">'
            f'<Transforms><Transform Algorithm="{_C14N}"/></Transforms>'
            f'<DigestMethod Algorithm="{_DIGESTS[self.digest]}"/><DigestValue>{self._digested(element)}</DigestValue>'
            "</Reference>"
            for element in elements
        )
        return (
            f'<SignedInfo xmlns="{_DS}"><CanonicalizationMethod Algorithm="{_C14N}"/>'
            f'<SignatureMethod Algorithm="{_MACS[self.digest]}"/>{listed}</SignedInfo>'
        )

    def _digested(self, element: etree._Element) -> str:
        octets = etree.tostring(element, method="c14n", exclusive=True, with_tail=False)
        return base64.b64encode(hashlib.new(self.digest, octets).digest()).decode()


def _derived_token(name: str, nonce: bytes) -> etree._Element:
    return etree.fromstring(
        f'<c:DerivedKeyToken xmlns:c="{_SC}" xmlns:u="{_WSU}" u:Id="_dk"><o:SecurityTokenReference xmlns:o="{_WSSE}">'
        f"{name}</o:SecurityTokenReference><c:Offset>0</c:Offset><c:Length>24</c:Length>"
        f"<c:Nonce>{base64.b64encode(nonce).decode()}</c:Nonce></c:DerivedKeyToken>"
    )


def _derived_key(secret: bytes, nonce: bytes) -> bytes:
    """24 bytes of P_SHA-1, as RFC 2246 5 unrolls it for two rounds."""
    seed = _LABEL + nonce
    one = hmac.digest(secret, seed, "sha1")
    two = hmac.digest(secret, one, "sha1")
    return (hmac.digest(secret, one + seed, "sha1") + hmac.digest(secret, two + seed, "sha1"))[:24]


def _written(instant: datetime) -> str:
    return f"{instant:%Y-%m-%dT%H:%M:%S}.{instant.microsecond // 1000:03}Z"
