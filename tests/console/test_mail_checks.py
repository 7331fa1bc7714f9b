"""Tests of console/mail_checks.py."""

from pathlib import Path

import pytest

from console.configuration import load
from console.mail_checks import check_mail
from tests.console.conftest import SERVER
from tests.console.test_syncing import SYNC

MAIL = '[mail]\nhost = "smtp.contoso.example"\nfrom = "b@contoso.example"\nto = ["it@contoso.example"]\n'
AUTH = '[mail.auth]\nuser = "b"\npassword = "env:BUSYLINE_MAIL_PASSWORD"\n'


def found(folder: Path, text: str) -> list[str]:
    path = folder / "busyline.toml"
    path.write_text(SERVER + text, "utf-8")
    return [f"{each.severity} {each.key}" for each in check_mail(load(path), folder)]


def test_without_mail_nothing_is_wrong(tmp_path: Path) -> None:
    assert found(tmp_path, SYNC) == []
    assert found(tmp_path, SYNC + MAIL) == []


def test_a_password_and_an_authority_that_are_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BUSYLINE_MAIL_PASSWORD", raising=False)
    text = SYNC + MAIL + 'ca = "private.pem"\n' + AUTH
    assert found(tmp_path, text) == ["error mail.ca", "error mail.auth.password"]
    monkeypatch.setenv("BUSYLINE_MAIL_PASSWORD", "x")
    (tmp_path / "private.pem").write_text("")
    assert found(tmp_path, text) == []


def test_reports_of_nothing(tmp_path: Path) -> None:
    assert found(tmp_path, SYNC.replace("schedule", "# schedule") + MAIL) == ["warning mail"]
