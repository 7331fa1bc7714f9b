"""What random hubs, as pure values, leave when they are at rest: `python -m bench.calsync.worlds --worlds 5000`."""

import argparse
import sys
import time
from collections.abc import Sequence

from tests.calsync.plans.wild import story


def main(arguments: Sequence[str] | None = None) -> int:
    """0 where all of them came to rest as they shall, by their own rules and by others."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--worlds", type=int, default=1000, help="how many hubs")
    parser.add_argument("--first", type=int, default=0, help="the number of the first of them")
    given = parser.parse_args(arguments)
    began, found = time.monotonic(), 0
    for number in range(given.first, given.first + given.worlds):
        try:
            story(number)
        except AssertionError as error:
            found += 1
            print(f"{number}: {error}")
    print(f"{given.worlds} hubs, {found} not as they shall be, {time.monotonic() - began:.0f} s")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
