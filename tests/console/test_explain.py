"""`busyline explain`: every station of the way, and how it ended."""

import json
import re
from pathlib import Path

import pytest

from console.cli import run
from console.hops import answer_words
from protocols.model.freebusy import Reason, Unavailable


def test_explain_names_every_station(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["explain", "ann@n.example", "--json", "--config", str(config)]) == 1
    stations = {station["name"]: station["words"] for station in json.loads(capsys.readouterr().out)}
    assert list(stations) == ["question", "route", "policy", "connector", "frame", "first", "answer"]
    assert stations["route"] == '[[routes]] match = "n.example" leads to n'
    assert stations["connector"] == "n, by ews, at most 1 s"
    assert stations["first"].startswith("this process's cache is empty, the running server's may answer sooner; 1 call")
    assert stations["answer"].startswith("no data: the calendar system cannot be reached (")
    assert stations["answer"].endswith("; callers get ErrorProxyRequestProcessingFailed [unreachable]")


def test_the_code_is_the_one_that_travels() -> None:
    answer = Unavailable(mailbox=None, reason=Reason.NO_SUCH_MAILBOX, detail="ErrorMailRecipientNotFound")
    words = "no data: the calendar system knows no such mailbox; callers get ErrorNoFreeBusyAccess [no-such-mailbox]"
    assert answer_words(answer) == words


def test_another_day_is_asked_about(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["explain", "ann@n.example", "--from", "2030-05-14", "--config", str(config)]) == 1
    assert re.search(r"question: .* for exchange, 1[345] May 2030 ", capsys.readouterr().out)


def test_explain_says_what_the_policy_refuses(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["explain", "bob@elsewhere.example", "--config", str(config)]) == 1
    text = capsys.readouterr().out
    assert "policy:    refused: no entry of may_ask fits this mailbox" in text
    assert "may_ask of this caller does not name this address" in text


def test_explain_names_the_rules_with_their_lines(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (config.parent / "board.txt").write_text("Ann@N.example\n")
    rules = '[[rules]]\nabout = ["*"]\nhorizon_ahead = "30d"\n[[rules]]\nabout = ["file:board.txt"]\nbusy_only = true\n'
    config.write_text(config.read_text("utf-8") + rules, "utf-8")
    lines = config.read_text("utf-8").splitlines()
    wide, board = (number for number, line in enumerate(lines, 1) if line == "[[rules]]")
    assert run(["explain", "ann@n.example", "--config", str(config)]) == 1
    text = capsys.readouterr().out
    assert (
        "policy:    allowed: may_ask n.example allows it; of a person this caller sees busy, as rules[2] says\n" in text
    )
    assert (
        f"rule:      [[rules]] number 2 (line {board}), about file:board.txt: nobody ever sees more than busy\n" in text
    )
    assert f"rule:      [[rules]] number 1 (line {wide}), about *: time more than 30 whole UTC days ahead" in text
    assert run(["explain", "ann@n.example", "--json", "--config", str(config)]) == 1
    [facts] = [station["facts"] for station in json.loads(capsys.readouterr().out) if station["name"] == "policy"]
    assert (facts["allowed"], facts["sees"], facts["may_ask"]) == (True, "busy", "n.example")
    assert [(rule["rule"], rule["line"], rule["key"]) for rule in facts["rules"]] == [
        (2, board, "busy_only"),
        (1, wide, "horizon_ahead"),
    ]
    assert facts["hidden"]["shown_from"] is None


def test_explain_tells_where_a_group_file_is_wrong(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (config.parent / "board.txt").write_text("ann@n.example\n# board\n\nno address\n")
    text = config.read_text("utf-8") + '[[rules]]\nabout = ["file:board.txt"]\nbusy_only = true\n'
    config.write_text(text, "utf-8")
    assert run(["explain", "ann@n.example", "--config", str(config)]) == 1
    assert f"{config.parent / 'board.txt'}:4: matches nobody" in capsys.readouterr().err


SEVERAL = '[[routes]]\nmatch = "both.example"\nvia = ["own", "n"]\ncombine = "union"\n'


def _stations(config: Path, capsys: pytest.CaptureFixture[str], address: str) -> list[tuple[str, str]]:
    assert run(["explain", address, "--json", "--config", str(config)]) == 1
    return [(station["name"], station["words"]) for station in json.loads(capsys.readouterr().out)]


def test_explain_names_who_failed_and_who_is_never_asked(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = config.read_text("utf-8").replace('may_ask = ["n.example"]', 'may_ask = ["*"]')
    config.write_text(text + SEVERAL, "utf-8")
    found = _stations(config, capsys, "ann@both.example")
    told = [words for name, words in found if name in {"connector", "part"}]
    assert told == [
        "own is not asked for exchange: never_via names it",
        "n, by ews, at most 1 s",
        "own: the route leads back to the caller's own system (never_via) [loop]",
        "n: cannot be reached [unreachable]",
    ]
    assert "n cannot be reached" in dict(found)["answer"]
    found = _stations(config, capsys, "ann@own.example")
    assert ("connector", "own is not asked for exchange: never_via names it") in found
    assert "frame" not in dict(found)


MOVE = '[[aliases]]\ndomain = "nn.example"\nof = "n.example"\n'
MOVE += '[[moves]]\nname = "pilot"\nfrom = "n"\nto = "own"\npeople = "file:moved.csv"\n'


@pytest.mark.parametrize("when", ["2026-11-01", "2999-01-01"])
def test_explain_tells_of_a_move_once(config: Path, capsys: pytest.CaptureFixture[str], when: str) -> None:
    (config.parent / "moved.csv").write_text(f"ann@n.example,{when}\n", "utf-8")
    text = config.read_text("utf-8").replace('may_ask = ["n.example"]', 'may_ask = ["*"]')
    config.write_text(text.replace('never_via = ["own"]', "never_via = []") + MOVE, "utf-8")
    for address, alias in (("ann@n.example", ""), ("ann@nn.example", "[[aliases]]: nn.example is n.example; ")):
        found = dict(_stations(config, capsys, address))
        assert found["route"].startswith(f"{alias}leads to ")
        assert "[[moves]]" not in found["route"]
        assert "[[routes]]" not in found["route"]
        assert found["move"].startswith('[[moves]] "pilot": from n to own')


def test_explain_tells_that_nobody_knows_who_moved(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config.write_text(config.read_text("utf-8") + MOVE.replace("file:moved.csv", "ask"), "utf-8")
    found = dict(_stations(config, capsys, "ann@n.example"))
    assert found["route"] == "leads to n and own; both are joined, at least one must know the mailbox"
    assert found["move"].endswith("nobody says who has moved, so both are asked")
