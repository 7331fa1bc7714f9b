"""`busyline serve` as a process: it says where it listens, answers, and stops when it is told to."""

import json
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

from certs import first_run
from tests.console.conftest import SERVER


def start(path: Path) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "console", "serve", "--config", str(path)]
    return subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def test_listens_answers_and_stops(tmp_path: Path) -> None:
    path = tmp_path / "busyline.toml"
    path.write_text(SERVER, "utf-8")
    with start(path) as process:
        assert process.stderr is not None
        line = json.loads(process.stderr.readline())
        assert line["event"] == "listening"
        with urllib.request.urlopen(f"http://{line['addresses'][0]}/healthz", timeout=10) as response:
            assert response.status == 200
        process.send_signal(signal.SIGTERM)
        rest = [json.loads(text)["event"] for text in process.stderr]
        assert process.wait(20) == 0
    assert rest[-2:] == ["stopping", "stopped"]


def test_an_address_in_use_is_a_sentence_and_1(tmp_path: Path) -> None:
    path = tmp_path / "busyline.toml"
    path.write_text(SERVER, "utf-8")
    with start(path) as first:
        assert first.stderr is not None
        address = json.loads(first.stderr.readline())["addresses"][0]
        path.write_text(SERVER.replace("127.0.0.1:0", address), "utf-8")
        with start(path) as second:
            _, told = second.communicate(timeout=20)
        first.send_signal(signal.SIGINT)
        assert first.wait(20) == 0
    assert second.returncode == 1
    sentence = f"Busyline cannot start: server.listen: {address}: Address already in use; another program listens there"
    assert told.startswith(sentence)
    assert "(" not in told
    assert "Traceback" not in told


def test_sighup_shows_the_new_certificate_at_once(tmp_path: Path) -> None:
    """And what cannot serve is told, while the process goes on."""
    issued = [first_run.issue(tmp_path / name, ["127.0.0.1"]) for name in ("first", "second")]
    chain, key = tmp_path / "chain.pem", tmp_path / "key.pem"
    path = tmp_path / "busyline.toml"
    text = SERVER.replace("http://", "https://").replace('certificate.kind = "none"', _FILES)
    path.write_text(text, "utf-8")
    chain.write_bytes(issued[0].chain.read_bytes())
    key.write_bytes(issued[0].key.read_bytes())
    with start(path) as process:
        assert process.stderr is not None
        assert json.loads(process.stderr.readline())["event"] == "listening"
        key.write_bytes(issued[1].key.read_bytes())
        process.send_signal(signal.SIGHUP)
        refused = json.loads(process.stderr.readline())
        assert refused["event"] == "certificate_refused"
        assert "is not the key of the first certificate" in refused["what"]
        chain.write_bytes(issued[1].chain.read_bytes())
        process.send_signal(signal.SIGHUP)
        assert json.loads(process.stderr.readline())["event"] == "certificate_swapped"
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0


_FILES = 'certificate = { kind = "files", chain = "chain.pem", key = "key.pem" }'
