"""`busyline check`: in order, or every problem by its key."""

import json
from pathlib import Path

import pytest

from console.cli import run
from console.example import example


def test_check_finds_all_in_order(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check", "--config", str(config)]) == 0
    assert capsys.readouterr().out.endswith("2 connectors, 2 routes, 1 caller: all in order\n")


def test_check_asks_nobody_where_no_hub_has_a_mailbox(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check", "--ask", "--config", str(config)]) == 0
    assert capsys.readouterr().out.endswith("2 connectors, 2 routes, 1 caller: all in order\n")


def test_check_tells_where_rooms_would_show_who_booked_them(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config.write_text(config.read_text("utf-8").replace("may_ask", 'sees = "details"\nmay_ask'), "utf-8")
    assert run(["check", "--config", str(config)]) == 0
    line = config.read_text("utf-8").splitlines().index('sees = "details"') + 1
    expected = f"warning: {config}:{line}: callers[1].sees (\"exchange\"): rooms' subjects are organisers' names"
    assert expected in capsys.readouterr().out


def test_check_names_file_line_and_name_for_programs_too(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config.write_text(config.read_text("utf-8").replace('"file:hash"', '"file:."'), "utf-8")
    assert run(["check", "--json", "--config", str(config)]) == 1
    (finding,) = (found for found in json.loads(capsys.readouterr().out) if found["severity"] != "note")
    line = next(n for n, text in enumerate(config.read_text("utf-8").splitlines(), 1) if "file:." in text)
    assert (finding["file"], finding["line"], finding["name"]) == (str(config), line, "exchange")
    assert finding["what"].endswith("cannot be read: Is a directory")
    assert finding["mend"] == "write the path of a file that Busyline may read"


def test_check_names_every_missing_secret_of_the_example(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "busyline.toml"
    path.write_text(example(), "utf-8")
    assert run(["check", "--json", "--config", str(path)]) == 1
    found = {finding["key"] for finding in json.loads(capsys.readouterr().out) if finding["severity"] == "error"}
    assert found == {
        "server.certificate",
        "connectors.contoso.certificate",
        "connectors.northwind.service_account",
        "connectors.fabrikam.auth.password",
        "callers[1].basic.password",
        "callers[2].basic.password",
        "callers[3].basic.password",
    }


def test_check_notes_that_no_ledger_is_kept_and_finds_all_in_order(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["check", "--config", str(config)]) == 0
    noted = capsys.readouterr().out
    assert f"note: {config}:1: ledger: none is kept" in noted
    assert noted.endswith("all in order\n")


def test_check_names_the_line_of_a_rule(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rule = '[[rules]]\nabout = ["file:gone.txt"]\nbusy_only = true\n'
    config.write_text(config.read_text("utf-8") + rule, "utf-8")
    assert run(["check", "--config", str(config)]) == 1
    line = next(n for n, text in enumerate(config.read_text("utf-8").splitlines(), 1) if "gone.txt" in text)
    assert f"error: {config}:{line}: rules[1].about: {config.parent / 'gone.txt'}: there is" in capsys.readouterr().out


def test_a_configuration_that_cannot_be_read_is_told_to_programs_too(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "busyline.toml"
    for text, line, key in (("[server]\nlistn = 1\n", 2, "server.listn"), ("[server\n", 1, "")):
        path.write_text(text, "utf-8")
        assert run(["check", "--json", "--config", str(path)]) == 1
        shown = capsys.readouterr()
        assert shown.err == ""
        found = {each["key"]: each for each in json.loads(shown.out)}[key]
        assert (found["severity"], found["file"], found["line"]) == ("error", str(path), line)
        assert found["what"]
    assert run(["check", "--json", "--config", str(tmp_path / "none.toml")]) == 1
    assert json.loads(capsys.readouterr().out)[0]["what"] == "there is no such file"


def test_warnings_are_counted_in_the_verdict(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config.write_text(config.read_text("utf-8").replace("may_ask", 'sees = "details"\nmay_ask'), "utf-8")
    assert run(["check", "--config", str(config)]) == 0
    assert capsys.readouterr().out.endswith(": in order, 1 warning\n")


def test_a_configuration_of_address_books_alone_is_not_asked_for_routes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "hr.csv").write_text("address\n")
    path = tmp_path / "busyline.toml"
    path.write_text(
        '[server]\npublic_url = "http://127.0.0.1:1"\ncertificate.kind = "none"\n'
        '[directories.hr]\nprotocol = "csv"\npath = "hr.csv"\n'
        '[directories.list]\nprotocol = "csv"\npath = "list.csv"\n'
        '[[directory_syncs]]\nname = "staff"\nfrom = "hr"\nto = "list"\n'
    )
    assert run(["check", "--config", str(path)]) == 0
    assert capsys.readouterr().out == "1 directory sync: all in order\n"
