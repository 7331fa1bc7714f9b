"""Tests of service/state/settings.py."""

from datetime import timedelta

import pytest

from service.secrets import Reference
from service.state.settings import StateSettings
from tests.galsync.settings.estate import wrong


def test_a_file_by_default() -> None:
    state = StateSettings()
    assert (state.database, state.keep) == ("sqlite:busyline.db", timedelta(days=90))


@pytest.mark.parametrize("text", ["sqlite:/var/lib/b.db", "postgresql://busyline@db/busyline", "postgresql:///b"])
def test_an_address_is_kept_as_it_is(text: str) -> None:
    assert StateSettings.model_validate({"database": text}).database == text


def test_where_the_address_lies() -> None:
    state = StateSettings.model_validate({"database": "env:STATE"})
    assert state.database == Reference("env", "STATE")
    assert state.model_dump(mode="json")["database"] == "env:STATE"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("postgresql://busyline:hunter2@db/b", "never written here"),
        ("postgresql://db/b?password=hunter2", "never written here"),
        ("mysql://db/b", "names no database"),
        ("sqlite:", "names no database"),
        (3, "names no database"),
    ],
)
def test_what_is_no_address(text: object, words: str) -> None:
    (told,) = wrong(StateSettings, {"database": text})
    assert words in told
    assert "hunter2" not in told
