"""`busyline lookup`: what it prints, and how it ends where nothing is known."""

import json
from pathlib import Path

import pytest

from console.cli import run


def test_a_peer_that_is_down_is_no_data_and_1(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["lookup", "ann@n.example", "not-an-address", "--json", "--config", str(config)]) == 1
    answers = json.loads(capsys.readouterr().out)
    assert [(answer["address"], answer["reason"]) for answer in answers] == [
        ("ann@n.example", "unreachable"),
        ("not-an-address", "invalid-address"),
    ]


def test_url_wants_a_user_name_and_a_reference(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["lookup", "a@n.example", "--url", "https://127.0.0.1:1/"]) == 2
    arguments = ["lookup", "a@n.example", "--url", "https://127.0.0.1:1/", "--username", "u", "--password", "plain"]
    assert run(arguments) == 2
    assert 'a secret is never written here: write "env:NAME" or "file:path"' in capsys.readouterr().err


def test_an_unknown_zone_is_2(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["lookup", "a@n.example", "--zone", "Berlin"]) == 2
    assert '"Berlin" is no zone: write for example Europe/Berlin' in capsys.readouterr().err
