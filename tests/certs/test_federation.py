"""The keys of a trust: current, next and previous, with words for what is wrong with them."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509 import CertificateBuilder, Name, NameAttribute
from cryptography.x509.oid import NameOID

from certs.federation import CURRENT, NEXT, PREVIOUS, certificates, load
from certs.pair import CertificateError
from simulation.federation import Identity

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
DAY = timedelta(days=1)
LONG = Identity("long", NOW - DAY, NOW + 365 * DAY)
SOON = Identity("soon", NOW - 365 * DAY, NOW + 5 * DAY)
OVER = Identity("over", NOW - 365 * DAY, NOW - DAY)


def _files(directory: Path, **identities: Identity) -> dict[str, tuple[Path, Path]]:
    places = {}
    for place, identity in identities.items():
        places[place] = directory / f"{place}.pem", directory / f"{place}.key"
        identity.write(*places[place])
    return places


def test_all_keys_in_order_with_their_names(tmp_path: Path) -> None:
    keys = load(_files(tmp_path, previous=OVER, next=LONG, current=SOON))
    assert [key.serial for key in keys.decryption] == [each.certificate.serial_number for each in (SOON, LONG, OVER)]
    first = keys.decryption[0]
    assert first.identifier == SOON.subject_key_identifier
    assert first.thumbprint == SOON.certificate.fingerprint(hashes.SHA1())
    assert first.private.private_numbers() == SOON.key.private_numbers()
    assert keys.expires == SOON.ends


def test_what_an_administrator_should_know(tmp_path: Path) -> None:
    assert load(_files(tmp_path, current=LONG, previous=OVER)).notes(now=NOW) == []
    alone = load(_files(tmp_path, current=SOON)).notes(now=NOW)
    assert alone[0] == "current federation certificate: the certificate expires on 2026-11-25: renew it"
    assert "no next" in alone[1]
    assert len(load(_files(tmp_path, current=SOON, next=LONG)).notes(now=NOW)) == 1
    assert "expired" in load(_files(tmp_path, current=OVER)).notes(now=NOW)[0]


@pytest.mark.parametrize("place", [NEXT, PREVIOUS])
def test_the_same_certificate_twice(tmp_path: Path, place: str) -> None:
    with pytest.raises(CertificateError, match=f"leave {place} out"):
        load(_files(tmp_path, **{CURRENT: LONG, place: LONG}))


def test_a_key_of_another_kind(tmp_path: Path) -> None:
    private, name = ec.generate_private_key(ec.SECP256R1()), Name([NameAttribute(NameOID.COMMON_NAME, "ec")])
    built = CertificateBuilder().subject_name(name).issuer_name(name).public_key(private.public_key())
    built = built.serial_number(1).not_valid_before(NOW - DAY).not_valid_after(NOW + DAY)
    (tmp_path / "a.pem").write_bytes(built.sign(private, hashes.SHA256()).public_bytes(Encoding.PEM))
    key = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (tmp_path / "a.key").write_bytes(key)
    with pytest.raises(CertificateError, match="is not RSA"):
        load({CURRENT: (tmp_path / "a.pem", tmp_path / "a.key")})


def test_a_certificate_without_an_identifier_has_its_other_names(tmp_path: Path) -> None:
    name = Name([NameAttribute(NameOID.COMMON_NAME, "bare")])
    built = CertificateBuilder().subject_name(name).issuer_name(name).public_key(LONG.key.public_key())
    built = built.serial_number(7).not_valid_before(NOW - DAY).not_valid_after(NOW + DAY)
    LONG.write(tmp_path / "a.pem", tmp_path / "a.key")
    (tmp_path / "a.pem").write_bytes(built.sign(LONG.key, hashes.SHA256()).public_bytes(Encoding.PEM))
    (key,) = load({CURRENT: (tmp_path / "a.pem", tmp_path / "a.key")}).decryption
    assert (key.identifier, key.serial) == (b"", 7)


def test_an_issuers_certificates(tmp_path: Path) -> None:
    path = tmp_path / "issuer.pem"
    LONG.write(path)
    assert [each.serial_number for each in certificates(path)] == [LONG.certificate.serial_number]
    path.write_text("nothing")
    with pytest.raises(CertificateError, match="holds no certificate"):
        certificates(path)
    with pytest.raises(CertificateError, match="there is no file"):
        certificates(tmp_path / "none.pem")
