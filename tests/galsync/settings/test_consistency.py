"""Tests of galsync/settings/consistency.py."""

from typing import Any

import pytest
from pydantic import ValidationError

from galsync.entries import Form
from galsync.settings import GalsyncSettings
from galsync.settings.consistency import form_of, with_helpers
from tests.galsync.settings.estate import DIRECTORIES, MAILBOXES, mistakes, settings, told

_SYNC = {"name": "staff", "from": ["csv"], "to": "list"}


@pytest.mark.parametrize(
    "written",
    [
        {"to": "graph", "as": "guest"},
        {"to": "graph", "as": "contact", "mailboxes": MAILBOXES},
        {"to": "google"},
        {"to": "google", "groups": "groups", "group_address": "{local}.fabrikam@northwind.example"},
        {"to": "google", "as": "contact", "mailboxes": MAILBOXES},
        {"to": "account"},
        {"to": "ews", "mailboxes": MAILBOXES},
        {"to": "export-ews"},
        {"from": ["export-ews"]},
        {"to": "ad", "as": "mail-user"},
        {"to": "script"},
        {"to": "ldif"},
        {"to": "online"},
        {"to": "sealed", "groups": "groups"},
        {"to": "ad", "groups": "groups"},
        {"to": "script", "groups": "groups", "group_address": "{local}@b.example"},
        {"to": "online", "groups": "groups"},
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
        ({"from": ["cvs"]}, "from", "no directory is called cvs; there are account, ad, csv"),
        ({"to": "lst"}, "to", "no directory is called lst"),
        ({"from": ["ldif"]}, "from", "can only be written to"),
        ({"from": ["account"]}, "from", "can only be written to"),
        ({"to": "account", "as": "guest"}, "as", "google-account takes no guest"),
        ({"to": "export"}, "to", "export names no folder"),
        ({"to": "ews"}, "mailboxes", "whose get the contacts"),
        ({"to": "csv"}, "to", "is read by this very sync"),
        ({"to": "graph"}, "as", "one of contact, guest"),
        ({"to": "graph", "as": "mail-contact"}, "as", "graph takes no mail-contact"),
        ({"to": "script", "as": "guest"}, "as", "powershell takes no guest"),
        ({"to": "online", "as": "mail-user"}, "as", "need a sign_in_domain in online"),
        ({"to": "online", "fields": {"extra_15": "write"}}, "fields.extra_15", "the stamp of online stands there"),
        ({"to": "ldif", "groups": "groups"}, "groups", "ldif takes no groups"),
        ({"to": "graph", "as": "guest", "groups": "groups"}, "groups", "graph takes no groups"),
        (
            {"to": "google", "as": "contact", "mailboxes": MAILBOXES, "groups": "groups"},
            "groups",
            "contacts of users are never groups",
        ),
        ({"to": "ad", "group_address": "{local}@b.example"}, "group_address", 'write groups = "groups"'),
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


def test_who_has_a_mailbox_is_told_by_a_directory_that_can_be_read() -> None:
    def read(**ews: str) -> list[str]:
        own = {**DIRECTORIES, "ews": {key: each for key, each in DIRECTORIES["ews"].items() if key != "people"} | ews}
        return _read(own, _SYNC | {"to": "ews", "mailboxes": MAILBOXES})

    assert read() == [
        "directory_syncs.0.mailboxes: ews does not know who has a mailbox: write people there, or addresses here"
    ]
    assert read(people="csv") == []
    assert read(people="cvs") == ["directories.ews.people: no directory is called cvs; write [directories.cvs]"]
    assert "ldif (ldif) can only be written to" in read(people="ldif")[0]
    assert "can only be written to" in read(people="ews")[0]
    listed = {"list": "Fabrikam", "addresses": ["ann@fabrikam.example"]}
    bare = {"ews": {key: each for key, each in DIRECTORIES["ews"].items() if key != "people"}}
    assert _read({**DIRECTORIES, **bare}, _SYNC | {"to": "ews", "mailboxes": listed}) == []


@pytest.mark.parametrize("name", ["a/b", "a:b", " "])
def test_a_directory_has_a_name_that_can_stand_in_an_anchor(name: str) -> None:
    assert "not a name for a directory" in _read({name: DIRECTORIES["csv"]})[0]


def test_the_usual_form() -> None:
    read = settings(to="ad")
    assert form_of(read.directory_syncs[0], read.directories["ad"]) is Form.MAIL_CONTACT
    assert form_of(settings(to="ad", as_="mail-user").directory_syncs[0], read.directories["ad"]) is Form.MAIL_USER


@pytest.mark.parametrize(
    ("shown_by", "words"),
    [
        ("online", ""),
        ("script", ""),
        ("nobody", "no directory is called nobody"),
        ("csv", "csv (csv) cannot show guests"),
    ],
)
def test_guests_are_shown_by_a_directory_that_can(shown_by: str, words: str) -> None:
    found = _read(DIRECTORIES | {"graph": DIRECTORIES["graph"] | {"shown_by": shown_by}})
    assert [each.partition(": ")[0] for each in found] == (["directories.graph.shown_by"] if words else [])
    assert words in "".join(found)


@pytest.mark.parametrize("name", ["Jack", "jack smith", "jäck"])
def test_whoever_signs_in_does_so_for_a_name_that_a_file_can_have(name: str) -> None:
    person = DIRECTORIES["export"] | {"person": True, "secret": None}
    for written in (DIRECTORIES["account"], person):
        assert "small letters" in "".join(_read({name: written}))
    assert _read({name: DIRECTORIES["export"], "jack-2": DIRECTORIES["account"]}) == []


@pytest.mark.parametrize(("kinds", "place"), [(["user"], []), (["user", "room"], ["directory_syncs.0.include.kinds"])])
def test_rooms_are_wanted_of_a_directory_that_tells_them(kinds: list[str], place: list[str]) -> None:
    directories = DIRECTORIES | {"graph": DIRECTORIES["graph"] | {"rooms": False}}
    found = _read(directories, _SYNC | {"from": ["graph"], "include": {"kinds": kinds}})
    assert [each.partition(": ")[0] for each in found] == place


def test_who_shows_guests_goes_with_them() -> None:
    read = GalsyncSettings.model_validate(
        {"directories": DIRECTORIES | {"graph": DIRECTORIES["graph"] | {"shown_by": "script"}}}
    )
    assert with_helpers(("csv", "graph", "csv"), read.directories) == ["csv", "graph", "script"]
