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


@pytest.mark.parametrize(
    "url", ["http://busy.example.com/EWS/Exchange.asmx", "http://10.0.0.1/", "ftp://localhost/", "u"]
)
def test_a_password_travels_in_the_clear_on_this_machine_only(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["lookup", "a@n.example", "--url", url, "--username", "u", "--password", "env:BUSYLINE_TEST_PASSWORD"]
    assert run(arguments) == 2  # before the password is looked for
    told = capsys.readouterr().err
    assert f'--url "{url}": not an https address' in told
    assert "to other machines a password travels by https only" in told


def test_http_on_this_machine_is_asked(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert config.exists()  # and with it the password
    for host in ("localhost", "127.0.0.1", "[::1]"):
        url = f"http://{host}:9/EWS/Exchange.asmx"
        arguments = ["lookup", "a@n.example", "--url", url, "--username", "u"]
        assert run([*arguments, "--password", "env:BUSYLINE_TEST_PASSWORD"]) == 1
        assert f"{url}: the calendar system cannot be reached" in capsys.readouterr().err


def test_a_secret_of_another_connector_is_not_missed(
    config: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    own = '[connectors.own]\nprotocol = "ews"\n'
    text = config.read_text("utf-8")
    before, _, after = text.partition(own)
    after = after.replace("env:BUSYLINE_TEST_PASSWORD", "env:BUSYLINE_TEST_MISSING", 1)
    config.write_text(before + own + after, "utf-8")
    monkeypatch.delenv("BUSYLINE_TEST_MISSING", raising=False)
    assert run(["lookup", "ann@n.example", "bob@own.example", "--json", "--config", str(config)]) == 1
    answers = json.loads(capsys.readouterr().out)
    assert [answer["reason"] for answer in answers] == ["unreachable", "forbidden"]


def test_an_unknown_zone_is_2(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["lookup", "a@n.example", "--zone", "Berlin"]) == 2
    assert '"Berlin" is no zone: write for example Europe/Berlin' in capsys.readouterr().err
