"""`python -m tests.timing`: compares the times of answers that look alike, and says which could be told apart."""

import argparse
import asyncio
import random
import sys
import tempfile
from functools import partial
from pathlib import Path

import aiohttp
import structlog
import uvloop

from tests.proxy.served import serving
from tests.timing.measuring import Comparison, compared
from tests.timing.questions import MAY_ASK, PAIRS, Company, told


async def run(pairs: int, seed: int) -> list[tuple[str, Comparison]]:
    """Each pair of questions with what comparing their times came to."""
    found = []
    with tempfile.TemporaryDirectory(prefix="busyline-timing-") as place:
        async with (
            serving(Path(place), connector=Company(), may_ask=MAY_ASK) as proxy,
            aiohttp.ClientSession() as session,
        ):
            for one, other in PAIRS:
                first, second = (partial(told, session, proxy.url, address) for address in (one, other))
                comparison = await compared(first, second, pairs=pairs, chance=random.Random(seed))
                found.append((f"{one} / {other}", comparison))
    return found


def main(arguments: list[str] | None = None) -> int:
    """1 where two could be told apart."""
    parser = argparse.ArgumentParser(prog="python -m tests.timing", description=__doc__)
    parser.add_argument("--pairs", type=int, default=5000, help="how often each is asked (default 5000)")
    parser.add_argument("--seed", type=int, default=20261120, help="for the order within the pairs")
    asked = parser.parse_args(arguments)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(40))
    found = uvloop.run(run(asked.pairs, asked.seed)) if sys.platform != "win32" else asyncio.run(run(asked.pairs, 0))
    for names, comparison in found:
        sys.stdout.write(f"{names:55} {comparison}\n")
    return 1 if any(comparison.told_apart for _, comparison in found) else 0


if __name__ == "__main__":
    sys.exit(main())
