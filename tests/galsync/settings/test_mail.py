"""Tests of galsync/settings/mail.py."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from galsync.settings.mail import MailSettings
from service.mail import MailSecurity
from service.secrets import Secret
from tests.galsync.settings.estate import wrong

BARE: dict[str, Any] = {
    "host": "smtp.contoso.example",
    "from": "busyline@contoso.example",
    "to": ["IT@contoso.example"],
}
AUTH = {"user": "busyline", "password": "env:MAIL_PASSWORD"}


def test_what_is_not_written_is_safe() -> None:
    mail = MailSettings.model_validate(BARE)
    server = mail.server(None, Path("/etc/busyline"))
    assert (server.place, server.security, server.user) == ("smtp.contoso.example:587", MailSecurity.STARTTLS, "")
    assert (mail.on, [each.address for each in mail.recipients]) == ("change", ["it@contoso.example"])
    assert server.timeout <= timedelta(minutes=1)


def test_user_password_and_authority() -> None:
    mail = MailSettings.model_validate(BARE | {"auth": AUTH, "ca": "private.pem", "security": "smtps"})
    server = mail.server(Secret("hunter2"), Path("/etc/busyline"))
    assert (server.user, server.password, server.ca) == (
        "busyline",
        Secret("hunter2"),
        Path("/etc/busyline/private.pem"),
    )
    assert mail.model_dump(mode="json")["auth"] == AUTH


def test_in_the_clear_to_this_machine() -> None:
    mail = MailSettings.model_validate(BARE | {"host": "127.0.0.1", "security": "none"})
    assert mail.server(None, Path()).place == "127.0.0.1:25"


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ({"security": "none"}, "this machine alone"),
        ({"to": []}, "at least one"),
        ({"to": ["nobody"]}, "is no address"),
        ({"from": "busyline"}, "is no address"),
        ({"auth": {"user": "busyline", "password": "hunter2"}}, "never written here"),
        ({"on": "never"}, "change"),
    ],
)
def test_what_cannot_be(written: dict[str, Any], words: str) -> None:
    (told,) = wrong(MailSettings, BARE | written)
    assert words in told
    assert "hunter2" not in told
