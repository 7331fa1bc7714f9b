"""Tests of galsync/settings/consistency.py."""

from typing import Any

import pytest
from pydantic import ValidationError

from galsync.entries import Form
from galsync.settings import GalsyncSettings
from galsync.settings.consistency import form_of
from tests.galsync.settings.estate import DIRECTORIES, MAILBOXES, mistakes, settings, told

_SYNC = {"name": "staff", "from": ["csv"], "to": "list"}


@pytest.mark.parametrize(
    "written",
    [
        {"to": "graph", "as": "guest"},
        {"to": "graph", "as": "contact", "mailboxes": MAILBOXES},
        {"to": "google"},
        {"to": "google", "as": "contact", "mailboxes": MAILBOXES},
        {"to": "ad", "as": "mail-user"},
        {"to": "script"},
        {"to": "ldif"},
        {"to": "online"},
        {"to": "sealed", "groups": "groups"},
        {"from": ["graph", "google", "ad", "export", "sealed"]},
        {"to": "ad", "fields": {"extra_14": "write"}},
        {"to": "ad", "fields": {"extra_15": "leave"}},
    ],
)
def test_what_goes_together(written: dict[str, Any]) -> None:
    assert mistakes(**written) == []


@pytest.mark.parametrize(
    ("written", "place", "words"),
    [
        ({"from": ["cvs"]}, "from", "no directory is called cvs; there are ad, csv"),
        ({"to": "lst"}, "to", "no directory is called lst"),
        ({"from": ["ldif"]}, "from", "can only be written to"),
        ({"to": "export"}, "to", "can only be read"),
        ({"to": "csv"}, "to", "is read by this very sync"),
        ({"to": "graph"}, "as", "one of contact, guest"),
        ({"to": "graph", "as": "mail-contact"}, "as", "graph takes no mail-contact"),
        ({"to": "script", "as": "guest"}, "as", "powershell takes no guest"),
        ({"to": "online", "as": "mail-user"}, "as", "need a sign_in_domain in online"),
        ({"to": "online", "fields": {"extra_15": "write"}}, "fields.extra_15", "the stamp of online stands there"),
        ({"to": "ad", "groups": "groups"}, "groups", "takes no groups"),
        ({"to": "graph", "as": "contact"}, "mailboxes", "whose get the contacts"),
        ({"to": "ad", "fields": {"extra_15": "write"}}, "fields.extra_15", "the stamp of ad stands there"),
        ({"to": "script", "values": {"extra_15": "x"}}, "values.extra_15", "the stamp of script stands there"),
    ],
)
def test_what_does_not(written: dict[str, Any], place: str, words: str) -> None:
    (found,) = mistakes(**written)
    assert found.startswith(f"directory_syncs.0.{place}: ")
    assert words in found


def _read(directories: dict[str, Any], *syncs: dict[str, Any]) -> list[str]:
    try:
        GalsyncSettings.model_validate({"directories": directories, "directory_syncs": syncs})
    except ValidationError as error:
        return told(error)
    return []


def test_two_syncs_have_two_names() -> None:
    assert _read(DIRECTORIES, _SYNC, _SYNC) == [
        "directory_syncs.1.name: staff is there twice: each has a name of its own"
    ]


def test_the_same_file_is_not_read_and_written() -> None:
    same = DIRECTORIES | {"list": DIRECTORIES["csv"]}
    assert "is read by this very sync" in _read(same, _SYNC)[0]


def test_a_unit_is_needed_to_write_into_active_directory() -> None:
    bare = DIRECTORIES | {"ad": {key: each for key, each in DIRECTORIES["ad"].items() if key != "unit"}}
    assert "does not say where entries are made" in _read(bare, _SYNC | {"to": "ad"})[0]
    assert _read(bare, _SYNC | {"from": ["ad"]}) == []


@pytest.mark.parametrize("name", ["a/b", "a:b", " "])
def test_a_directory_has_a_name_that_can_stand_in_an_anchor(name: str) -> None:
    assert "not a name for a directory" in _read({name: DIRECTORIES["csv"]})[0]


def test_the_usual_form() -> None:
    read = settings(to="ad")
    assert form_of(read.directory_syncs[0], read.directories["ad"]) is Form.MAIL_CONTACT
    assert form_of(settings(to="ad", as_="mail-user").directory_syncs[0], read.directories["ad"]) is Form.MAIL_USER
