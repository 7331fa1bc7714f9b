"""Tests of console/directory_checks.py."""

from pathlib import Path
from typing import Any

import pytest

from console.configuration import Configuration
from console.directory_checks import check_directories
from tests.proxy.served import configuration

_RULE = {"about": ["board@fabrikam.example"], "horizon_ahead": "7d"}


def _found(tmp_path: Path, **keys: Any) -> list[str]:
    settings = Configuration.model_validate({**configuration(), **keys})
    return [str(finding) for finding in check_directories(settings, tmp_path)]


def _connectors(directory: dict[str, Any] | None, name: str = "fabrikam") -> dict[str, Any]:
    one = configuration()["connectors"]["fabrikam"]
    return {"fabrikam": one, name: {**one, "directory": directory}}


def test_nothing_where_there_is_nothing(tmp_path: Path) -> None:
    (tmp_path / "team.txt").write_text("ann@fabrikam.example\n", "utf-8")
    group = {"address": "team@fabrikam.example", "members": "file:team.txt"}
    assert _found(tmp_path, groups=[group], rules=[{"about": ["*"], "sees": "busy"}]) == []
    assert _found(tmp_path, connectors=_connectors({}), rules=[_RULE]) == []


_BOTH = [{"match": "fabrikam.example", "via": ["fabrikam", "other"], "combine": "union"}]
_MOVING = {"name": "one", "from": "fabrikam", "to": "other", "people": "ask"}


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        (
            {"connectors": _connectors({}, "other"), "routes": _BOTH},
            ["warning: connectors.fabrikam: other has a directory", "write [connectors.fabrikam.directory]"],
        ),
        (
            {
                "connectors": _connectors({}, "other"),
                "routes": [{"match": f"{name}.example", "via": name} for name in ("fabrikam", "other")],
                "moves": [_MOVING],
            },
            ["warning: connectors.fabrikam: other has a directory"],
        ),
        (
            {"groups": [{"address": "a@b.example", "members": "file:none.txt"}]},
            ["error: groups[1].members: ", "there is no such file"],
        ),
        (
            {"room_lists": [{"name": "x", "address": "a@b.example", "rooms": "file:none.txt"}]},
            ["error: room_lists[1].rooms: ", "put it there"],
        ),
        (
            {"groups": [{"address": "a@b.example", "members": ["A@b.example", "a@b.example"]}]},
            ["warning: groups[1].members: a@b.example lists itself alone", "write who is in it"],
        ),
        ({"connectors": _connectors({}, "other")}, ["warning: connectors.other.directory: no route", "write a route"]),
        ({"rules": [_RULE]}, ["note: connectors.fabrikam: it expands groups by itself", "[connectors.fabrikam.dir"]),
        ({"rules": [_RULE], "connectors": _connectors({"groups": []})}, ["note: connectors.fabrikam: it expands"]),
    ],
)
def test_what_is_found(tmp_path: Path, keys: dict[str, Any], words: list[str]) -> None:
    (finding,) = _found(tmp_path, **keys)
    for each in words:
        assert each in finding
