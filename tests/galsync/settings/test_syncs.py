"""Tests of galsync/settings/syncs.py."""

from datetime import timedelta
from typing import Any

import pytest

from galsync.plans.guards import Guards
from galsync.settings.syncs import GuardSettings, MailboxesSettings
from tests.galsync.settings.estate import mistakes, settings, wrong


def test_what_is_not_written_is_narrow() -> None:
    (sync,) = settings().directory_syncs
    assert not any((sync.disabled, sync.hidden, sync.proxies, sync.photos, sync.hide))
    assert (sync.grace, sync.groups, sync.x500) == (timedelta(days=30), "entries", True)


def test_the_guards_are_the_usual_ones() -> None:
    guards, usual = GuardSettings(), Guards()
    assert (guards.deletions.count, guards.deletions.share) == (usual.deletions.count, usual.deletions.share)
    assert (guards.changes.count, guards.shrink) == (usual.changes.count, usual.shrink)


def test_one_source_may_stand_alone() -> None:
    assert settings(from_="csv").directory_syncs[0].sources == ("csv",)


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ({"name": "a/b"}, "stands in the stamp"),
        ({"from": []}, "at least one"),
        ({"from": ["csv", "csv"]}, "names a directory twice"),
        ({"external": "{local}@x.example", "domains": {"a.example": "b.example"}}, "external or domains, not both"),
        ({"external": "{loca}@x.example"}, "did you mean local"),
        ({"fields": {"fone": "write"}}, "no field is called fone; did you mean phone"),
        ({"values": {"nam": "x"}}, "no field is called nam"),
        ({"fields": {"fax": "leave"}, "values": {"fax": "1"}}, "fields that it is not written"),
        ({"fields": {"display_name": "clear"}}, "shows in no list"),
        ({"conflicts": {"ann@x.example": "rename"}}, "'reuse' or 'skip'"),
        ({"guards": {"shrink": 2}}, "less than or equal to 1"),
        ({"grace": "12h"}, "number of days"),
        ({"include": {"where": "has(groups)"}}, "has"),
    ],
)
def test_what_cannot_be_meant(written: dict[str, Any], words: str) -> None:
    (told,) = mistakes(**written)
    assert words in told


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ({}, "exactly one of"),
        ({"everybody": True, "group": "g@x.example"}, "exactly one of"),
        ({"addresses": ["a@x.example"], "where": "company == 'x'"}, "those that are meant"),
        ({"everybody": True, "where": "has(groups, 'a@*')"}, "cannot ask for groups"),
        ({"everybody": True, "where": "attr.x == 'y'"}, "cannot ask for groups"),
    ],
)
def test_whose_mailboxes(written: dict[str, Any], words: str) -> None:
    (told,) = wrong(MailboxesSettings, {"list": "Fabrikam"} | written)
    assert words in told
