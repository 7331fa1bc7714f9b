"""The federation gateway: mints delegation tokens, signed by itself and encrypted to the organisation they are for."""

import base64
import os
import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from xml.sax.saxutils import escape, quoteattr

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from lxml import etree
from signxml.algorithms import CanonicalizationMethod, DigestAlgorithm, SignatureConstructionMethod, SignatureMethod
from signxml.signer import XMLSigner

from simulation.federation.identity import Identity

_SAML = "urn:oasis:names:tc:SAML:1.0:assertion"
_DS = "http://www.w3.org/2000/09/xmldsig#"
_XENC = "http://www.w3.org/2001/04/xmlenc#"
_WSSE = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"
_X509 = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-x509-token-profile-1.0#X509SubjectKeyIdentifier"
_EMAIL, _DOMAIN, _ACTION = (
    ("EmailAddress", "http://schemas.xmlsoap.org/claims"),
    ("RequestorDomain", "http://schemas.microsoft.com/ws/2006/04/identity/claims"),
    ("action", "http://schemas.xmlsoap.org/ws/2006/12/authorization/claims"),
)
_REQUESTED = ("ThirdPartyRequested", "http://schemas.microsoft.com/ws/2006/04/identity/claims")


class _Signer(XMLSigner):
    """Permits SHA-1, which the real gateway is believed to use still."""

    def check_deprecated_methods(self) -> None:
        """Nothing is deprecated here."""


@dataclass(frozen=True, slots=True)
class Issued:
    """A token on its way: the encrypted element, and what the caller needs to prove that it is its holder."""

    token: etree._Element
    id: str
    secret: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a token is to say: for whom, for which audience, for which deed, from when on and for how long."""

    audience: str
    person: str
    domain: str
    at: datetime
    lifetime: timedelta = timedelta(minutes=5)
    action: str = "MSExchange.SharingCalendarFreeBusy"


class TokenIssuer:
    """extSTS: ``uri`` signs with ``identity``; with ``sha1`` as the real one is believed to."""

    def __init__(self, identity: Identity, *, uri: str = "urn:federation:MicrosoftOnline", sha1: bool = False) -> None:
        self.identity, self.uri, self._sha1 = identity, uri, sha1

    def issue(self, wish: Wish, target: x509.Certificate, *, clear_proof: bool = False) -> Issued:
        """A token encrypted to ``target``; with ``clear_proof`` its key is not encrypted once more inside."""
        secret = os.urandom(32)
        assertion = self.signed(self.assertion(wish, secret, target, clear_proof=clear_proof))
        return Issued(encrypted(etree.tostring(assertion), target), assertion.get("AssertionID", ""), secret)

    def assertion(
        self, wish: Wish, secret: bytes, target: x509.Certificate, *, clear_proof: bool = False
    ) -> etree._Element:
        """The assertion before it is signed."""
        begins, ends = _written(wish.at), _written(wish.at + wish.lifetime)
        proof = (
            f'<t:BinarySecret xmlns:t="http://schemas.xmlsoap.org/ws/2005/02/trust">{_base64(secret)}</t:BinarySecret>'
            if clear_proof
            else etree.tostring(wrapped(secret, target)).decode()
        )
        name = f'<saml:NameIdentifier Format="http://schemas.xmlsoap.org/claims/upn">{escape(wish.person)}</saml:NameIdentifier>'
        claims = "".join(
            f'<saml:Attribute AttributeName="{claim}" AttributeNamespace="{namespace}">'
            f"<saml:AttributeValue>{escape(value)}</saml:AttributeValue></saml:Attribute>"
            for (claim, namespace), value in (
                (_EMAIL, wish.person),
                (_DOMAIN, wish.domain),
                (_ACTION, wish.action),
                (_REQUESTED, "True"),
            )
            if value
        )
        subject = (
            f"<saml:Subject>{name}<saml:SubjectConfirmation><saml:ConfirmationMethod>"
            "urn:oasis:names:tc:SAML:1.0:cm:holder-of-key</saml:ConfirmationMethod>"
            f'<KeyInfo xmlns="{_DS}">{proof}</KeyInfo></saml:SubjectConfirmation></saml:Subject>'
        )
        return etree.fromstring(
            f'<saml:Assertion xmlns:saml="{_SAML}" MajorVersion="1" MinorVersion="1" AssertionID="uuid-{uuid.uuid4()}"'
            f' Issuer={quoteattr(self.uri)} IssueInstant="{begins}">'
            f'<saml:Conditions NotBefore="{begins}" NotOnOrAfter="{ends}"><saml:AudienceRestrictionCondition>'
            f"<saml:Audience>{escape(wish.audience)}</saml:Audience></saml:AudienceRestrictionCondition></saml:Conditions>"
            f'<saml:AuthenticationStatement AuthenticationMethod="urn:oasis:names:tc:SAML:1.0:am:password"'
            f' AuthenticationInstant="{begins}">{subject}</saml:AuthenticationStatement>'
            f"<saml:AttributeStatement><saml:Subject>{name}</saml:Subject>{claims}</saml:AttributeStatement></saml:Assertion>"
        )

    def signed(self, assertion: etree._Element) -> etree._Element:
        """The assertion with the issuer's enveloped signature."""
        signer = (_Signer if self._sha1 else XMLSigner)(
            method=SignatureConstructionMethod.enveloped,
            signature_algorithm=SignatureMethod.RSA_SHA1 if self._sha1 else SignatureMethod.RSA_SHA256,
            digest_algorithm=DigestAlgorithm.SHA1 if self._sha1 else DigestAlgorithm.SHA256,
            c14n_algorithm=CanonicalizationMethod.EXCLUSIVE_XML_CANONICALIZATION_1_0,
        )
        return signer.sign(
            assertion,
            key=self.identity.key,
            cert=[self.identity.certificate],
            reference_uri=f"#{assertion.get('AssertionID')}",
            id_attribute="AssertionID",
        )


