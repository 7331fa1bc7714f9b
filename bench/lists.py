"""What a person costs who stands in a list, of routes or of a move: the growth of a fresh process over its people."""

import argparse
import asyncio
import gc
import json
import sys
from array import array
from typing import Final

from bench.machine import ROOT
from bench.memory import resident
from bench.rows import Row
from routing.people import People
from routing.table import Route, RouteTable

PEOPLE: Final = 200_000
ROUTES, MOVE = "routes", "move"
_UNITS: Final = {ROUTES: "route_bytes_per_address", MOVE: "move_bytes_per_person"}


def _address(number: int) -> str:
    return f"person{number:06}@company{number % 1000}.example"


def build(kind: str, people: int) -> object:
    """A table of routes of single addresses, or the people of a move in one batch on one day."""
    if kind == ROUTES:
        return RouteTable([Route(match=_address(number), via=("one",)) for number in range(people)])
    kinds = {_address(number): 0 for number in range(people)}
    return People(kinds=kinds, instants=array("q", [0]), batches=array("q", [-1]), counts=array("q", [people]))


def cost(kind: str, people: int) -> float:
    """Bytes of this process for each of so many people."""
    first = build(kind, 100)  # what is built once is nobody's cost
    gc.collect()
    before = resident()
    kept = build(kind, people)
    gc.collect()
    grown = resident() - before
    del first, kept
    return grown / people


async def rows(people: int = PEOPLE) -> list[Row]:
    """route_bytes_per_address and move_bytes_per_person, for information. Raises RuntimeError."""
    found = []
    for kind, name in _UNITS.items():
        command = [sys.executable, "-m", "bench.lists", kind, "--people", str(people)]
        process = await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdout=asyncio.subprocess.PIPE)
        output, _ = await process.communicate()
        if process.returncode:
            raise RuntimeError(f"ended with {process.returncode}")
        found.append(Row(name=name, value=round(json.loads(output)), unit="bytes", note=f"of {people:,}"))
    return found


def main() -> None:
    """Print the bytes for each person."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kind", choices=list(_UNITS))
    parser.add_argument("--people", type=int, default=PEOPLE)
    options = parser.parse_args()
    print(json.dumps(cost(options.kind, options.people)))


if __name__ == "__main__":
    main()
