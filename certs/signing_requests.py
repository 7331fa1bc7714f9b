"""What an authority is asked to sign: a fresh key and the names it shall be for."""

import ipaddress
from collections.abc import Sequence
from typing import Literal

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding

from certs.pair import PrivateKey

_BITS = 2048


def fresh_key(kind: Literal["rsa", "ecdsa"]) -> PrivateKey:
    """RSA with 2,048 bits, which every Exchange and every Java reads, or ECDSA on P-256."""
    return rsa.generate_private_key(65_537, _BITS) if kind == "rsa" else ec.generate_private_key(ec.SECP256R1())


def signing_request(key: PrivateKey, names: Sequence[str]) -> bytes:
    """In PEM (RFC 2986): no subject, since the names of RFC 5280 4.2.1.6 say it all."""
    request = x509.CertificateSigningRequestBuilder().subject_name(x509.Name([]))
    request = request.add_extension(x509.SubjectAlternativeName(general_names(names)), critical=False)
    return request.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM)


def general_names(names: Sequence[str]) -> list[x509.GeneralName]:
    """Host names and IP addresses, each once, in the order given."""
    return [_general_name(name) for name in dict.fromkeys(names)]


def _general_name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name.lower())
