"""Tests of console/privacy_checks.py."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from console.configuration import Configuration
from console.privacy_checks import check_ledger, check_rules
from proxy.settings.rules import HoursTable
from tests.proxy.served import configuration

GOOGLE = {"protocol": "google", "service_account": "file:x.json", "subject": "target"}


def _read(**sections: Any) -> Configuration:
    settings = configuration()
    settings["connectors"]["google"] = GOOGLE
    settings["routes"].append({"match": "g.example", "via": "google"})
    return Configuration.model_validate({**settings, **sections})


def _rules(directory: Path, *rules: str) -> list[str]:
    configured = _read(rules=[tomllib.loads(rule) for rule in rules])
    return [f"{found.severity}: {found.key}: {found.what}" for found in check_rules(configured, directory)]


def test_rules_that_are_in_order(tmp_path: Path) -> None:
    (tmp_path / "board.txt").write_text("ann@fabrikam.example\n")
    rules = ('about = ["file:board.txt"]\nbusy_only = true', 'about = ["*"]\nhorizon_ahead = "60d"')
    assert _rules(tmp_path, *rules, 'about = ["fabrikam.example"]\nhours = "own"') == []


def test_group_files_are_read(tmp_path: Path) -> None:
    (tmp_path / "board.txt").write_text("ann@fabrikam.example\nno address\n")
    found = _rules(tmp_path, 'about = ["file:board.txt", "file:gone.txt"]\nsees = "busy"')
    assert found == [
        f"error: rules[1].about: {tmp_path / 'board.txt'}:2: matches nobody",
        f"error: rules[1].about: {tmp_path / 'gone.txt'}: there is no such file",
    ]


def test_rules_about_nobody_are_told(tmp_path: Path) -> None:
    found = _rules(tmp_path, 'about = ["ann@elsewhere.example"]\nbusy_only = true')
    assert found == ["error: rules[1].about: no route leads to ann@elsewhere.example"]


def test_hours_that_nobody_tells_are_told(tmp_path: Path) -> None:
    found = _rules(tmp_path, 'about = ["*"]\nhours = "own"')
    assert found == [
        "warning: rules[1].hours: google tells no working hours, so all time of its people is shown as Busy"
    ]
    settings = _read(rules=[tomllib.loads('about = ["*"]\nhours = "own"')])
    hours = HoursTable.model_validate({"zone": "Europe/Berlin", "from": "08:00", "to": "17:00"})
    google = settings.connectors["google"].model_copy(update={"working_hours": hours})
    written = settings.model_copy(update={"connectors": {**settings.connectors, "google": google}})
    assert list(check_rules(written, tmp_path)) == []


def _ledger(place: Path, **ledger: Any) -> list[str]:
    configured = _read(ledger={"directory": "ledger", **ledger})
    return [f"{found.severity}: {found.key}: {found.what}" for found in check_ledger(configured, place)]


def test_no_ledger_is_worth_a_note(tmp_path: Path) -> None:
    [found] = check_ledger(_read(), tmp_path)
    assert (found.severity, found.key, found.mend) == ("note", "ledger", "write a section [ledger]")


def test_a_ledger_in_order(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("k" * 32)
    assert _ledger(tmp_path) == []
    (tmp_path / "ledger").mkdir(mode=0o700)
    assert _ledger(tmp_path, pseudonyms=True, key="file:key") == []


@pytest.mark.parametrize(("key", "words"), [("tiny", "is shorter than 32 characters"), (None, "there is no file")])
def test_the_key_of_the_pseudonyms(tmp_path: Path, key: str | None, words: str) -> None:
    if key is not None:
        (tmp_path / "key").write_text(key)
    [found] = _ledger(tmp_path, pseudonyms=True, key="file:key")
    assert found.startswith("error: ledger.key: ")
    assert words in found


def test_a_ledger_that_others_read(tmp_path: Path) -> None:
    (tmp_path / "ledger").mkdir()
    (tmp_path / "ledger").chmod(0o755)
    assert _ledger(tmp_path) == ["warning: ledger.directory: others may look into it"]


def test_a_ledger_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert _ledger(tmp_path, directory="file/ledger") == [
        f"error: ledger.directory: nothing can be written to {tmp_path / 'file'}"
    ]
