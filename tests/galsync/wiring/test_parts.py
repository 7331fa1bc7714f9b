"""Tests of galsync/wiring/parts.py."""

from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from galsync.settings.active_directory import ActiveDirectory
from galsync.settings.clouds import GoogleDirectory
from protocols.errors import PeerError
from protocols.ldap.tracking import root
from protocols.model.freebusy import Reason
from service.secrets import SecretError
from tests.galsync.settings.estate import DIRECTORIES
from tests.galsync.wiring.world import SECRETS, furnished, part


async def test_the_line_is_opened_with_the_first_question(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FABRIKAM_PASSWORD", SECRETS["FABRIKAM_PASSWORD"])
    section = ActiveDirectory.model_validate(DIRECTORIES["ad"] | {"host": "127.0.0.1", "port": 1})
    async with AsyncExitStack() as stack:
        ask = await part(tmp_path, stack)[1].line(section)
        with pytest.raises(PeerError) as raised:
            await root(ask)
    assert raised.value.reason is Reason.UNREACHABLE


async def test_a_secret_that_is_not_there_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FABRIKAM_PASSWORD", raising=False)
    async with AsyncExitStack() as stack:
        with pytest.raises(SecretError, match="FABRIKAM_PASSWORD"):
            await part(tmp_path, stack)[1].line(ActiveDirectory.model_validate(DIRECTORIES["ad"]))


async def test_google_is_asked_as_somebody(tmp_path: Path) -> None:
    section = GoogleDirectory.model_validate(DIRECTORIES["google"])
    async with AsyncExitStack() as stack:
        made = part(furnished(tmp_path), stack)[1]
        assert callable(await made.google_as_subject(section, ("a", "b")))
        assert made.pace.chance() == 0.0
