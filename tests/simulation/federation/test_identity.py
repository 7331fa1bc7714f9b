"""A party's certificate belongs to its key and is written as PEM."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography.hazmat.primitives.serialization import load_pem_private_key
from cryptography.x509 import load_pem_x509_certificate

from simulation.federation import Identity

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def test_certificate_and_key_belong_together(tmp_path: Path) -> None:
    identity = Identity("contoso", NOW, NOW + timedelta(days=1))
    chain, key = tmp_path / "a.pem", tmp_path / "a.key"
    identity.write(chain, key)
    certificate = load_pem_x509_certificate(chain.read_bytes())
    private = load_pem_private_key(key.read_bytes(), None)
    assert certificate.public_key() == private.public_key()
    assert certificate.not_valid_after_utc == NOW + timedelta(days=1)
    assert len(identity.subject_key_identifier) == 20
    assert key.stat().st_mode & 0o077 == 0
    identity.write(tmp_path / "b.pem")
    assert not (tmp_path / "b.key").exists()
