"""A certificate and its key, as a party of a federation has them."""

import datetime
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID


@dataclass(frozen=True)
class Identity:
    """A self-signed certificate called ``name``, valid between the two instants; made when it is first wanted."""

    name: str
    begins: datetime.datetime
    ends: datetime.datetime

    @cached_property
    def key(self) -> rsa.RSAPrivateKey:
        """The private key."""
        return rsa.generate_private_key(public_exponent=65537, key_size=2048)

    @cached_property
    def certificate(self) -> x509.Certificate:
        """The certificate, with a subject key identifier, as Exchange makes them."""
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, self.name)])
        public = self.key.public_key()
        return (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(public)
            .serial_number(x509.random_serial_number())
            .not_valid_before(self.begins)
            .not_valid_after(self.ends)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
            .sign(self.key, hashes.SHA256())
        )

    @property
    def subject_key_identifier(self) -> bytes:
        """What tokens name the certificate by."""
        return self.certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value.digest

    def write(self, chain: Path, key: Path | None = None) -> None:
        """The certificate, and its key where that is wanted, as PEM."""
        chain.write_bytes(self.certificate.public_bytes(Encoding.PEM))
        if key is not None:
            key.write_bytes(self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
            key.chmod(0o600)
