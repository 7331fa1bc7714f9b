"""A real Redis of one test: a free port of the loopback, a private folder, with TLS and a password where wanted."""

import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.needs import program

_PATIENCE = 20.0


@dataclass
class RedisServer:
    """``url`` and ``port`` stay the same when it is stopped and started again; then it has forgotten everything."""

    folder: Path
    port: int
    password: str = ""
    tls: Path | None = None
    _running: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"{'rediss' if self.tls else 'redis'}://127.0.0.1:{self.port}"

    @property
    def process(self) -> subprocess.Popen[bytes]:
        """The one that runs."""
        assert self._running is not None
        return self._running

    def start(self) -> None:
        """Run it, and wait until it listens."""
        plain, secure = (0, self.port) if self.tls else (self.port, 0)
        options = ["--port", str(plain), "--bind", "127.0.0.1", "--dir", str(self.folder), "--save", "", "--appendonly"]
        options += ["no", "--daemonize", "no", "--enable-debug-command", "yes"]
        if self.password:
            options += ["--requirepass", self.password]
        if self.tls:
            options += ["--tls-port", str(secure), "--tls-cert-file", str(self.tls / "chain.pem")]
            options += ["--tls-key-file", str(self.tls / "key.pem"), "--tls-auth-clients", "no"]
        log = self.folder / "redis.log"
        with log.open("ab") as output:
            self._running = subprocess.Popen(
                [program("redis-server"), *options], stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT
            )
        self._await(self._running, log)

    def kill(self) -> None:
        """As a machine that dies."""
        if self._running is not None:
            self._running.kill()
            self._running.wait(_PATIENCE)
            self._running = None

    def command(self, *words: str | bytes) -> bytes:
        """What ``redis-cli`` prints for a command, without the last line end."""
        line = [program("redis-cli"), "-h", "127.0.0.1", "-p", str(self.port), "--no-auth-warning"]
        line += ["-a", self.password] if self.password else []
        line += ["--tls", "--cacert", str(self.tls / "ca.pem")] if self.tls else []
        done = subprocess.run([*line, *words], capture_output=True, check=True, timeout=_PATIENCE)
        return done.stdout.removesuffix(b"\n")

    def _await(self, running: subprocess.Popen[bytes], log: Path) -> None:
        until = time.monotonic() + _PATIENCE
        while running.poll() is None and time.monotonic() < until:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
            except OSError:
                time.sleep(0.02)
            else:
                return
        raise RuntimeError(f"Redis does not listen: {log.read_text(errors='replace')[-2000:]}")


@contextmanager
def redis_server(*, password: str = "", tls: Path | None = None) -> Iterator[RedisServer]:
    """A Redis that is ended with the block; ``tls`` is the folder of an authority (tests/clients/tls.py)."""
    program("redis-server")
    with tempfile.TemporaryDirectory(prefix="busyline-redis-") as folder:
        server = RedisServer(Path(folder), _free_port(), password, tls)
        server.start()
        try:
            yield server
        finally:
            server.kill()


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])
