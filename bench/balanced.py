"""Two nodes behind a real HAProxy, which reads the configuration in deploy/ with the addresses of this machine."""

import asyncio
import os
import random
import shutil
import signal
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Final

from bench import moves
from bench.machine import LOAD, ROOT, SERVER, NotStartedError, free_port, running
from bench.questions import DOMAIN, USERNAME
from bench.served import BUSYLINE, write_hash
from certs import first_run

HOST: Final = "127.0.0.1"
ENDS: Final = (ROOT / "deploy/haproxy.cfg").read_text("utf-8")  # TLS ends at the balancer
PASSES: Final = (ROOT / "deploy/haproxy-passthrough.cfg").read_text("utf-8")  # or passes through
STAYS: Final = "2999-01-01"  # a day on which people move who have not moved yet
_TIMES: Final = 1_500
_APART: Final = 0.02  # seconds
_END: Final = "-----END CERTIFICATE-----"
_CONFIGURATION: Final = """
[server]
listen = ["127.0.0.1:{port}"]
public_url = "https://127.0.0.1:{front}"
metrics_listen = ["127.0.0.1:{metrics}"]
connections_per_address = 4096  # all who ask are here
{server}
certificate = {{ kind = "files", chain = "chain.pem", key = "key.pem" }}

[connectors.fabrikam]
protocol = "ews"
url = "{upstream}/EWS/Exchange.asmx"
auth = {{ kind = "basic", username = "bench", password = "env:BENCH_UPSTREAM_PASSWORD" }}

[connectors.contoso]
protocol = "ews"
url = "{upstream}/EWS/Exchange.asmx"
auth = {{ kind = "basic", username = "bench", password = "env:BENCH_UPSTREAM_PASSWORD" }}

[[routes]]
match = "{domain}"
via = "fabrikam"

[[routes]]
match = "contoso.example"
via = "contoso"

[[moves]]
name = "bench"
from = "fabrikam"
to = "contoso"
people = "file:moved.csv"
rewrite = "{{local}}@contoso.example"

[[callers]]
name = "bench"
basic = {{ usernames = ["{username}"], password = "file:caller.hash" }}
may_ask = ["{domain}"]
sees = "details"
rate = 1000000  # what a caller is allowed is not what is measured
{caller}
"""


class ConfigurationError(Exception):
    """What is to be replaced in a configuration of deploy/ is not there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How the two stand behind the balancer: its configuration, and what the nodes' own says besides."""

    balancer: str = ENDS
    server: str = 'drain = "2s"\ntrusted_proxies = ["127.0.0.1"]'
    caller: str = ""
    people: int = 0


@dataclass(slots=True)
class Node:
    """One `busyline serve`; :attr:`ended` are the exit codes so far."""

    name: str
    folder: Path
    port: int
    metrics: int
    core: int
    ended: list[int | None] = field(default_factory=list)
    _process: asyncio.subprocess.Process | None = None
    _stack: AsyncExitStack = field(default_factory=AsyncExitStack)

    async def start(self) -> None:
        """Returns once it answers. Raises NotStartedError."""
        command = [*BUSYLINE, "serve", "--config", str(self.folder / "busyline.toml")]
        url, log = f"http://{HOST}:{self.metrics}/healthz", self.folder / "serve.log"
        self._process = await self._stack.enter_async_context(
            running(command, url, core=self.core, log=log, env={"BENCH_UPSTREAM_PASSWORD": "upstream"})
        )

    async def stop(self) -> None:
        """SIGTERM, and wait for the end."""
        process, self._process = self._process, None
        await self._stack.aclose()
        if process is not None:
            self.ended.append(process.returncode)

    def signal(self, number: signal.Signals) -> None:
        """Send it, and do not wait."""
        assert self._process is not None
        self._process.send_signal(number)

    async def renew_certificate(self) -> bytes:
        """Put another certificate of the same authority there, and ring; the certificate in DER."""
        issued = await asyncio.to_thread(_issued, self.folder / "next", self.folder)
        certificate = ssl.PEM_cert_to_DER_cert(issued.chain.read_text("ascii").partition("-----END")[0] + _END)
        issued.key.replace(self.folder / "key.pem")
        issued.chain.replace(self.folder / "chain.pem")
        self.signal(signal.SIGHUP)
        return certificate


@dataclass(frozen=True, slots=True, kw_only=True)
class Balanced:
    """Where the balancer listens, what stands behind it, and how the balancer is asked about that."""

    port: int
    ca: Path
    nodes: tuple[Node, Node]
    upstream: str
    people: int
    admin: Path

    async def until(self, node: Node, status: str) -> None:
        """Until the balancer says that of ``node``: UP or DOWN. Raises NotStartedError."""
        await eventually(partial(self._is, node, status), f"{node.name} is not {status}")

    async def restart(self, node: Node) -> None:
        """Stop it, start it, and wait until the balancer sends callers there again."""
        await node.stop()
        await self.until(node, "DOWN")
        await node.start()
        await self.until(node, "UP")

    async def _is(self, node: Node, status: str) -> bool:
        reader, writer = await asyncio.open_unix_connection(str(self.admin))
        writer.write(b"show stat\n")
        lines = (await reader.read()).decode("ascii").splitlines()
        writer.close()
        names = lines[0].removeprefix("# ").split(",")
        rows = [dict(zip(names, line.split(","), strict=False)) for line in lines[1:] if line]
        return next(row["status"] for row in rows if row["svname"] == node.name) == status


