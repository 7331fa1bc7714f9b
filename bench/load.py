"""The load generator: wrk, sending many different bodies in turn from its own core."""

import asyncio
import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.machine import LOAD, MissingError, pinned

_SCRIPT = Path(__file__).with_name("rotate.lua")


class GeneratorMissingError(MissingError):
    """wrk is not on this machine."""


class LoadFailedError(Exception):
    """wrk did not finish, or what it asked failed: a rate of errors is no rate."""


@dataclass(frozen=True, slots=True)
class Load:
    """What one round brought."""

    requests: int
    seconds: float
    received: int
    p99: float = 0.0
    """Seconds that 99 of 100 requests took at most, as far as it was told."""

    @property
    def rate(self) -> float:
        """Answers in a second."""
        return self.requests / self.seconds


def generator() -> str:
    """The path of wrk. Raises GeneratorMissingError with what to do."""
    found = shutil.which("wrk")
    if found is None:
        raise GeneratorMissingError("wrk is missing: install it (on Debian: apt-get install wrk)")
    return found


def packed(bodies: Sequence[bytes]) -> bytes:
    """The bodies as rotate.lua reads them."""
    return b"".join(b"%d\n%b" % (len(body), body) for body in bodies)


async def load(
    url: str, bodies: Path, *, headers: Mapping[str, str], seconds: float, connections: int = 16, first: int = 0
) -> Load:
    """Ask ``url`` as fast as it answers, beginning with the ``first`` of the bodies (from 0) and going round.

    GeneratorMissingError; LoadFailedError where any answer was no success.
    """
    command = [generator(), "-t1", f"-c{connections}", f"-d{max(1, round(seconds))}s", "--timeout", "30s"]
    fields = [part for field in headers.items() for part in field]
    script = ["-s", str(_SCRIPT), url, "--", str(bodies), str(first), *fields]
    pipe = asyncio.subprocess.PIPE
    with pinned(LOAD):
        process = await asyncio.create_subprocess_exec(*command, *script, stdout=pipe, stderr=pipe)
    output, errors = await process.communicate()
    return read(output.decode(), errors.decode())


def read(output: str, errors: str = "") -> Load:
    """What wrk printed at its end. Raises LoadFailedError."""
    lines = [line for line in output.splitlines() if line.startswith("{")]
    if not lines:
        raise LoadFailedError(f"wrk did not finish: {(errors or output)[-500:]}")
    summary = json.loads(lines[-1])
    if summary["failed"] or not summary["requests"]:
        raise LoadFailedError(f"{summary['failed']} of {summary['requests']} requests failed")
    return Load(summary["requests"], summary["microseconds"] / 1e6, summary["bytes"], summary.get("p99", 0) / 1e6)
