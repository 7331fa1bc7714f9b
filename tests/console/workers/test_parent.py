"""`busyline serve --workers 2` as processes: one service, whatever becomes of a worker, and whoever is replaced."""

import http.client
import json
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.error
from base64 import b64encode
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from certs import first_run
from proxy.auth.passwords import hash_password
from tests.console.workers.serving import SERVER, Serving, begun, got, killed, lives, serving, state


@pytest.fixture
def path(tmp_path: Path) -> Path:
    written = tmp_path / "busyline.toml"
    written.write_text(SERVER, "utf-8")
    return written


def eventually(true: Callable[[], bool]) -> bool:
    """Whether it becomes true while one waits."""
    end = time.monotonic() + 60
    while not true():
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


class Asking:
    """Asks without a pause, each question on a connection of its own and in turn on one that is kept."""

    def __init__(self, address: str) -> None:
        self._address, self._stop = address, threading.Event()
        self.answered = 0
        self.failed: list[str] = []
        self._threads = [threading.Thread(target=self._ask, args=(keep,), daemon=True) for keep in (True, False)]

    def __enter__(self) -> "Asking":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join(60)

    def _ask(self, keep: bool) -> None:
        connection = http.client.HTTPConnection(self._address, timeout=30)
        while not self._stop.is_set():
            try:
                connection.request("GET", "/healthz")
                response = connection.getresponse()
                if response.status != 200 or response.read() != b"ok\n":
                    self.failed.append(f"HTTP {response.status}")
                self.answered += 1
                if not keep:
                    connection.close()
            except (OSError, http.client.HTTPException) as error:
                self.failed.append(f"{type(error).__name__}: {error} (kept: {keep})")
                connection.close()
        connection.close()


class Waiting:
    """One question on a connection of its own, which the system has let in; nobody need have taken it up yet."""

    def __init__(self, address: str) -> None:
        self._connection = http.client.HTTPConnection(address, timeout=60)
        self._connection.request("GET", "/healthz")

    def answered(self) -> bool:
        """Wait for the answer; whether it is one."""
        try:
            return self._connection.getresponse().read() == b"ok\n"
        except (OSError, http.client.HTTPException):
            return False
        finally:
            self._connection.close()


def test_two_serve_as_one_and_a_dead_one_is_started_again(path: Path) -> None:
    with serving(path) as server:
        first, second = server.workers
        for _ in range(20):
            assert server.get("/healthz") == b"ok\n"
        asked = {"front": "health", "outcome": "answered"}
        assert server.number("busyline_requests_total", **asked) == 20
        assert server.number("busyline_request_seconds_count", front="health") == 20
        assert server.number("busyline_workers") == 2
        assert server.number("process_resident_memory_bytes", worker="2") > 1_000_000
        killed(first)
        told = server.until("worker_ended")
        assert (told["number"], told["pid"], told["what"]) == (1, first, "was ended by SIGKILL")
        assert server.number("busyline_requests_total", **asked) == 20  # a worker that is gone has counted all the same
        assert server.get("/healthz") == b"ok\n"  # the other one serves meanwhile
        assert server.until("worker_started", number=1)["pid"] not in (first, second)
        assert server.number("busyline_worker_restarts_total") == 1
        assert server.number("busyline_requests_total", **asked) == 21
        assert server.ended() == 0
        assert server.events[-1]["event"] == "stopped"
        assert {each.get("worker") for each in server.events if each["event"] == "stopping"} == {None, 1, 2}
    assert not lives(second)


def test_workers_are_replaced_one_by_one_without_a_question_lost(path: Path) -> None:
    with serving(path) as server, Asking(server.addresses[0]) as asking:
        before, workers = 0, server.workers
        for _ in range(3):
            server.send(signal.SIGUSR1)
            told = server.until("replaced")["workers"]
            assert not set(told) & set(workers)
            assert [pid for pid in workers if lives(pid)] == []
            before, workers = asking.answered, told
            assert eventually(lambda before=before: asking.answered > before + 100)  # type: ignore[misc]
        assert asking.failed == []
        answered = asking.answered
        assert server.number("busyline_requests_total", front="health") >= answered
        assert server.number("busyline_worker_restarts_total") == 0
        assert server.ended() == 0