async def eventually(holds: Callable[[], Awaitable[bool]], otherwise: str, *, times: int = _TIMES) -> None:
    """Returns as soon as ``holds()`` is true. Raises NotStartedError, with ``otherwise``, after so many ``times``."""
    for _ in range(times):
        if await holds():
            return
        await asyncio.sleep(_APART)
    raise NotStartedError(otherwise)


def program() -> str:
    """The path of HAProxy, which Debian keeps where not everybody looks. Raises NotStartedError."""
    found = shutil.which("haproxy", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if found is None:
        raise NotStartedError("haproxy is missing: install it (on Debian: apt-get install haproxy)")
    return found


def lasting_port() -> int:
    """A free port of the loopback that the system gives to nobody else while its owner is away (ip(7), port range)."""
    low = int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text("ascii").split()[0])
    for port in random.sample(range(min(10_240, low - _TIMES), low), k=_TIMES):
        with suppress(OSError), socket.socket() as probe:
            probe.bind((HOST, port))
            return port
    return free_port()


@asynccontextmanager
async def balanced(folder: Path, manner: Manner = Manner()) -> AsyncIterator[Balanced]:
    """Upstream, both nodes and the balancer, once all of them answer. Raises NotStartedError, ConfigurationError."""
    haproxy, upstream_port, port = program(), lasting_port(), lasting_port()
    upstream = f"http://{HOST}:{upstream_port}"
    issued = await asyncio.to_thread(first_run.issue, folder, [HOST])
    (folder / "both.pem").write_bytes(issued.chain.read_bytes() + issued.key.read_bytes())
    nodes = tuple(_node(folder, number, manner, upstream=upstream, front=port) for number in (1, 2))
    path, admin = folder / "haproxy.cfg", folder / "haproxy.sock"
    path.write_text(_for_this_machine(manner.balancer, folder, port, nodes), "utf-8")
    async with AsyncExitStack() as stack:
        command = ["-m", "bench.upstream", str(upstream_port)]
        await stack.enter_async_context(running(command, f"{upstream}/calls", core=LOAD, log=folder / "upstream.log"))
        stack.push_async_callback(_all_stopped, nodes)
        await asyncio.gather(*(node.start() for node in nodes))
        await stack.enter_async_context(_balancing([haproxy, "-db", "-f", str(path)], folder / "haproxy.log"))
        found = Balanced(
            port=port, ca=issued.ca, nodes=(nodes[0], nodes[1]), upstream=upstream, people=manner.people, admin=admin
        )
        await eventually(partial(asyncio.to_thread, admin.exists), f"haproxy did not begin: {folder}/haproxy.log")
        for node in nodes:
            await found.until(node, "UP")
        yield found


async def _all_stopped(nodes: Sequence[Node]) -> None:
    await asyncio.gather(*(node.stop() for node in nodes))


@asynccontextmanager
async def _balancing(command: list[str], log: Path) -> AsyncIterator[None]:
    with log.open("wb") as output:
        process = await asyncio.create_subprocess_exec(*command, stdout=output, stderr=output)
    try:
        yield
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


def _node(folder: Path, number: int, manner: Manner, *, upstream: str, front: int) -> Node:
    own = folder / f"node{number}"
    _issued(own, folder)
    write_hash(own / "caller.hash")
    moves.write(own, manner.people, STAYS)
    node = Node(own.name, own, lasting_port(), lasting_port(), core=(SERVER, LOAD)[number % 2])
    text = _CONFIGURATION.format(
        port=node.port,
        front=front,
        metrics=node.metrics,
        upstream=upstream,
        domain=DOMAIN,
        username=USERNAME,
        server=manner.server,
        caller=manner.caller,
    )
    (own / "busyline.toml").write_text(text, "utf-8")
    return node


def _issued(folder: Path, authority: Path) -> first_run.Issued:
    """A certificate for this machine in ``folder``, of the authority that lies in another."""
    folder.mkdir(exist_ok=True)
    for file in (first_run.CA_FILE, first_run.CA_KEY_FILE):
        shutil.copy2(authority / file, folder / file)
    return first_run.issue(folder, [HOST])


def placed(text: str, places: Mapping[str, str], optional: Mapping[str, str]) -> str:
    """``text`` with each of ``places`` replaced, and those of ``optional`` that it has. Raises ConfigurationError."""
    for place, here in {**places, **optional}.items():
        if place not in text and place not in optional:
            raise ConfigurationError(f"the configuration does not hold {place!r}")
        text = text.replace(place, here)
    return text


def _for_this_machine(original: str, folder: Path, port: int, nodes: Sequence[Node]) -> str:
    """The configuration of deploy/, in which nothing but places is another."""
    admin = f"    stats socket {folder}/haproxy.sock mode 600 level admin"
    places = {
        "    log /dev/log local0\n    user haproxy\n    group haproxy": f"    log stdout format raw local0\n{admin}",
        "maxconn 20000": "maxconn 1000",  # descriptors that a test may have
        "bind :443": f"bind {HOST}:{port}",
        "/etc/haproxy/nodes-ca.pem": str(folder / first_run.CA_FILE),
        **{f"10.0.0.1{number}:8443": f"{HOST}:{node.port}" for number, node in enumerate(nodes, 1)},
    }
    return placed(original, places, {"/etc/haproxy/busyline.pem": str(folder / "both.pem")})
