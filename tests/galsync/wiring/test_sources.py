"""Tests of galsync/wiring/sources.py."""

from contextlib import AsyncExitStack
from pathlib import Path
from typing import get_args

import pytest

from galsync.entries import Form
from galsync.settings.clouds import GoogleDirectory, GraphDirectory
from galsync.settings.directories import DirectorySettings
from galsync.wiring.opening import mapping_of, selection_of
from galsync.wiring.sources import SOURCES, Asks, asked_of, source_of, wishes_of
from protocols.google.people import ROOMS_SCOPE
from tests.galsync.settings.estate import DIRECTORIES, settings
from tests.galsync.wiring.world import SECRETS, furnished, part

KINDS = get_args(get_args(DirectorySettings)[0])


def test_every_directory_that_can_be_read_has_its_source() -> None:
    assert {kind for kind in KINDS if kind.reads} == set(SOURCES)


@pytest.mark.parametrize("name", ["csv", "sealed", "graph", "export", "export-ews", "google", "ad"])
async def test_each_source_is_made(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for variable, text in SECRETS.items():
        monkeypatch.setenv(variable, text)
    async with AsyncExitStack() as stack:
        read, made = part(furnished(tmp_path), stack, from_=[name])
        mapping, selection = mapping_of(made.sync, name, Form.CONTACT), selection_of(made.sync)
        source = await source_of(name, read.directories[name], made, selection, mapping)
    assert source.name == name


def test_what_is_asked_for_follows_from_the_sync() -> None:
    def asks(**sync: object) -> Asks:
        (one,) = settings(**sync).directory_syncs
        return Asks(selection_of(one), mapping_of(one, "csv", Form.CONTACT))

    usual = asks()
    assert (usual.groups, usual.members, usual.memberships, usual.photos, usual.manager) == (
        True,
        False,
        False,
        False,
        False,
    )
    assert not asks(groups="none").groups
    assert asks(groups="groups").members
    assert asks(groups="none", include={"groups": ["a@x.example"]}).memberships
    assert asks(fields={"manager": "write"}, photos=True).manager
    for include in ({}, {"kinds": ["room"]}, {"kinds": ["user", "equipment"]}):
        assert asks(include=include).rooms
    for sieves in ({"include": {"kinds": ["user", "group"]}}, {"exclude": {"kinds": ["room", "equipment"]}}):
        assert (asks(**sieves).users, asks(**sieves).rooms) == (True, False)
    assert not asks(include={"kinds": ["group"]}).users
    wants = {"include": {"where": "attr.employeeType == 'x'"}, "values": {"notes": "{attr.division}"}}
    assert asks(**wants).attributes == {"employeeType", "division"}


@pytest.mark.parametrize(
    ("kinds", "rooms", "at_graph", "at_google"),
    [
        ([], True, True, True),
        (["room"], True, True, True),
        (["user"], True, True, False),  # or a room of Microsoft's would be a user
        (["group"], True, False, False),
        ([], False, False, True),
    ],
)
def test_who_is_a_room_is_asked_where_it_matters(
    kinds: list[str], rooms: bool, at_graph: bool, at_google: bool
) -> None:
    (sync,) = settings(include={"kinds": kinds}).directory_syncs
    asks = Asks(selection_of(sync), mapping_of(sync, "csv", Form.CONTACT))
    microsoft = GraphDirectory.model_validate(DIRECTORIES["graph"] | {"rooms": rooms})
    assert asked_of(microsoft, asks).rooms is at_graph
    scopes = wishes_of(GoogleDirectory.model_validate(DIRECTORIES["google"]), asks).scopes
    assert (ROOMS_SCOPE in scopes) is at_google
