"""Tests of galsync/wiring/google.py."""

from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest

from galsync.settings.clouds import GoogleDirectory
from galsync.sides.google_contacts_target import GoogleContactsTarget
from galsync.sides.google_groups_target import GoogleGroupsTarget
from galsync.sides.shared_contacts_target import SharedContactsTarget
from galsync.wiring.google import google
from tests.galsync.wiring.world import furnished, part

LISTED = {"list": "Fabrikam", "addresses": ["ann@northwind.example", "bob@northwind.example", "ann@northwind.example"]}


@pytest.mark.parametrize(
    ("sync", "kind", "places"),
    [
        ({}, SharedContactsTarget, [""]),
        ({"groups": "groups"}, GoogleGroupsTarget, [""]),
        ({"as": "contact", "mailboxes": LISTED}, GoogleContactsTarget, LISTED["addresses"][:2]),
    ],
)
async def test_the_form_chooses_the_target(sync: dict[str, Any], kind: type, places: list[str], tmp_path: Path) -> None:
    async with AsyncExitStack() as stack:
        read, made = part(furnished(tmp_path), stack, to="google", **sync)
        section = read.directories["google"]
        assert isinstance(section, GoogleDirectory)
        target = await google("google", section, made)
        assert isinstance(target, kind)
        assert list(await target.places()) == places
