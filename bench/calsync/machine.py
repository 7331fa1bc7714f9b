"""What random hubs of three calendars lose, double and mail: `python -m bench.calsync.machine --runs 10000`.

With `--kind contacts` they are hubs of three folders of contacts.
"""

import argparse
import sys
import time
from collections.abc import Sequence

from hypothesis import HealthCheck, Phase, Verbosity, settings
from hypothesis import seed as seeded
from hypothesis.stateful import run_state_machine_as_test

from calsync.rules import Kind
from tests.calsync.world.machine import Ground, Weather

_SORTS = ("unsettled", "lost", "doubled", "invited", "taken", "unequal", "raised")
"""What a judge may find (tests.calsync.world.judge)."""


def main(arguments: Sequence[str] | None = None) -> int:
    """0 where all hubs became equal again and nothing was lost, doubled or mailed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=1000, help="how many hubs, each with its own users and weather")
    parser.add_argument("--steps", type=int, default=30, help="how many things happen to a hub at most")
    parser.add_argument("--seed", type=int, default=None, help="the same again")
    parser.add_argument("--as-found", action="store_true", help="do not look for a shorter story of what was found")
    parser.add_argument(
        "--kind", choices=[each.value for each in Kind], default=Kind.CALENDAR.value, help="what they join"
    )
    given = parser.parse_args(arguments)
    ground, began = Ground(), time.monotonic()

    class Here(Weather):
        kind = Kind(given.kind)

    Here.ground = ground
    phases = [Phase.generate] if given.as_found else [Phase.generate, Phase.shrink]
    chosen = settings(
        max_examples=given.runs,
        stateful_step_count=given.steps,
        database=None,
        deadline=None,
        phases=phases,
        verbosity=Verbosity.normal,
        suppress_health_check=list(HealthCheck),
    )
    well = True
    try:
        run_state_machine_as_test(seeded(given.seed)(Here) if given.seed is not None else Here, settings=chosen)
    except AssertionError as error:
        well = False
        print(error, *getattr(error, "__notes__", ()), sep="\n")
    finally:
        ground.close()
    told = ground.figures
    print(f"{told['machines']} hubs, {told['runs']} runs in bad weather, {time.monotonic() - began:.0f} s")
    print(", ".join(f"{sort}: {told[sort]}" for sort in _SORTS))
    return 0 if well else 1


if __name__ == "__main__":
    sys.exit(main())
