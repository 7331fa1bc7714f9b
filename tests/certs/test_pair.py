"""A pair fits together, has a key that callers read, and prints nothing of it."""

import pytest
from cryptography.hazmat.primitives.asymmetric import ed448, ed25519

from certs.pair import CertificateError, belong_together, served_key
from tests.certs.authority import Authority, ec_key, rsa_key

PAIR = Authority().leaf("a.example")


def test_a_pair_belongs_together() -> None:
    assert belong_together(PAIR.leaf, PAIR.key)
    assert not belong_together(PAIR.leaf, ec_key())
    assert not belong_together(PAIR.leaf, rsa_key())


def test_kinds_of_keys() -> None:
    assert served_key(PAIR.key, "x") is PAIR.key
    for key in (ed25519.Ed25519PrivateKey.generate(), ed448.Ed448PrivateKey.generate(), object()):
        with pytest.raises(CertificateError, match=r"the key in x\.pem is .* request one with an RSA key"):
            served_key(key, "x.pem")


def test_no_key_is_printed() -> None:
    assert "key=" not in repr(PAIR)
