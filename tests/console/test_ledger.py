"""`busyline ledger`: the table, what one person may ask for, and the exports."""

import csv
import io
import json
import re
import tomllib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from console.cli import run
from protocols.model.freebusy import Answer, Detail, Reason
from proxy.ledger.entry import Name, entry_of, render
from proxy.ledger.pseudonyms import plainly, pseudonyms
from proxy.settings import ProxySettings
from service.secrets import Secret
from tests.proxy.ledger.entries import QUESTION, Caller, known, unknown

KEY = "0123456789abcdef" * 2


def _written(directory: Path, name: Name = plainly) -> None:
    now = datetime.now(UTC)

    def line(days: float, request: str, *answers: Answer, caller: str = "exchange", person: str = "") -> bytes:
        visit = Caller(request, caller=caller, person=person)
        return render(entry_of(now - timedelta(days=days), visit, QUESTION, answers), name)

    lines = [
        line(9, "r-1", known("ann@n.example")),
        line(2, "r-2", known("ann@n.example", Detail.DETAILS), unknown("bob@n.example", Reason.FORBIDDEN)),
        line(1, "r-3", known("=cmd@n.example"), caller="other", person="Ann@N.example"),
    ]
    directory.mkdir()
    (directory / f"ledger-{now.date()}-a.jsonl").write_bytes(b"".join(lines))


@pytest.fixture
def kept(config: Path) -> Path:
    """A configuration with a ledger, and three requests in it."""
    config.write_text(config.read_text("utf-8") + '\n[ledger]\ndirectory = "ledger"\n', "utf-8")
    _written(config.parent / "ledger")
    return config


def _json(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[tuple[str, str, str]]:
    assert run(["ledger", "--json", *arguments]) == 0
    return [(look["request"], look["address"], look["part"]) for look in json.loads(capsys.readouterr().out)]


def test_the_table_is_for_people(kept: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["ledger", "--config", str(kept)]) == 0
    text = capsys.readouterr().out
    heading, *rows = text.splitlines()
    assert heading.split() == ["time", "caller", "by", "address", "saw", "from", "to", "person", "request"]
    when = r"\d{4}-\d\d-\d\d \d\d:\d\d"
    asked = r"2026-11-23 00:00\s+2026-11-25 00:00\s+"
    assert re.fullmatch(rf"{when}\s+exchange\s+ews\s+ann@n\.example\s+details\s+{asked}r-2", rows[1])
    assert re.fullmatch(rf"{when}\s+exchange\s+ews\s+bob@n\.example\s+forbidden\s+{asked}r-2", rows[2])
    assert re.fullmatch(rf"{when}\s+other\s+ews\s+=cmd@n\.example\s+busy\s+{asked}ann@n\.example\s+r-3", rows[3])


def test_the_last_rows_are_shown_and_how_many_there_are(kept: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["ledger", "--last", "1", "--config", str(kept)]) == 0
    assert "the last 1 of 4; --last shows more, --csv and --json all" in capsys.readouterr().out


@pytest.mark.parametrize("spelling", ["ann@n.example", "SMTP:Ann@N.EXAMPLE", " ann@n.example. "])
def test_a_person_in_any_spelling(kept: Path, capsys: pytest.CaptureFixture[str], spelling: str) -> None:
    looked, asked = "looked-at", "asked"
    expected = [("r-1", "ann@n.example", looked), ("r-2", "ann@n.example", looked), ("r-3", "", asked)]
    assert _json(capsys, "--person", spelling, "--config", str(kept)) == expected


def test_a_person_is_told_nothing_of_others(kept: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["ledger", "--person", "ann@n.example", "--config", str(kept)]) == 0
    text = capsys.readouterr().out
    assert "bob@" not in text
    assert "=cmd@" not in text
    assert text.splitlines()[0].split()[-2:] == ["part", "request"]


def test_callers_and_days(kept: Path, capsys: pytest.CaptureFixture[str]) -> None:
    week, day = ("--since", "7d"), ("--since", f"{datetime.now(UTC) - timedelta(days=1):%Y-%m-%d}")
    config = ("--config", str(kept))
    assert [request for request, *_ in _json(capsys, *week, *config)] == ["r-2", "r-2", "r-3"]
    assert [request for request, *_ in _json(capsys, *day, "--caller", "exchange", *config)] == []
    assert [request for request, *_ in _json(capsys, "--caller", "exchange", *config)] == ["r-1", "r-2", "r-2"]


def test_a_person_is_found_behind_pseudonyms(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    section = '\n[ledger]\ndirectory = "ledger"\npseudonyms = true\nkey = "file:key"\n'
    config.write_text(config.read_text("utf-8") + section, "utf-8")
    (config.parent / "key").write_text(KEY)
    name = pseudonyms(Secret(KEY))
    _written(config.parent / "ledger", name)
    found = _json(capsys, "--person", "BOB@n.example", "--config", str(config))
    assert found == [("r-2", name("bob@n.example"), "looked-at")]


@pytest.mark.parametrize("name", [plainly, pseudonyms(Secret(KEY))], ids=["plain", "pseudonyms"])
def test_a_person_is_found_by_every_name(config: Path, capsys: pytest.CaptureFixture[str], name: Name) -> None:
    section = '[ledger]\ndirectory = "ledger"\n'
    section += "" if name is plainly else 'pseudonyms = true\nkey = "file:key"\n'
    aliases = '[[aliases]]\ndomain = "n.example"\nof = "real.example"\n'
    config.write_text(config.read_text("utf-8").replace('"n.example"', '"real.example"') + aliases + section, "utf-8")
    (config.parent / "key").write_text(KEY)
    _written(config.parent / "ledger", name)
    assert run(["ledger", "--json", "--person", "bob@real.example", "--config", str(config)]) == 0
    told = capsys.readouterr()
    [look] = json.loads(told.out)
    assert (look["request"], look["address"]) == ("r-2", name("bob@n.example"))
    assert "note: looked for as well: bob@n.example" in told.err


@pytest.mark.parametrize("section", ['pseudonyms = true\nkey = "file:key"\n', ""], ids=["another key", "no key"])
def test_that_nothing_was_found_is_not_said_of_what_cannot_be_searched(
    config: Path, capsys: pytest.CaptureFixture[str], section: str
) -> None:
    config.write_text(config.read_text("utf-8") + f'\n[ledger]\ndirectory = "ledger"\n{section}', "utf-8")
    (config.parent / "key").write_text(KEY[::-1] + "another")
    _written(config.parent / "ledger", pseudonyms(Secret(KEY)))
    assert run(["ledger", "--person", "bob@n.example", "--config", str(config)]) == 1
    told = capsys.readouterr()
    assert "nobody can tell whether they concern bob@n.example" in " ".join(told.err.split())
    assert "nothing is written down" not in told.out


def test_csv_for_spreadsheets_without_formulas(kept: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    assert run(["ledger", "--csv", str(out), "--config", str(kept)]) == 0
    assert out.stat().st_mode & 0o777 == 0o600
    rows = list(csv.DictReader(io.StringIO(out.read_text("utf-8"))))
    assert [row["address"] for row in rows] == ["ann@n.example", "ann@n.example", "bob@n.example", "'=cmd@n.example"]
    assert run(["ledger", "--csv", str(out), "--config", str(kept)]) == 2
    assert "is there already" in capsys.readouterr().err
    assert run(["ledger", "--csv", "-", "--config", str(kept)]) == 0
    assert capsys.readouterr().out.splitlines() == out.read_text("utf-8").splitlines()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--since", "yesterday"], '--since "yesterday": write "7d"'),
        (["--person", "ann"], '--person "ann" is no e-mail address: write it alone'),
        (["--person", "Ann <ann@n.example>"], '--person "Ann <ann@n.example>" is no e-mail address: write it alone'),
        (["--person", "ann@n.example, bob@n.example"], "is no e-mail address: write it alone"),
        (["--json", "--csv", "x"], "not both"),
    ],
)
def test_wrong_usage(kept: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], words: str) -> None:
    assert run(["ledger", *arguments, "--config", str(kept)]) == 2
    assert words in capsys.readouterr().err