def test_whoever_waits_for_a_worker_that_is_killed_is_answered_by_others(path: Path) -> None:
    """Those that wait at its socket; what it had taken in is lost with it. The system deals half of them to each."""
    with serving(path) as server:
        for victim in server.workers:
            os.kill(victim, signal.SIGSTOP)
            assert eventually(lambda victim=victim: state(victim) == "T")  # type: ignore[misc]
            waiting = [Waiting(server.addresses[0]) for _ in range(40)]
            killed(victim)
            assert [each.answered() for each in waiting] == [True] * 40
            server.until("worker_started")
        assert server.ended() == 0


def test_with_all_workers_killed_callers_wait_for_the_next_ones(path: Path) -> None:
    with serving(path) as server:
        for victim in server.workers:
            os.kill(victim, signal.SIGSTOP)
        assert eventually(lambda: {state(pid) for pid in server.workers} == {"T"})
        waiting = [Waiting(server.addresses[0]) for _ in range(20)]
        for victim in server.workers:
            killed(victim)
        waiting += [Waiting(server.addresses[0]) for _ in range(20)]
        assert [each.answered() for each in waiting] == [True] * 40
        assert server.ended() == 0


def test_other_addresses_are_listened_at_before_the_old_ones_are_left(path: Path) -> None:
    path.write_text(SERVER.replace('"127.0.0.1:0"', '"localhost:0", "127.0.0.1:0"', 1), "utf-8")
    with serving(path) as server:
        name, stays = server.addresses
        other = f"127.0.0.2:{name.partition(':')[2]}"
        path.write_text(SERVER.replace('"127.0.0.1:0"', f'"{other}", "{stays}"', 1), "utf-8")
        with Asking(stays) as asking:
            server.send(signal.SIGUSR1)
            server.until("replaced")
            assert asking.failed == []
        for each in (other, stays):
            assert got(f"http://{each}/healthz") == b"ok\n"
        with pytest.raises(urllib.error.URLError, match="refused"):
            got(f"http://{name}/healthz")
        path.write_text(SERVER.replace('"127.0.0.1:0"', f'"192.0.2.1:443", "{stays}"', 1), "utf-8")
        server.send(signal.SIGUSR1)
        told = server.until("not_replaced")["what"]
        assert told.startswith(
            "server.listen: 192.0.2.1:443: Cannot assign requested address; this machine has no such"
        )
        for each in (other, stays):
            assert got(f"http://{each}/healthz") == b"ok\n"
        assert server.ended() == 0


def test_a_wrong_configuration_replaces_nobody(path: Path) -> None:
    with serving(path) as server:
        path.write_text(SERVER + "[cache]\nttl = 7\n", "utf-8")
        server.send(signal.SIGUSR1)
        assert f"{path}:7: cache.ttl" in server.until("not_replaced")["what"]
        path.write_text(SERVER + '[ledger]\ndirectory = "/proc/ledger"\n', "utf-8")  # only its start finds this out
        server.send(signal.SIGUSR1)
        assert "/proc/ledger" in server.until("not_replaced")["what"]
        killed(server.workers[0])
        server.until("worker_started")  # by the configuration in force, whatever the file says
        assert server.get("/healthz") == b"ok\n"
        assert lives(server.workers[1])


def test_a_new_configuration_may_want_more_workers_and_fewer(path: Path) -> None:
    path.write_text(SERVER.replace("[server]", "[server]\nworkers = 2"), "utf-8")
    with serving(path, ()) as server:
        for number in (3, 2):
            path.write_text(SERVER.replace("[server]", f"[server]\nworkers = {number}"), "utf-8")
            server.send(signal.SIGUSR1)
            assert len(server.until("replaced")["workers"]) == number
            assert eventually(partial(_are, server, number))
            for _ in range(20):  # the sockets of the third are still there when there are two again
                assert server.get("/healthz") == b"ok\n"


