"""A process that writes batches into a ledger and tells before and after each, so that it can be killed in between.

``python -m tests.galsync.writer URL BATCHES``: a line for each event; after each it waits for one, or for the end
of its input.
"""

import asyncio
import sys

from galsync.ledger.ledger import Ledger
from galsync.ledger.runs import RunKind
from galsync.side import Written
from service.state.database import Database
from tests.galsync.remembered import Clock, step

BATCH = 3


def tell(event: str) -> None:
    """And wait for the answer; a closed pipe is one for good."""
    sys.stdout.write(f"{event}\n")
    sys.stdout.flush()
    sys.stdin.readline()


async def write(url: str, batches: int) -> None:
    """As a run does, except that nothing is written anywhere."""
    async with Database.open(url) as database:
        ledger = Ledger(database, clock=Clock())
        run = await ledger.begin("s", RunKind.APPLY)
        for batch in range(batches):
            steps = [step(f"{batch}-{number}") for number in range(BATCH)]
            numbers = await ledger.beginning(run, "", steps)
            tell("beginning")
            await ledger.done(run, numbers, [Written(each.anchor) for each in steps], steps, "")
            tell("done")


if __name__ == "__main__":
    asyncio.run(write(sys.argv[1], int(sys.argv[2])))
