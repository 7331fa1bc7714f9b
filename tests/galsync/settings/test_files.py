"""Tests of galsync/settings/files.py."""

from pathlib import Path

import pytest

from galsync.settings.files import LdifDirectory, PowershellDirectory, SealedDirectory
from tests.galsync.settings.estate import DIRECTORIES, wrong


def test_where_the_number_of_the_last_file_is_kept() -> None:
    assert SealedDirectory.model_validate(DIRECTORIES["sealed"]).seen == Path("litware.sealed.seen")


def test_a_sender_speaks_for_somebody() -> None:
    assert "at least one" in wrong(SealedDirectory, DIRECTORIES["sealed"] | {"domains": []})[0]


@pytest.mark.parametrize("name", ["/o=First Organization/ou=EAG (FYDIBOHF23SPDLT)/", "/o=Fabrikam", "/O=F & Co/cn=x"])
def test_which_x500_names_are_agreed(name: str) -> None:
    made = SealedDirectory.model_validate(DIRECTORIES["sealed"] | {"x500": [name]})
    assert made.x500 == (name.rstrip("/"),)
    assert SealedDirectory.model_validate(DIRECTORIES["sealed"]).x500 == ()


@pytest.mark.parametrize("name", ["", "/", "/o=", "/o= ", "/cn=x", "X500:/o=F", "o=Fabrikam", "/o=F//cn=x"])
def test_what_begins_no_x500_name(name: str) -> None:
    assert "begins no X500 name" in wrong(SealedDirectory, DIRECTORIES["sealed"] | {"x500": [name]})[0]


def test_a_file_may_be_written_behind_file() -> None:
    assert SealedDirectory.model_validate(DIRECTORIES["sealed"] | {"key": "file:k"}).key == Path("k")


def test_ldif_needs_a_unit() -> None:
    assert wrong(LdifDirectory, DIRECTORIES["ldif"] | {"unit": ""})


def test_a_script_knows_where_its_stamp_stands() -> None:
    assert PowershellDirectory.model_validate(DIRECTORIES["script"]).stamp == "CustomAttribute15"
