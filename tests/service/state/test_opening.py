"""Tests of service/state/opening.py: the state lies where the configuration says."""

from pathlib import Path

import pytest

from service.secrets import SecretError
from service.state.opening import database_url, opened
from service.state.settings import StateSettings


def test_where_the_state_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STATE", "postgresql://busyline@db/b")
    assert database_url(StateSettings(), tmp_path) == f"sqlite:{tmp_path}/busyline.db"
    assert database_url(StateSettings(database="sqlite:/var/b.db"), tmp_path) == "sqlite:/var/b.db"
    elsewhere = StateSettings.model_validate({"database": "env:STATE"})
    assert database_url(elsewhere, tmp_path) == "postgresql://busyline@db/b"


async def test_it_is_opened_beside_the_configuration(tmp_path: Path) -> None:
    async with opened(StateSettings(), tmp_path) as database:
        assert database.place == str(tmp_path / "busyline.db")


async def test_a_password_that_is_not_there_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("STATE_PASSWORD", raising=False)
    state = StateSettings.model_validate({"database": "postgresql://db/b", "password": "env:STATE_PASSWORD"})
    with pytest.raises(SecretError, match="STATE_PASSWORD"):
        async with opened(state, tmp_path):
            pass
