"""Tests of console/person_checks.py."""

from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest

from console.configuration import Configuration
from console.findings import Finding
from console.person_checks import check_persons
from service.connections import FOLDER, Connection, Connections
from service.secrets import Secret
from tests.galsync.settings.estate import DIRECTORIES
from tests.proxy.served import configuration

BOOKS: Final = {
    "jack": DIRECTORIES["account"],
    "shared": DIRECTORIES["export"] | {"person": True, "secret": None},
    "ours": DIRECTORIES["export"],
}
KEPT: Final = {
    "jack": Connection(client_id="desktop", account="jack@northwind.example", refresh=Secret("r")),
    "shared": Connection(client_id="c", account="Export@Tailspin.example", refresh=Secret("r")),
}


def _found(directory: Path) -> list[Finding]:
    read = Configuration.model_validate(configuration() | {"directories": BOOKS})
    return list(check_persons(read, directory))


@pytest.fixture
def signed_in(tmp_path: Path) -> Path:
    """Everybody has."""
    for name, kept in KEPT.items():
        Connections.at(tmp_path).save(name, kept)
    return tmp_path


def test_nobody_has_signed_in(tmp_path: Path) -> None:
    told = [(each.severity, each.key, each.what, each.mend) for each in _found(tmp_path)]
    assert told == [
        ("error", f"directories.{name}", f"nobody has signed in for {name}", f"run: busyline connect {name}")
        for name in ("jack", "shared")
    ]


def test_everybody_has(signed_in: Path) -> None:
    assert _found(signed_in) == []


def test_who_did_not_say_who_they_are_has_to_sign_in_again(signed_in: Path) -> None:
    Connections.at(signed_in).save("shared", replace(KEPT["shared"], account=""))
    (told,) = _found(signed_in)
    assert (told.severity, told.what) == ("error", "nobody knows who has signed in for shared")
    assert told.mend == "run: busyline connect shared"


@pytest.mark.parametrize("name", KEPT)
def test_through_another_application(name: str, signed_in: Path) -> None:
    Connections.at(signed_in).save(name, replace(KEPT[name], client_id="another"))
    (told,) = _found(signed_in)
    assert "through another application" in told.what
    assert (told.severity, told.mend) == ("error", f"run: busyline connect {name}")


@pytest.mark.parametrize(("name", "what"), [("jack", "account"), ("shared", "mailbox")])
def test_as_somebody_else(name: str, what: str, signed_in: Path) -> None:
    Connections.at(signed_in).save(name, replace(KEPT[name], account="eve@x.example"))
    (told,) = _found(signed_in)
    assert told.key == f"directories.{name}.{what}"
    assert told.what.startswith(f"eve@x.example has signed in for {name}, and the {what} is ")


def test_what_does_not_open(signed_in: Path) -> None:
    path = signed_in / FOLDER / "jack.connection"
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    assert [each.what for each in _found(signed_in)] == ["what jack was allowed does not open with the key"]
    (signed_in / "connections.key").unlink()
    told = _found(signed_in)
    assert all(each.mend.startswith("mend that, and run: busyline connect") for each in told)
    assert len(told) == 2
