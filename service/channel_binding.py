"""Channel binding: ties a sign-in to the TLS connection it is made on, so that nobody in the middle can pass it on."""

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from spnego.channel_bindings import GssChannelBindings

_WEAK = (hashes.MD5, hashes.SHA1)


def end_point(certificate: bytes) -> bytes | None:
    """tls-server-end-point of the server's ``certificate`` (DER): its hash by the hash of its own signature, SHA-256
    where that is MD5 or SHA-1. None where the signature has no single hash: nothing is defined then (RFC 5929 4.1)."""
    parsed = x509.load_der_x509_certificate(certificate)
    try:
        algorithm = parsed.signature_hash_algorithm
    except UnsupportedAlgorithm:
        return None
    if algorithm is None:
        return None
    digest = hashes.Hash(hashes.SHA256() if isinstance(algorithm, _WEAK) else algorithm)
    digest.update(certificate)
    return digest.finalize()


def binding(certificate: bytes | None) -> GssChannelBindings | None:
    """What a token is bound to; None without TLS, or where nothing is defined."""
    digest = end_point(certificate) if certificate else None
    if digest is None:
        return None
    return GssChannelBindings(application_data=b"tls-server-end-point:" + digest)