@pytest.mark.parametrize("place", ["missing/out.csv", "ledger/ledger.jsonl/out.csv", "."])
def test_a_file_that_cannot_be_made_is_wrong_usage(kept: Path, capsys: pytest.CaptureFixture[str], place: str) -> None:
    (kept.parent / "ledger" / "ledger.jsonl").touch()
    out = kept.parent / place
    assert run(["ledger", "--csv", str(out), "--config", str(kept)]) == 2
    told = capsys.readouterr().err
    assert str(out) in told
    assert "nothing has been written yet" not in told
    assert "fault of Busyline" not in told


def test_a_caller_that_the_settings_do_not_know_is_noted(kept: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["ledger", "--caller", "other", "--config", str(kept)]) == 0, "it may be one of the past"
    told = capsys.readouterr()
    assert "r-3" in told.out
    assert told.err.startswith('note: no caller is named "other" in the settings now: ')
    known = ProxySettings.model_validate(tomllib.loads(kept.read_text("utf-8"))).callers[0].name
    assert run(["ledger", "--caller", known[:-1], "--json", "--config", str(kept)]) == 0
    told = capsys.readouterr()
    assert f"did you mean {known}?" in told.err
    assert json.loads(told.out) == []
    assert run(["ledger", "--caller", known, "--config", str(kept)]) == 0
    assert capsys.readouterr().err == ""


def test_what_stands_in_the_place_of_the_ledger_is_told(kept: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ledger = kept.parent / "ledger"
    (ledger / "ledger-2026-11-01-a.jsonl").mkdir()
    assert run(["ledger", "--config", str(kept)]) == 1
    assert "ledger-2026-11-01-a.jsonl is a directory, not a file of the ledger" in capsys.readouterr().err
    ledger.rename(kept.parent / "elsewhere")
    ledger.touch()
    assert run(["ledger", "--config", str(kept)]) == 1
    assert f"{ledger} is no directory: name one" in capsys.readouterr().err


def test_no_ledger_is_said_in_words(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["ledger", "--config", str(config)]) == 1
    assert 'no ledger is kept: write a section [ledger] with directory = "ledger"' in capsys.readouterr().err


def test_an_empty_ledger_is_said_in_words(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config.write_text(config.read_text("utf-8") + '\n[ledger]\ndirectory = "ledger"\n', "utf-8")
    assert run(["ledger", "--config", str(config)]) == 1
    assert "is not there: nothing has been written yet" in capsys.readouterr().err
    (config.parent / "ledger").mkdir()
    assert run(["ledger", "--person", "ann@n.example", "--config", str(config)]) == 0
    assert capsys.readouterr().out == "nothing is written down about ann@n.example in this time\n"


def test_lines_that_cannot_be_read_are_told_after_the_others(kept: Path, capsys: pytest.CaptureFixture[str]) -> None:
    [path] = (kept.parent / "ledger").iterdir()
    path.write_bytes(path.read_bytes() + b'{"v":1,"time"')
    assert run(["ledger", "--config", str(kept)]) == 1
    told = capsys.readouterr()
    assert "bob@n.example" in told.out
    assert "1 lines cannot be read" in told.err
