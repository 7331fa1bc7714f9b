"""Measures in a process of its own, whose memory nobody else has used before."""

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

from bench.machine import ROOT


async def apart_from_here(folder: Path, module: str, *arguments: str) -> dict[str, Any]:
    """What ``module`` prints as JSON. Raises RuntimeError with the end of what it complains of."""
    with (folder / "errors.txt").open("wb") as errors:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", module, *arguments, "--json", cwd=ROOT, stdout=asyncio.subprocess.PIPE, stderr=errors
        )
        output, _ = await process.communicate()
    if process.returncode:
        raise RuntimeError((folder / "errors.txt").read_text(errors="replace")[-300:])
    told: dict[str, Any] = json.loads(output)
    return told


def peak() -> int:
    """MB of this program at most since it began, or since :func:`forget_peak`; getrusage would tell of the one that
    began it, where that had more."""
    status = Path("/proc/self/status").read_text(encoding="ascii", errors="replace")
    return int(status.partition("VmHWM:")[2].split()[0]) // 1024


def forget_peak() -> None:
    """What was needed until now does not count (proc(5): clear_refs)."""
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