def encrypted(plain: bytes, target: x509.Certificate) -> etree._Element:
    """An xenc:EncryptedData of an element: AES-256-CBC with ISO 10126 padding, its key to ``target`` by RSA-OAEP."""
    secret, vector, missing = os.urandom(32), os.urandom(16), 16 - len(plain) % 16
    encryptor = Cipher(algorithms.AES(secret), modes.CBC(vector)).encryptor()
    padded = plain + os.urandom(missing - 1) + bytes([missing])
    root = etree.fromstring(
        f'<xenc:EncryptedData xmlns:xenc="{_XENC}" Id="EncToken" Type="{_XENC}Element">'
        f'<xenc:EncryptionMethod Algorithm="{_XENC}aes256-cbc"/><KeyInfo xmlns="{_DS}"/>'
        f"<xenc:CipherData><xenc:CipherValue>{_base64(vector + encryptor.update(padded) + encryptor.finalize())}"
        "</xenc:CipherValue></xenc:CipherData></xenc:EncryptedData>"
    )
    root[1].append(wrapped(secret, target))
    return root


def wrapped(secret: bytes, target: x509.Certificate) -> etree._Element:
    """An xenc:EncryptedKey that names ``target`` by its subject key identifier."""
    public = target.public_key()
    assert isinstance(public, RSAPublicKey)
    oaep = padding.OAEP(mgf=padding.MGF1(hashes.SHA1()), algorithm=hashes.SHA1(), label=None)
    identifier = target.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value.digest
    return etree.fromstring(
        f'<e:EncryptedKey xmlns:e="{_XENC}"><e:EncryptionMethod Algorithm="{_XENC}rsa-oaep-mgf1p">'
        f'<DigestMethod xmlns="{_DS}" Algorithm="{_DS}sha1"/></e:EncryptionMethod><KeyInfo xmlns="{_DS}">'
        f'<o:SecurityTokenReference xmlns:o="{_WSSE}"><o:KeyIdentifier ValueType="{_X509}">{_base64(identifier)}'
        "</o:KeyIdentifier></o:SecurityTokenReference></KeyInfo>"
        f"<e:CipherData><e:CipherValue>{_base64(public.encrypt(secret, oaep))}</e:CipherValue></e:CipherData>"
        "</e:EncryptedKey>"
    )


def _written(instant: datetime) -> str:
    return f"{instant:%Y-%m-%dT%H:%M:%S}.{instant.microsecond // 1000:03}Z"


def _base64(octets: bytes) -> str:
    return base64.b64encode(octets).decode()
