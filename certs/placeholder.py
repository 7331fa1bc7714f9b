"""A certificate that nobody trusts, so that a server can open its door before an authority has issued the real one."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from certs.pair import Pair
from certs.signing_requests import general_names

_LIFE, _SKEW = timedelta(days=7), timedelta(hours=1)


def placeholder(names: Sequence[str], *, now: datetime) -> Pair:
    """Signed by itself, kept in memory alone."""
    key = rsa.generate_private_key(65_537, 2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Busyline, no certificate yet")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _SKEW)
        .not_valid_after(now + _LIFE)
        .add_extension(x509.SubjectAlternativeName(general_names(names)), critical=False)
        .sign(key, hashes.SHA256())
    )
    return Pair((certificate,), key, "the placeholder")
