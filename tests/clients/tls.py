"""A certificate authority for one test run, and what each side needs to trust it."""

import datetime
import ipaddress
import ssl
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID


@dataclass(frozen=True)
class Authority:
    """``ca``: path of the authority's certificate; ``server`` serves 127.0.0.1 and localhost; ``client`` trusts it.

    ``certificate`` is the server's own, DER; it lies beside the CA as chain.pem, its key as key.pem.
    """

    ca: str
    server: ssl.SSLContext
    client: ssl.SSLContext
    certificate: bytes


def authority(directory: Path, name: str = "localhost") -> Authority:
    """A new authority and a certificate of it, for ``name`` and 127.0.0.1, kept in ``directory``."""
    ca_key, ca = _certificate("Test authority", None, "")
    key, leaf = _certificate("127.0.0.1", (ca_key, ca), name)
    ca_path, chain, key_path = directory / "ca.pem", directory / "chain.pem", directory / "key.pem"
    ca_path.write_bytes(ca.public_bytes(Encoding.PEM))
    chain.write_bytes(leaf.public_bytes(Encoding.PEM) + ca.public_bytes(Encoding.PEM))
    key_path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(chain, key_path)
    client = ssl.create_default_context(cafile=str(ca_path))
    return Authority(str(ca_path), server, client, leaf.public_bytes(Encoding.DER))


def _certificate(
    name: str, issuer: tuple[rsa.RSAPrivateKey, x509.Certificate] | None, alias: str
) -> tuple[rsa.RSAPrivateKey, x509.Certificate]:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    signer, issuer_name = (issuer[0], issuer[1].subject) if issuer else (key, subject)
    now = datetime.datetime.now(datetime.UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer_name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=issuer is None, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False)
    )
    usage = x509.KeyUsage(
        digital_signature=True,
        key_encipherment=issuer is not None,
        key_cert_sign=issuer is None,
        crl_sign=issuer is None,
        content_commitment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )
    builder = builder.add_extension(usage, critical=True)
    if issuer:
        names = [x509.DNSName(alias), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
        builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
    return key, builder.sign(signer, hashes.SHA256())
