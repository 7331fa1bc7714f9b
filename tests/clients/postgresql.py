"""A real PostgreSQL of one run: a free port of the loopback, a private folder, a password, and a database per test."""

import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from tests.needs import missing

_PATIENCE = 60.0
_USER = "busyline"
_FAST = ("-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off")  # it dies with the tests


@dataclass
class PostgreSQL:
    """``port`` and ``password`` stay the same when it is stopped and started again, and so does what it holds."""

    folder: Path
    programs: Path
    port: int
    password: str = field(default_factory=lambda: f"{secrets.token_hex(8)}%@/:{secrets.token_hex(8)}", repr=False)
    _running: subprocess.Popen[bytes] | None = None
    _made: int = 0

    def url(self, database: str, *, password: str | None = None) -> str:
        """Of one of its databases, as [state] has it."""
        secret = quote(self.password if password is None else password, safe="")
        return f"postgresql://{_USER}:{secret}@127.0.0.1:{self.port}/{database}"

    def database(self) -> str:
        """The URL of a new, empty one."""
        self._made += 1
        self.command(f"CREATE DATABASE state_{self._made}")
        return self.url(f"state_{self._made}")

    def command(self, sql: str, database: str = "postgres") -> str:
        """What psql prints for it, without headings."""
        line = [str(self.programs / "psql"), "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-c", sql]
        line += ["-h", "127.0.0.1", "-p", str(self.port), "-U", _USER, "-d", database]
        environment = {**os.environ, "PGPASSWORD": self.password}
        done = subprocess.run(line, env=environment, capture_output=True, check=True, timeout=_PATIENCE)
        return done.stdout.decode().strip()

    def make(self) -> None:
        """An empty cluster in the folder."""
        secret = self.folder / "password"
        secret.write_text(self.password, encoding="utf-8")
        _owned_by_servant(self.folder, secret)
        line = [str(self.programs / "initdb"), "-D", str(self.folder / "data"), "-U", _USER, "--no-sync"]
        line += ["-A", "scram-sha-256", f"--pwfile={secret}", "-E", "UTF8", "--locale=C"]
        subprocess.run(
            line, capture_output=True, check=True, timeout=_PATIENCE, cwd=self.folder, user=_servant(), group=_servant()
        )

    def start(self) -> None:
        """Run it, and wait until it lets somebody in."""
        line = [str(self.programs / "postgres"), "-D", str(self.folder / "data"), "-p", str(self.port), *_FAST]
        line += ["-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=", "-c", "max_connections=40"]
        log = self.folder / "postgresql.log"
        with log.open("ab") as output:
            self._running = subprocess.Popen(
                line,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd=self.folder,
                user=_servant(),
                group=_servant(),
            )
        self._await(self._running, log)

    def stop(self) -> None:
        """As its operator does: whoever is connected is thrown out, and what was kept is on the disk."""
        self._end(signal.SIGINT)

    def abort(self) -> None:
        """As a machine that dies."""
        self._end(signal.SIGQUIT)

    def _end(self, manner: signal.Signals) -> None:
        if self._running is None:
            return
        self._running.send_signal(manner)
        try:
            self._running.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            self._running.kill()
            self._running.wait(_PATIENCE)
        self._running = None

    def _await(self, running: subprocess.Popen[bytes], log: Path) -> None:
        until = time.monotonic() + _PATIENCE
        while running.poll() is None and time.monotonic() < until:
            try:
                self.command("SELECT 1")
            except subprocess.CalledProcessError:
                time.sleep(0.05)
            else:
                return
        raise RuntimeError(f"PostgreSQL does not start: {log.read_text(errors='replace')[-2000:]}")


@contextmanager
def postgresql() -> Iterator[PostgreSQL]:
    """One that is ended with the block; the test is left where none is installed."""
    programs = _programs()
    with tempfile.TemporaryDirectory(prefix="busyline-postgresql-") as folder:
        server = PostgreSQL(Path(folder), programs, _free_port())
        server.make()
        try:
            server.start()
            yield server
        finally:
            server.abort()


def _programs() -> Path:
    """Where those of the newest version lie; Debian keeps them out of the path."""
    found = shutil.which("initdb")
    folders = [Path(found).resolve().parent] if found else []
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda each: float(each.parent.name), reverse=True)
    for each in folders:
        if (each / "postgres").exists() and (each / "psql").exists():
            return each
    return missing("PostgreSQL (initdb, postgres, psql)")


def _servant() -> str | None:
    """As whom it runs where that is not ourselves: it refuses root."""
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam("postgres").pw_name
    except KeyError:
        missing("a user postgres, since PostgreSQL does not run as root")


def _owned_by_servant(*paths: Path) -> None:
    if servant := _servant():
        for path in paths:
            shutil.chown(path, servant, servant)


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])
