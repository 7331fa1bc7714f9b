"""Tests of service.directory_sign_in; Kerberos itself against a real domain in tests/clients."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from protocols.errors import PeerError
from protocols.ldap.operations import Control, Request, SimpleBind
from protocols.ldap.replies import Reply
from protocols.ldap.results import RefusedError
from protocols.model.freebusy import Reason
from service import kerberos
from service.directory_sign_in import PasswordSignIn, by_keytab
from service.secrets import Secret
from tests.needs import missing
from tests.protocols.scripted import run


class Script:
    """Answers every sign-in alike."""

    def __init__(self, reply: Reply) -> None:
        self.reply = reply
        self.asked: list[Request] = []

    async def __call__(self, request: Request, controls: Sequence[Control]) -> Reply:
        self.asked.append(request)
        return self.reply


def test_a_password_is_shown_once() -> None:
    script = Script(Reply())
    run(PasswordSignIn("svc@b", Secret("hunter2")).sign_in(script, None))
    assert script.asked == [SimpleBind("svc@b", "hunter2")]


def test_a_refusal_is_raised() -> None:
    script = Script(Reply(code=49, diagnostic="80090308: x, data 533, v"))
    with pytest.raises(RefusedError, match="disabled"):
        run(PasswordSignIn("svc@b", Secret("hunter2")).sign_in(script, None))


@pytest.mark.parametrize(("user", "password"), [("", "x"), ("x", ""), ("", "")])
def test_nobody_signs_in_without_a_name_and_a_password(user: str, password: str) -> None:
    """RFC 4513 5.1.2: it would look like success."""
    with pytest.raises(ValueError, match="needs a user and a password"):
        PasswordSignIn(user, Secret(password))


async def test_a_keytab_that_is_not_there_is_told() -> None:
    if not kerberos.is_available():
        missing("the extra kerberos")
    script = Script(Reply())
    with pytest.raises(PeerError, match="keytab cannot be read") as caught:
        await by_keytab(Path("nowhere.keytab"), "svc@B", host="dc.b").sign_in(script, None)
    assert caught.value.reason is Reason.UNAUTHORIZED
    assert script.asked == []