def test_a_start_that_no_worker_survives_is_a_sentence_and_1(path: Path) -> None:
    path.write_text(SERVER + '[ledger]\ndirectory = "/proc/ledger"\n', "utf-8")
    with begun(path, "--workers", "2") as process:
        _, told = process.communicate(timeout=90)
    assert process.returncode == 1
    assert told.startswith(b"Busyline cannot start: ledger.directory: /proc/ledger")
    assert told.count(b"\n") == 1
    assert b"Traceback" not in told


def test_an_address_that_others_listen_on_is_a_sentence_and_1(path: Path, tmp_path: Path) -> None:
    """Although the system would let two services of one user share it."""
    with serving(path) as server:
        other = tmp_path / "other.toml"
        other.write_text(SERVER.replace("127.0.0.1:0", server.addresses[0], 1), "utf-8")
        with begun(other, "--workers", "2") as process:
            _, told = process.communicate(timeout=90)
    assert process.returncode == 1
    assert told.startswith(f"Busyline cannot start: server.listen: {server.addresses[0]}: Address already".encode())


def test_workers_end_when_their_parent_is_gone(path: Path) -> None:
    with serving(path) as server:
        killed(server.process.pid)
        assert eventually(lambda: not any(lives(pid) for pid in server.workers))


def test_there_is_one_first_certificate_and_sighup_reaches_all(path: Path, tmp_path: Path) -> None:
    text = SERVER.replace("http://", "https://").replace('certificate.kind = "none"', _FIRST_RUN)
    path.write_text(text, "utf-8")
    with serving(path) as server:
        assert server.get_tls(tmp_path / "tls" / first_run.CA_FILE, times=8) == {200}
        chain = tmp_path / "tls" / first_run.CHAIN_FILE
        chain.unlink()
        server.send(signal.SIGHUP)
        assert {server.until("certificate_swapped")["worker"] for _ in range(2)} == {1, 2}
        assert chain.exists()


def test_a_capture_is_one_file_of_what_all_workers_answered(path: Path, tmp_path: Path) -> None:
    (tmp_path / "hash").write_text(hash_password("the caller's own password"), "utf-8")
    path.write_text(f'{SERVER}[capture]\ndirectory = "captures"\n{_CALLER}', "utf-8")
    with serving(path) as server:
        command = [sys.executable, "-m", "console", "capture", "contoso", "--requests", "30", "--json"]
        with subprocess.Popen([*command, "--config", str(path)], stdout=subprocess.PIPE) as capture:
            server.until("capture_begins")
            while capture.poll() is None:
                _ask_as_contoso(server.addresses[0])
            assert capture.stdout is not None
            told = json.loads(capture.stdout.read())
        assert (told["kept"], told["ended"]) == (30, "as many requests were kept as were ordered")
        lines = Path(told["file"]).read_text("utf-8").splitlines()
        assert [path.name for path in (tmp_path / "captures").glob("*.jsonl")] == [Path(told["file"]).name]
        assert len([each for each in lines if '"body"' in each]) >= 30
        assert server.ended() == 0
        answered = {each["worker"] for each in server.events if each["event"] == "request" and each.get("caller")}
        assert answered == {1, 2}


def _ask_as_contoso(address: str) -> None:
    connection = http.client.HTTPConnection(address, timeout=30)
    word = b64encode(b"contoso:the caller's own password").decode("ascii")
    connection.request("POST", "/EWS/Exchange.asmx", b"<no-question/>", {"Authorization": f"Basic {word}"})
    connection.getresponse().read()
    connection.close()


def _are(server: Serving, number: int) -> bool:
    return server.number("busyline_workers") == number


_CALLER = '[[callers]]\nname = "contoso"\nmay_ask = ["*"]\nnever_via = []\n'
_CALLER += 'basic = { usernames = ["contoso"], password = "file:hash" }\n'
_FIRST_RUN = 'certificate = { kind = "first-run", directory = "tls" }'
