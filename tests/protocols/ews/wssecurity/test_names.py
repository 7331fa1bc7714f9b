"""What is named is what is accepted: no weak algorithm is among the names."""

from protocols.ews.wssecurity import names


def test_rsa_1_5_has_no_name_here() -> None:
    values = [value for value in vars(names).values() if isinstance(value, str)]
    assert not [value for value in values if value.endswith("rsa-1_5") or "xpath" in value.lower()]


def test_the_ciphers_have_keys_of_their_length() -> None:
    assert sorted(names.AES_BYTES.values()) == [16, 32]
