"""`busyline replay`: what it prints of each request, and how it ends."""

import json
from pathlib import Path

import orjson
import pytest

from console.cli import run
from proxy.capture.journal import entry
from proxy.capture.pseudonyms import Pseudonyms
from tests.proxy.capture.samples import HEADER, heard
from tests.proxy.served import question

_FAULT = question("frieda@fabrikam.example", view="None")


@pytest.fixture
def capture(tmp_path: Path) -> Path:
    """One request that nobody let in, one whose answer is not ours, and one that is refused as ever."""
    lines: list[object] = [HEADER.as_json()]
    for number, one in enumerate(
        (
            heard(status=401, outcome="challenged", body=None, operation=""),
            heard(),
            heard(body=_FAULT, status=500, outcome="invalid-view", answer=b"The request"),
        )
    ):
        lines.append(entry(one, Pseudonyms(b"k"), HEADER, number, "busy.example.com"))
    path = tmp_path / "capture.jsonl"
    path.write_bytes(b"\n".join(map(orjson.dumps, lines)) + b"\n")
    return path


def test_each_request_has_its_verdict(capture: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["replay", str(capture)]) == 1
    told = capsys.readouterr().out.splitlines()
    assert told == [
        "capture.jsonl:2: POST /EWS/Exchange.asmx: not replayed: nobody was let in",
        "capture.jsonl:3: GetUserAvailabilityRequest: cannot be read: "
        "the captured answer: no SOAP envelope with a Body",
        "capture.jsonl:4: GetUserAvailabilityRequest: same: its answer was not kept, and is not compared",
        "1 same, 1 cannot be read, 1 not replayed",
    ]


def test_json(capture: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["replay", str(capture), "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert [one["verdict"] for one in told] == ["not replayed", "cannot be read", "same"]
    assert told[0] == {
        "line": 2,
        "what": "POST /EWS/Exchange.asmx",
        "verdict": "not replayed",
        "words": "nobody was let in",
    }


def test_a_capture_without_requests_is_in_order(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "capture.jsonl"
    path.write_bytes(orjson.dumps(HEADER.as_json()) + b"\n")
    assert run(["replay", str(path)]) == 0
    assert "the capture holds no request" in capsys.readouterr().out


def test_a_sample_is_the_body_alone(capture: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["replay", str(capture), "--sample", "4"]) == 0
    assert capsys.readouterr().out.startswith("<soap:Envelope")
    assert run(["replay", str(capture), "--sample", "2"]) == 2
    assert "line 2 has no request whose body was kept" in capsys.readouterr().err


def test_a_manner_of_the_configuration(capture: Path, config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["replay", str(capture), "--as", "exchange", "--config", str(config)]) == 1
    assert run(["replay", str(capture), "--as", "exchnge", "--config", str(config)]) == 2
    assert "did you mean exchange?" in capsys.readouterr().err


def test_what_is_no_capture_is_wrong_usage(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["replay", str(tmp_path / "none.jsonl")]) == 2
    assert "cannot be read: No such file or directory" in capsys.readouterr().err
    (tmp_path / "x").write_text("hello")
    assert run(["replay", str(tmp_path / "x")]) == 2
    assert "x:1: is no line of a capture" in capsys.readouterr().err


def _changed(capture: Path, **changed: object) -> Path:
    lines = [orjson.loads(line) for line in capture.read_bytes().splitlines()]
    lines[2] |= changed
    capture.write_bytes(b"".join(orjson.dumps(line) + b"\n" for line in lines))
    return capture


@pytest.mark.parametrize("options", [[], ["--json"]], ids=str)
def test_controls_never_reach_the_terminal(
    capture: Path, capsys: pytest.CaptureFixture[str], options: list[str]
) -> None:
    assert run(["replay", str(_changed(capture, operation="\x1b[2J\x9b\u202e")), *options]) == 1
    told = capsys.readouterr().out
    assert not {"\x1b", "\x9b", "\u202e"} & set(told)
    assert "x1b[2J" in told


def test_a_sample_keeps_its_lines_and_no_controls(capture: Path, capsys: pytest.CaptureFixture[str]) -> None:
    changed = _changed(capture, body={"text": "<a>\r\n\x1b</a>", "size": 5})
    assert run(["replay", str(changed), "--sample", "3"]) == 0
    assert capsys.readouterr().out == "<a>\r\n\\x1b</a>\n"


@pytest.mark.parametrize(
    "changed",
    [{"front": ["ews"]}, {"body": {"text": 5}}, {"body": {"text": "x", "encoding": "x"}}, {"method": "\x1b[2J"}],
    ids=str,
)
def test_what_is_no_line_is_said_in_words(
    capture: Path, capsys: pytest.CaptureFixture[str], changed: dict[str, object]
) -> None:
    assert run(["replay", str(_changed(capture, **changed))]) == 2
    told = capsys.readouterr().err
    assert "capture.jsonl:3: is no line of a capture" in told
    assert "fault of Busyline" not in told


def test_a_path_that_is_none_cannot_be_read_and_the_rest_can(capture: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["replay", str(_changed(capture, path="//[", answer={"status": 500, "body": {}}))]) == 1
    told = capsys.readouterr().out
    assert "capture.jsonl:3: GetUserAvailabilityRequest: cannot be read: it makes no sense: ValueError" in told
    assert "capture.jsonl:4" in told


def test_half_a_line_is_left_out_and_said(capture: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with capture.open("ab") as file:
        file.write(b'{"n":4,"at"')
    assert run(["replay", str(capture)]) == 1
    told = capsys.readouterr()
    assert "its last line is broken off, and is left out" in told.err
    assert len(told.out.splitlines()) == 4
