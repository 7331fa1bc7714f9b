"""What an authority is asked to sign."""

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from certs.signing_requests import fresh_key, general_names, signing_request


def test_a_request_names_each_name_once_and_is_signed() -> None:
    key = fresh_key("ecdsa")
    request = x509.load_pem_x509_csr(signing_request(key, ["A.example", "a.example.com", "A.example", "192.0.2.7"]))
    assert request.is_signature_valid
    assert request.public_key() == key.public_key()
    found = request.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert found.get_values_for_type(x509.DNSName) == ["a.example", "a.example.com"]
    assert [str(each) for each in found.get_values_for_type(x509.IPAddress)] == ["192.0.2.7"]


@pytest.mark.parametrize(("kind", "of"), [("rsa", rsa.RSAPrivateKey), ("ecdsa", ec.EllipticCurvePrivateKey)])
def test_keys_are_fresh(kind: str, of: type) -> None:
    one, other = fresh_key(kind), fresh_key(kind)  # type: ignore[arg-type]
    assert isinstance(one, of)
    assert one.public_key() != other.public_key()
    assert one.key_size == (2048 if kind == "rsa" else 256)


def test_an_address_is_no_name() -> None:
    assert isinstance(general_names(["::1"])[0], x509.IPAddress)
