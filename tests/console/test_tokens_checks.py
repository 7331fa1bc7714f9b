"""What `serve` would refuse of [tokens] is told by `check`, and nothing is made on the way."""

import json
import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from console.configuration import Configuration
from console.tokens_checks import check_tokens
from proxy.auth.signing_keys import SigningKeys
from tests.needs import missing

OAUTH = {"name": "n", "may_ask": ["*"], "oauth": {"client_id": "n", "secret": "file:hash"}}
BASIC = {"name": "n", "may_ask": ["*"], "basic": {"usernames": ["u"], "password": "file:hash"}}
SERVER = {"public_url": "https://busy.example.com", "certificate": {"kind": "none"}}


def _found(directory: Path, **sections: Any) -> list[tuple[str, str, str]]:
    data = {"server": SERVER, "callers": [OAUTH], **sections}
    found = check_tokens(Configuration.model_validate(data), directory)
    return [(each.severity, each.key, f"{each.what}; {each.mend}") for each in found]


def _keys(directory: Path) -> Path:
    hour = timedelta(hours=1)
    SigningKeys(directory / "tokens", lifetime=hour, rotate=24 * hour, clock=lambda: 0.0).open()
    return directory / "tokens" / "keys.json"


def test_keys_in_order_are_passed_over(tmp_path: Path) -> None:
    assert [each for each in _found(tmp_path) if each[0] != "note"] == []
    assert not (tmp_path / "tokens").exists()
    _keys(tmp_path)
    assert _found(tmp_path) == []


def test_keys_that_others_may_read_are_an_error_as_for_serve(tmp_path: Path) -> None:
    _keys(tmp_path).chmod(0o644)
    ((severity, key, text),) = _found(tmp_path)
    assert (severity, key) == ("error", "tokens.directory")
    assert text.endswith("keys.json can be read by others; make it yours alone (chmod 600)")


@pytest.mark.parametrize("content", ["", "{", json.dumps({"format": 1, "keys": [{"kid": "hunter2"}]})])
def test_damaged_keys_are_an_error(tmp_path: Path, content: str) -> None:
    _keys(tmp_path).write_text(content)
    ((severity, _, text),) = _found(tmp_path)
    assert severity == "error"
    assert "is damaged; restore it" in text
    assert "hunter2" not in text


def test_what_is_no_directory_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "tokens").write_text("")
    assert [each[:2] for each in _found(tmp_path)] == [("error", "tokens.directory")]


def test_a_directory_that_others_may_see_is_a_warning(tmp_path: Path) -> None:
    _keys(tmp_path).parent.chmod(0o755)
    assert [each[:2] for each in _found(tmp_path)] == [("warning", "tokens.directory")]


def test_root_is_told_that_its_check_proves_little_for_another_user(tmp_path: Path) -> None:
    if os.geteuid() != 0:
        missing("root: only root gives a directory to another user")
    os.chown(_keys(tmp_path).parent, 12345, 12345)
    ((severity, _, text),) = _found(tmp_path)
    assert severity == "note"
    assert "checked as root" in text
    assert "belongs to 12345" in text


def test_sections_that_nobody_uses_are_noted(tmp_path: Path) -> None:
    assert _found(tmp_path, callers=[BASIC]) == []
    found = _found(tmp_path, callers=[BASIC], tokens={"lifetime": "1h"}, microsoft={"cloud": "dod"})
    assert [each[:2] for each in found] == [("note", "microsoft"), ("note", "tokens")]
