"""`busyline explain`: every station of the way, and how it ended."""

import json
import re
from pathlib import Path

import pytest

from console.cli import run
from console.explain import answer_words
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
