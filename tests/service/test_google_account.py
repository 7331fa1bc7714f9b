"""Tests of service/google_account.py: somebody's own sign-in, for what is asked for and nothing else."""

from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from pydantic import Field

from protocols.errors import PeerError
from protocols.http import HttpRequest
from service.google_account import Application, RenewalUrl, SignInUrl, application_of, at_google_account
from service.outgoing import NetworkSection, Outgoing
from service.secrets import SecretError


class Account(NetworkSection):
    """A section that is about one account."""

    application: Application
    sign_in_url: SignInUrl = None
    renewal_url: RenewalUrl = None
    list: str = Field("", description="whatever else")


SETTINGS = Account.model_validate({"application": {"client_id": "c", "secret": "env:GOOGLE_SECRET"}})


async def test_no_more_is_asked_for_than_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with AsyncExitStack() as stack:
        network = Outgoing(SETTINGS, tmp_path, stack)
        monkeypatch.delenv("GOOGLE_SECRET", raising=False)
        with pytest.raises(SecretError, match="GOOGLE_SECRET"):
            application_of(SETTINGS, network, "one")
        monkeypatch.setenv("GOOGLE_SECRET", "s")
        application = application_of(SETTINGS, network, "one", "two")
    assert application.scopes == ("one", "two")
    hosts = [url.split("/")[2] for url in (application.auth_url, application.token_url)]
    assert hosts == ["accounts.google.com", "oauth2.googleapis.com"]


async def test_that_nobody_has_signed_in_is_said_when_it_is_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GOOGLE_SECRET", "s")
    async with AsyncExitStack() as stack:
        network = Outgoing(SETTINGS, tmp_path, stack)
        send = await at_google_account(SETTINGS, network, "one", name="jack", api_url="https://people.example")
        with pytest.raises(PeerError, match="nobody has signed in for jack; run: busyline connect jack"):
            await send(HttpRequest("GET", "https://people.example/v1"))
