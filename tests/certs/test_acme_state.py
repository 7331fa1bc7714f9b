"""What ACME leaves behind: kept whole, for its owner alone, one folder per authority."""

import stat
from pathlib import Path

import pytest

from certs.acme_state import AcmeState
from certs.pair import CertificateError
from tests.certs.authority import Authority, private_pem

PAIR = Authority().leaf("a.example")


def state(directory: Path) -> AcmeState:
    return AcmeState.of(directory, "https://acme.example:14000/dir")


def test_the_account_key_is_made_once(tmp_path: Path) -> None:
    one, other = state(tmp_path).account_key(), state(tmp_path).account_key()
    assert one.private_numbers() == other.private_numbers()
    path = state(tmp_path).account_path
    assert (path.parent.name.rpartition("-")[0], path.name) == ("acme.example-14000", "account-key.pem")
    assert (stat.S_IMODE(path.stat().st_mode), stat.S_IMODE(path.parent.stat().st_mode)) == (0o600, 0o700)


def test_a_certificate_is_kept_with_its_key(tmp_path: Path) -> None:
    assert state(tmp_path).load() is None
    state(tmp_path).store(PAIR)
    found = state(tmp_path).load()
    assert found is not None
    assert found.certificates == PAIR.certificates
    assert stat.S_IMODE(state(tmp_path).certificate_path.stat().st_mode) == 0o600


def test_another_authority_starts_anew(tmp_path: Path) -> None:
    state(tmp_path).store(PAIR)
    assert AcmeState.of(tmp_path, "https://staging.example/dir").load() is None


def test_two_directories_of_one_host_share_nothing(tmp_path: Path) -> None:
    one, other = (AcmeState.of(tmp_path, f"https://ca.example/{name}/directory") for name in ("tls", "staging"))
    one.store(PAIR)
    assert one.account_path != other.account_path
    assert other.load() is None


@pytest.mark.parametrize("content", [b"", b"x", private_pem(PAIR)])  # which is no RSA key
def test_a_broken_account_key_is_told_and_stays(tmp_path: Path, content: bytes) -> None:
    path = state(tmp_path).account_path
    path.parent.mkdir()
    path.write_bytes(content)
    with pytest.raises(CertificateError, match="is no account key: restore it, or remove it"):
        state(tmp_path).account_key()
    assert path.read_bytes() == content
