"""Tests of galsync/wiring/google_account.py; that somebody signs in and is written to is in tests/console/gal."""

from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from galsync.entries import Form
from galsync.settings.google_account import GoogleAccountDirectory
from galsync.wiring.google_account import application_of, google_account
from protocols.errors import PeerError
from protocols.google.personal_contacts import SCOPE
from service.secrets import SecretError
from tests.galsync.settings.estate import DIRECTORIES
from tests.galsync.wiring.world import part

SETTINGS = GoogleAccountDirectory.model_validate(DIRECTORIES["account"])


async def test_one_place_and_nobody_has_signed_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GOOGLE_SECRET", "s")
    async with AsyncExitStack() as stack:
        made = part(tmp_path, stack, to="account")[1]
        target = await google_account("account", SETTINGS, made)
        assert (target.name, await target.places()) == ("account", ("jack@northwind.example",))
        assert target.ability.forms == {Form.CONTACT}
        with pytest.raises(PeerError, match="nobody has signed in for account; run: busyline connect account"):
            [each async for each in target.held("jack@northwind.example")]


async def test_no_more_is_asked_for_than_contacts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with AsyncExitStack() as stack:
        network = part(tmp_path, stack, to="account")[1].outgoing(SETTINGS)
        monkeypatch.delenv("GOOGLE_SECRET", raising=False)
        with pytest.raises(SecretError, match="GOOGLE_SECRET"):
            application_of(SETTINGS, network)
        monkeypatch.setenv("GOOGLE_SECRET", "s")
        application = application_of(SETTINGS, network)
    assert application.scopes == (SCOPE,)
    hosts = [url.split("/")[2] for url in (application.auth_url, application.token_url)]
    assert hosts == ["accounts.google.com", "oauth2.googleapis.com"]
