"""Files of secrets that everybody on the machine can read are told by key; a closed directory closes them, too."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from console.configuration import Configuration
from console.secrecy_checks import check_secrecy, is_open_to_others

DATA = {
    "server": {
        "public_url": "https://busy.example.com",
        "certificate": {"kind": "files", "chain": "chain.pem", "key": "key.pem"},
    },
    "connectors": {
        "fabrikam": {
            "protocol": "ews",
            "url": "https://mail.example.com/EWS/Exchange.asmx",
            "auth": {"kind": "basic", "username": "u", "password": "file:password"},
        }
    },
    "callers": [{"name": "n", "may_ask": ["*"], "basic": {"usernames": ["u"], "password": "file:hash"}}],
}
KEYS = {
    "key.pem": "server.certificate.key",
    "password": "connectors.fabrikam.auth.password",
    "hash": "callers[1].basic.password",
}


@pytest.fixture
def reachable() -> Iterator[Path]:
    """A directory that others may enter, which those of pytest are not."""
    directory = Path(tempfile.mkdtemp())
    directory.chmod(0o755)
    for name in (*KEYS, "chain.pem"):
        (directory / name).write_text("hunter2")
        (directory / name).chmod(0o640)
    yield directory
    shutil.rmtree(directory)


@pytest.mark.parametrize("name", KEYS)
def test_a_file_that_everybody_can_read_is_a_warning(reachable: Path, name: str) -> None:
    configuration = Configuration.model_validate(DATA)
    (reachable / "chain.pem").chmod(0o644)  # no secret
    assert list(check_secrecy(configuration, reachable)) == []
    (reachable / name).chmod(0o644)
    (found,) = check_secrecy(configuration, reachable)
    assert (found.severity, found.key) == ("warning", KEYS[name])
    assert found.mend == f"chmod 0640 {reachable / name}"


def test_a_directory_that_others_may_not_enter_closes_its_files(reachable: Path) -> None:
    (reachable / "hash").chmod(0o644)
    assert is_open_to_others(reachable / "hash")
    reachable.chmod(0o750)
    assert not is_open_to_others(reachable / "hash")
    assert not is_open_to_others(reachable / "none")
