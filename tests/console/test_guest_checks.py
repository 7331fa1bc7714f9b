"""Tests of console/guest_checks.py."""

from typing import Any

import pytest

from console.configuration import Configuration
from console.gal_checks import check_gal
from console.guest_checks import check_guests
from tests.galsync.settings.estate import DIRECTORIES
from tests.proxy.served import configuration

SYNC = {"name": "staff", "from": ["csv"], "to": "graph", "as": "guest"}


def _configured(shown_by: str, **online: Any) -> Configuration:
    directories = {name: DIRECTORIES[name] for name in ("csv", "graph", "script", "online")}
    directories["online"] = directories["online"] | online
    directories["graph"] = directories["graph"] | ({"shown_by": shown_by} if shown_by else {})
    written = configuration() | {"directories": directories, "directory_syncs": [SYNC]}
    return Configuration.model_validate(written)


def _told(read: Configuration) -> list[tuple[str, str]]:
    target: Any = read.directories["graph"]
    found = check_guests("directory_syncs[1]", read.directory_syncs[0], target, read.directories)
    return [(each.severity, each.key) for each in found]


NOTE = ("note", "directory_syncs[1].as")


def test_guests_that_nothing_shows() -> None:
    assert _told(_configured("")) == [NOTE, ("warning", "directories.graph")]


@pytest.mark.parametrize("by", ["script", "online"])
def test_guests_that_are_shown(by: str) -> None:
    assert _told(_configured(by)) == [NOTE]


def test_another_tenant() -> None:
    assert _told(_configured("online", tenant="other.example"))[1] == ("warning", "directories.graph.shown_by")
    assert _told(_configured("online", tenant="Contoso.Example")) == [NOTE]


def test_who_shows_guests_is_used(tmp_path: Any) -> None:
    unused = {each.key for each in check_gal(_configured("script"), tmp_path) if "no sync reads" in each.what}
    assert unused == {"directories.online"}
