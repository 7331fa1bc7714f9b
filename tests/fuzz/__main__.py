"""`make fuzz ARGS="--seconds 60 --target ewsdecoder"`: runs the targets under atheris and tells what was found."""

import argparse
import sys
import tempfile
from pathlib import Path

from tests.fuzz.corpus import FINDINGS, kept, merge, prepared
from tests.fuzz.running import Run, run
from tests.fuzz.targets import TARGETS


def main(arguments: list[str] | None = None) -> int:
    """0 where nothing was found, 1 where an input broke a promise."""
    parser = argparse.ArgumentParser(prog="make fuzz", description=__doc__)
    parser.add_argument("--seconds", type=int, default=60, help="how long each target runs (default 60)")
    parser.add_argument("--executions", type=int, default=0, help="stop each after so many inputs; 0: only by time")
    parser.add_argument("--target", choices=sorted(TARGETS), action="append", help="one target; again for more")
    parser.add_argument("--memory", type=int, default=200, help="the most memory of a process, in MB (default 200)")
    parser.add_argument("--keep", action="store_true", help="put what was learnt into the corpus that is committed")
    asked = parser.parse_args(arguments)
    runs = []
    for name in asked.target or sorted(TARGETS):
        with tempfile.TemporaryDirectory(prefix="busyline-fuzz-") as place:
            corpus = prepared(name, Path(place))
            runs.append(run(name, corpus, seconds=asked.seconds, executions=asked.executions, memory=asked.memory))
            _tell(runs[-1])
            if asked.keep:
                merge(name, corpus)
                _say(f"  kept: {len(kept(name))} inputs, {sum(map(len, kept(name)))} bytes")
    found = [each for each in runs if each.finding]
    return 1 if found else 0


def _tell(told: Run) -> None:
    _say(
        f"{told.target}: {told.executions:,} executions in {told.seconds:.0f} s ({told.rate:,}/s), "
        f"coverage {told.coverage}, {told.features} features, {told.inputs} inputs kept, peak {told.peak} MB"
    )
    if told.finding:
        _say(f"  FOUND: {told.finding}\n  the input: {told.artifact or 'none was written'} (in {FINDINGS})")


def _say(words: str) -> None:
    sys.stdout.write(words + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
