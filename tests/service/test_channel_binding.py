"""What a sign-in is bound to: the hash of the server's certificate, by the hash of its signature (RFC 5929 4.1)."""

import hashlib
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from service.channel_binding import binding, end_point

_NAME = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail.example")])
_RSA = rsa.generate_private_key(public_exponent=65537, key_size=2048)


def certificate(
    key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey, algorithm: object
) -> bytes:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    builder = x509.CertificateBuilder().subject_name(_NAME).issuer_name(_NAME).public_key(key.public_key())
    builder = builder.serial_number(1).not_valid_before(now).not_valid_after(now + timedelta(days=1))
    return builder.sign(key, algorithm).public_bytes(Encoding.DER)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("algorithm", "name"),
    [
        (hashes.SHA256(), "sha256"),
        (hashes.SHA384(), "sha384"),
        (hashes.SHA512(), "sha512"),
        (hashes.SHA224(), "sha224"),
    ],
)
def test_the_hash_is_that_of_the_signature(algorithm: hashes.HashAlgorithm, name: str) -> None:
    for key in (_RSA, ec.generate_private_key(ec.SECP256R1())):
        data = certificate(key, algorithm)
        assert end_point(data) == hashlib.new(name, data).digest()


# self-signed with SHA-1, which today's libraries no longer make; CN=mail.example
_SHA1 = bytes.fromhex(
    "3082018130820128a0030201020214247347fe4bf58510bbb165f753fcd1259ca17e61300906072a8648ce3d040130173115"
    "301306035504030c0c6d61696c2e6578616d706c65301e170d3236313132323031313230335a170d32363131323330313132"
    "30335a30173115301306035504030c0c6d61696c2e6578616d706c653059301306072a8648ce3d020106082a8648ce3d0301"
    "0703420004d523d639095a79a300d5ef0fe837cf70191ea8b13556b169565119a0a40c3f4a76a8d4b3f84331b8427aa71cd0"
    "4335da30ac84a24b9e63dc6f4e3837092d469aa3533051301d0603551d0e0416041489678d832089d0b4c897ee1d379b1b63"
    "8f95480a301f0603551d2304183016801489678d832089d0b4c897ee1d379b1b638f95480a300f0603551d130101ff040530"
    "030101ff300906072a8648ce3d04010348003045022100a37bf69e35541af5c481dead6eea5b687394ca0639ee3c50fd7fe5"
    "d10492580f02200e41f3837151fcf4fd9570c91a46f2b2ea30613b75d63d700975cfa960470065"
)


def test_a_weak_hash_is_replaced_by_sha_256() -> None:
    assert end_point(_SHA1) == hashlib.sha256(_SHA1).digest()


def test_nothing_is_defined_for_a_signature_without_a_hash() -> None:
    assert end_point(certificate(ed25519.Ed25519PrivateKey.generate(), None)) is None
    assert binding(certificate(ed25519.Ed25519PrivateKey.generate(), None)) is None
    assert binding(None) is None


def test_what_a_token_is_bound_to() -> None:
    data = certificate(_RSA, hashes.SHA256())
    bound = binding(data)
    assert bound is not None
    assert bound.application_data == b"tls-server-end-point:" + hashlib.sha256(data).digest()
    assert not bound.initiator_address
    assert not bound.acceptor_address
