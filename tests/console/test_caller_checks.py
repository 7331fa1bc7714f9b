"""What callers prove themselves by is looked at, each at its own key, and no secret is told."""

from pathlib import Path
from typing import Any

import pytest

from console.caller_checks import check_proofs
from proxy.settings.callers import CallerSettings
from tests.proxy.auth.issuing import authority, leaf
from tests.proxy.served import password_hash

BASIC = {"basic": {"usernames": ["u"], "password": "file:hash"}}
CLIENT = {"oauth": {"client_id": "c", "secret": "file:hash"}}
NAMED = {"certificate": {"names": ["a.example"], "ca": "ca.pem"}}
PINNED = {"certificate": {"pins": ["sha256:" + "0" * 64], "ca": "ca.pem"}}


def _found(directory: Path, **proofs: Any) -> list[tuple[str, str]]:
    caller = CallerSettings.model_validate({"name": "northwind", "may_ask": ["*"], **proofs})
    found = list(check_proofs("callers[1]", caller, directory))
    assert not any("hunter2" in text for finding in found for text in (finding.what, finding.mend))
    return [(finding.severity, finding.key) for finding in found]


def test_what_is_in_order_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "hash").write_text(password_hash())
    authority().write(tmp_path / "ca.pem")
    assert _found(tmp_path, **BASIC, **CLIENT, **NAMED) == []
    assert _found(tmp_path, federation={"domains": ["a.example"]}) == []


def test_a_password_and_a_client_secret_are_hashes(tmp_path: Path) -> None:
    keys = [("error", "callers[1].basic.password"), ("error", "callers[1].oauth.secret")]
    assert _found(tmp_path, **BASIC, **CLIENT) == keys
    for text in ("hunter2", ""):
        (tmp_path / "hash").write_text(text)
        assert _found(tmp_path, **BASIC, **CLIENT) == keys


def test_an_empty_hash_may_be_what_a_failure_left(tmp_path: Path) -> None:
    (tmp_path / "hash").write_text("\n")
    caller = CallerSettings.model_validate({"name": "c", "may_ask": ["*"], **BASIC})
    [finding] = check_proofs("callers[1]", caller, tmp_path)
    assert finding.what == "file:hash is empty"
    assert finding.mend.startswith("perhaps `busyline hash-password` failed when it was written")


@pytest.mark.parametrize("content", [None, b"", b"hunter2", b"-----BEGIN CERTIFICATE-----\nAAAA\n"])
def test_an_authority_is_there_and_can_be_read(tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / "ca.pem").write_bytes(content)
    assert _found(tmp_path, **NAMED) == [("error", "callers[1].certificate.ca")]


def test_the_callers_own_certificate_vouches_for_no_name(tmp_path: Path) -> None:
    leaf(None).write(tmp_path / "ca.pem")
    assert _found(tmp_path, **NAMED) == [("warning", "callers[1].certificate.ca")]
    assert _found(tmp_path, **PINNED) == []  # it may vouch for its own key
