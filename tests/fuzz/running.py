"""Starts one target in a process of its own and reads from libFuzzer's words what became of it."""

import re
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from tests.fuzz.corpus import FINDINGS, ROOT
from tests.fuzz.seeds import dictionary
from tests.fuzz.targets import TARGETS

_WALL = 30  # seconds; the second of processor time is watched inside, this ends what never comes back
_STATUS = re.compile(r"^#(\d+)\s+\w+\s+cov: (\d+) ft: (\d+) corp: (\d+)/\S+.*?rss: (\d+)Mb", re.MULTILINE)
_PEAK = re.compile(r"stat::peak_rss_mb:\s+(\d+)")
_DONE = re.compile(r"stat::number_of_executed_units:\s+(\d+)")
_ARTIFACT = re.compile(r"Test unit written to (\S+)")
_ERRORS = re.compile(r"^(?:[\w.]+(?:Error|Exception|Defect|Hang|Refused)\b.*|.*ERROR: libFuzzer: .*)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Run:
    """What one run came to; ``finding`` is "" where no promise was broken, ``peak`` is in MB."""

    target: str
    executions: int
    seconds: float
    coverage: int
    features: int
    inputs: int
    peak: int
    finding: str
    artifact: str

    @property
    def rate(self) -> int:
        """Executions a second."""
        return round(self.executions / self.seconds) if self.seconds else 0


def run(target: str, corpus: Path, *, seconds: int, executions: int, memory: int) -> Run:
    """Run ``target`` on ``corpus``, which grows, for ``seconds`` or until it has seen ``executions`` inputs."""
    FINDINGS.mkdir(exist_ok=True)
    words = corpus.parent / f"{target}.dict"
    words.write_bytes(dictionary(target))
    flags = [
        f"-max_total_time={seconds}",
        f"-runs={executions or -1}",
        f"-timeout={_WALL}",
        f"-rss_limit_mb={memory}",
        f"-max_len={TARGETS[target].longest}",
        f"-dict={words}",
        f"-artifact_prefix={FINDINGS}/{target}-",
        "-print_final_stats=1",
        "-reload=0",
    ]
    command = [sys.executable, "-m", "tests.fuzz.drive", target, *flags, str(corpus)]
    started = time.monotonic()
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, errors="replace", check=False)
    return read(target, done.stdout + done.stderr, done.returncode, time.monotonic() - started)


def read(target: str, output: str, status: int, seconds: float) -> Run:
    """What libFuzzer's ``output`` and exit ``status`` say."""
    lines = _STATUS.findall(output)
    last = [int(figure) for figure in lines[-1]] if lines else [0] * 5
    executed, peak, artifact = _DONE.search(output), _PEAK.search(output), _ARTIFACT.search(output)
    errors = _ERRORS.findall(output)
    return Run(
        target=target,
        executions=int(executed[1]) if executed else last[0],
        seconds=seconds,
        coverage=last[1],
        features=last[2],
        inputs=last[3],
        peak=int(peak[1]) if peak else last[4],
        finding=(errors[0].strip() if errors else f"the process ended with {status}: {output[-500:]}")
        if status
        else "",
        artifact=artifact[1] if artifact else "",
    )
