"""Tests of galsync/settings/files.py."""

from pathlib import Path

from galsync.settings.files import LdifDirectory, PowershellDirectory, SealedDirectory
from tests.galsync.settings.estate import DIRECTORIES, wrong


def test_where_the_number_of_the_last_file_is_kept() -> None:
    assert SealedDirectory.model_validate(DIRECTORIES["sealed"]).seen == Path("litware.sealed.seen")


def test_a_sender_speaks_for_somebody() -> None:
    assert "at least one" in wrong(SealedDirectory, DIRECTORIES["sealed"] | {"domains": []})[0]


def test_a_file_may_be_written_behind_file() -> None:
    assert SealedDirectory.model_validate(DIRECTORIES["sealed"] | {"key": "file:k"}).key == Path("k")


def test_ldif_needs_a_unit() -> None:
    assert wrong(LdifDirectory, DIRECTORIES["ldif"] | {"unit": ""})


def test_a_script_knows_where_its_stamp_stands() -> None:
    assert PowershellDirectory.model_validate(DIRECTORIES["script"]).stamp == "CustomAttribute15"
