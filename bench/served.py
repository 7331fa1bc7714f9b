"""The server under test: `busyline serve` itself on a configuration of its own, with the upstream that it asks."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp

from bench.machine import LOAD, SERVER, free_port, running
from bench.questions import DOMAIN, HEADERS, PASSWORD, USERNAME
from proxy.auth.passwords import hash_password

BUSYLINE = ("-c", "from console.cli import main; main()")
_PATH = "/EWS/Exchange.asmx"
_CONFIGURATION = """
[server]
connections_per_address = 4096  # all who ask are here
listen = ["127.0.0.1:{port}"]
public_url = "http://127.0.0.1:{port}"
metrics_listen = ["127.0.0.1:{metrics_port}"]
certificate = {{ kind = "none" }}

[cache]
ttl = "{ttl}"
mailboxes = {kept}

[connectors.fabrikam]
protocol = "ews"
url = "{upstream}{path}"
auth = {{ kind = "basic", username = "bench", password = "env:BENCH_UPSTREAM_PASSWORD" }}

[[routes]]
match = "{domain}"
via = "fabrikam"

[[callers]]
name = "bench"
basic = {{ usernames = ["{username}"], password = "file:caller.hash" }}
may_ask = ["{domain}"]
sees = "details"
rate = 1000000  # what a caller is allowed is not what is measured
"""


class WrongAnswerError(Exception):
    """The server did not answer what was asked: its speed is of no interest."""


@dataclass(frozen=True, slots=True)
class Served:
    """Where the server and its upstream are reached."""

    url: str
    upstream: str
    pid: int
    folder: Path
    session: aiohttp.ClientSession

    @property
    def upstream_url(self) -> str:
        """Where the upstream itself answers the same questions."""
        return self.upstream + _PATH

    async def ask(self, body: bytes, *, whole: tuple[int, int] | None = None) -> bytes:
        """The server's answer. ``whole``: so many mailboxes must be answered, with so many events. WrongAnswerError."""
        return await self._post(self.url, body, whole)

    async def ask_upstream(self, body: bytes) -> bytes:
        """The answer of the upstream itself to the same question."""
        return await self._post(self.upstream_url, body, None)

    async def upstream_calls(self) -> int:
        """How often the upstream was asked since it began."""
        async with self.session.get(f"{self.upstream}/calls") as response:
            return int(await response.json())

    async def delay_upstream(self, seconds: float) -> None:
        """Let the upstream answer that much later."""
        async with self.session.post(f"{self.upstream}/delay", params={"seconds": str(seconds)}) as response:
            response.raise_for_status()

    async def _post(self, url: str, body: bytes, whole: tuple[int, int] | None) -> bytes:
        async with self.session.post(url, data=body, headers=HEADERS) as response:
            answer = await response.read()
        counted = answer.count(b">NoError<"), answer.count(b"CalendarEvent>") // 2
        if response.status != 200 or (whole is not None and counted != whole):
            raise WrongAnswerError(f"HTTP {response.status}, {counted} of {whole}: {answer[:1000]!r}")
        return answer


@asynccontextmanager
async def served(
    folder: Path,
    *,
    command: tuple[str, ...] = BUSYLINE,
    more: str = "",
    kept: int = 100_000,
    ttl: str = "2h",
    options: tuple[str, ...] = (),
) -> AsyncIterator[Served]:
    """Start upstream and server; ``command`` runs `busyline`, which keeps ``kept`` answers for ``ttl``.

    Raises NotStartedError. ``options`` are those of `serve`; ``more`` of the configuration may hold ``{upstream}``, the
    address of the calendar system.
    """
    port, upstream_port = free_port(), free_port()
    upstream = f"http://127.0.0.1:{upstream_port}"
    configuration = folder / "busyline.toml"
    configuration.write_text(
        _CONFIGURATION.format(
            port=port,
            metrics_port=free_port(),
            upstream=upstream,
            path=_PATH,
            domain=DOMAIN,
            username=USERNAME,
            kept=kept,
            ttl=ttl,
        )
        + more.format(upstream=upstream + _PATH),
        encoding="utf-8",
    )
    write_hash(folder / "caller.hash")
    serve = [*command, "serve", "--config", str(configuration), *options]
    url = f"http://127.0.0.1:{port}"
    environment = {"BENCH_UPSTREAM_PASSWORD": "upstream"}
    async with (
        running(
            ["-m", "bench.upstream", str(upstream_port)], f"{upstream}/calls", core=LOAD, log=folder / "upstream.log"
        ),
        running(serve, f"{url}/healthz", core=SERVER, log=folder / "server.log", env=environment) as process,
        aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0), timeout=aiohttp.ClientTimeout(total=60), auto_decompress=False
        ) as session,
    ):
        yield Served(url + _PATH, upstream, process.pid, folder, session)


def write_hash(path: Path) -> None:
    """The caller's password as the settings want it, readable by its owner alone."""
    path.touch(mode=0o600)
    path.write_text(hash_password(PASSWORD) + "\n", encoding="ascii")
