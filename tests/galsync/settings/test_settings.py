"""Tests of galsync/settings/__init__.py."""

from galsync.settings import GalsyncSettings
from tests.galsync.settings.estate import settings


def test_nothing_needs_to_be_written() -> None:
    read = GalsyncSettings()
    assert (read.directories, read.directory_syncs) == ({}, ())


def test_a_sync_is_found_by_its_name() -> None:
    found = settings().sync("staff")
    assert found is not None
    assert found.target == "list"
    assert settings().sync("stuff") is None
