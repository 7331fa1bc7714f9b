"""A small authority for the tests of certificates: it issues, revokes, and says so by OCSP and by its list."""

import ipaddress
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509 import ocsp
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID, NameOID, ObjectIdentifier

from certs.pair import Pair

NOW = datetime(2026, 11, 20, tzinfo=UTC)
DAY = timedelta(days=1)
CLIENT_AUTH = ExtendedKeyUsageOID.CLIENT_AUTH
OCSP_URL, LIST_URL = "http://ca.example/ocsp", "http://ca.example/list.crl"


def ec_key() -> ec.EllipticCurvePrivateKey:
    """Quick to make."""
    return ec.generate_private_key(ec.SECP256R1())


def rsa_key() -> rsa.RSAPrivateKey:
    """As callers like it."""
    return rsa.generate_private_key(65_537, 2048)


def name(text: str) -> x509.Name:
    """A name with that alone."""
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


class Authority:
    """``certificate`` is its own; :meth:`leaf` issues."""

    def __init__(self, called: str = "Test authority", *, issuer: "Authority | None" = None) -> None:
        self.key = ec_key()
        self.name = name(called)
        signer, self.issuer = (issuer.key, issuer.name) if issuer else (self.key, self.name)
        builder = _builder(self.name, self.issuer, self.key.public_key(), NOW - 900 * DAY, NOW + 900 * DAY)
        builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        builder = builder.add_extension(_CA_USAGE, critical=True)
        self.certificate = builder.sign(signer, hashes.SHA256())

    def leaf(
        self,
        *names: str,
        begins: datetime = NOW - DAY,
        ends: datetime = NOW + 90 * DAY,
        key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey | None = None,
        ocsp_url: str | None = None,
        list_url: str | None = None,
        usage: ObjectIdentifier = ExtendedKeyUsageOID.SERVER_AUTH,
    ) -> Pair:
        """A certificate for ``names``, with the authority's own behind it."""
        key = key or ec_key()
        builder = _builder(name(names[0]), self.name, key.public_key(), begins, ends)
        builder = builder.add_extension(x509.SubjectAlternativeName(_names(names)), critical=False)
        builder = builder.add_extension(x509.ExtendedKeyUsage([usage]), critical=False)
        identifier = x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key())
        builder = builder.add_extension(identifier, critical=False)
        if ocsp_url:
            place = x509.AccessDescription(AuthorityInformationAccessOID.OCSP, x509.UniformResourceIdentifier(ocsp_url))
            builder = builder.add_extension(x509.AuthorityInformationAccess([place]), critical=False)
        if list_url:
            point = x509.DistributionPoint([x509.UniformResourceIdentifier(list_url)], None, None, None)
            builder = builder.add_extension(x509.CRLDistributionPoints([point]), critical=False)
        return Pair((builder.sign(self.key, hashes.SHA256()), self.certificate), key, f"the pair of {names[0]}")

    def revoked(self, *leaves: x509.Certificate, until: datetime = NOW + DAY) -> bytes:
        """Its list of revoked certificates (DER)."""
        builder = x509.CertificateRevocationListBuilder().issuer_name(self.name)
        builder = builder.last_update(until - 7 * DAY).next_update(until)
        for leaf in leaves:
            entry = x509.RevokedCertificateBuilder().serial_number(leaf.serial_number).revocation_date(NOW - DAY)
            entry = entry.add_extension(x509.CRLReason(x509.ReasonFlags.key_compromise), critical=False)
            builder = builder.add_revoked_certificate(entry.build())
        return builder.sign(self.key, hashes.SHA256()).public_bytes(Encoding.DER)

    def ocsp_answer(
        self,
        leaf: x509.Certificate,
        *,
        revoked: bool = False,
        responder: Pair | None = None,
        until: datetime = NOW + DAY,
        since: datetime | None = None,
    ) -> bytes:
        """What its responder says of ``leaf`` (DER); ``responder`` signs in its place.

        With ``since`` it says from when on it holds, and not until when (RFC 6960 4.2.2.1).
        """
        status = ocsp.OCSPCertStatus.REVOKED if revoked else ocsp.OCSPCertStatus.GOOD
        signer, key = (responder.leaf, responder.key) if responder else (self.certificate, self.key)
        builder = ocsp.OCSPResponseBuilder().add_response(
            cert=leaf,
            issuer=self.certificate,
            algorithm=hashes.SHA1(),
            cert_status=status,
            this_update=since or until - 7 * DAY,
            next_update=None if since else until,
            revocation_time=NOW - DAY if revoked else None,
            revocation_reason=x509.ReasonFlags.superseded if revoked else None,
        )
        builder = builder.responder_id(ocsp.OCSPResponderEncoding.NAME, signer)
        if responder:
            builder = builder.certificates([signer])
        return builder.sign(key, hashes.SHA256()).public_bytes(Encoding.DER)


def write(pair: Pair, directory: Path) -> tuple[Path, Path]:
    """Chain and key of ``pair`` as files."""
    chain, key = directory / "chain.pem", directory / "key.pem"
    chain.write_bytes(b"".join(each.public_bytes(Encoding.PEM) for each in pair.certificates))
    key.write_bytes(private_pem(pair))
    return chain, key


def private_pem(pair: Pair) -> bytes:
    """The key of ``pair`` in PEM."""
    return pair.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


_CA_USAGE = x509.KeyUsage(
    digital_signature=True,
    content_commitment=False,
    key_encipherment=False,
    data_encipherment=False,
    key_agreement=False,
    key_cert_sign=True,
    crl_sign=True,
    encipher_only=False,
    decipher_only=False,
)


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePublicKey | rsa.RSAPublicKey,
    begins: datetime,
    ends: datetime,
) -> x509.CertificateBuilder:
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(key)
    builder = builder.serial_number(x509.random_serial_number()).not_valid_before(begins).not_valid_after(ends)
    return builder.add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)


def _names(texts: Sequence[str]) -> list[x509.GeneralName]:
    return [_general(text) for text in texts]


def _general(text: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(text))
    except ValueError:
        return x509.DNSName(text)
