"""Tests of galsync/settings/directories.py."""

import pytest
from pydantic import TypeAdapter, ValidationError

from galsync.settings.directories import DirectorySettings
from tests.galsync.settings.estate import DIRECTORIES

_ADAPTER: TypeAdapter[DirectorySettings] = TypeAdapter(DirectorySettings)


@pytest.mark.parametrize("name", DIRECTORIES)
def test_each_protocol_has_its_section(name: str) -> None:
    read = _ADAPTER.validate_python(DIRECTORIES[name])
    assert read.protocol == DIRECTORIES[name]["protocol"]
    assert read.reads or read.writes
    assert read.usual is None or read.usual in read.writes


def test_another_protocol_is_refused() -> None:
    with pytest.raises(ValidationError):
        _ADAPTER.validate_python({"protocol": "ldap", "path": "x"})
