"""Tests of galsync/wiring/mail.py: the mail server of the settings, with the secret that they name."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from galsync.settings.mail import MailSettings
from galsync.wiring.mail import reports_by
from service.mail import MailError
from service.secrets import SecretError
from tests.service.smtp_server import SmtpServer, smtp_server

NOW = datetime(2026, 3, 2, 3, tzinfo=UTC)


def settings(port: int, **others: object) -> MailSettings:
    given = {"host": "127.0.0.1", "port": port, "security": "none", "from": "b@contoso.example"}
    return MailSettings.model_validate(given | {"to": ["it@contoso.example"], **others})


async def test_it_arrives_at_whoever_gets_the_reports(tmp_path: Path) -> None:
    async with smtp_server(here := SmtpServer()):
        whole = settings(here.port)
        assert whole.server_place == f"127.0.0.1:{here.port}"
        await reports_by(whole, tmp_path, clock=lambda: NOW, number=lambda: "7")("all is well", "x\n")
    assert here.to == [["it@contoso.example"]]
    assert here.taken[0]["Message-ID"] == "<7@contoso.example>"
    with pytest.raises(MailError, match="nothing listens there"):
        await reports_by(whole, tmp_path, clock=lambda: NOW, number=lambda: "8")("all is well", "x\n")


def test_a_password_that_is_not_there(tmp_path: Path) -> None:
    whole = settings(465, security="smtps", auth={"user": "b", "password": "file:no.password"})
    with pytest.raises(SecretError):
        reports_by(whole, tmp_path, clock=lambda: NOW, number=lambda: "7")
