"""What the command line may say: numbers within their bounds, and in words what else to write."""

import argparse
import math
from collections.abc import Callable, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Final, TypeVar

from bench.workload.capacity import SEED, USERS
from bench.workload.habits import Habits

NUMBERS: Final = [each.name for each in fields(Habits) if each.name != "spans"]
_Number = TypeVar("_Number", int, float)
_KINDS: Final = {int: "a whole number", float: "a number"}
_DAY: Final = 86_400.0  # seconds
_SHORTEST: Final = 0.001  # seconds that a server's settings can say


def options(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """What the command line says. Ends the process with exit code 2, and words, where that cannot be."""
    parser = argparse.ArgumentParser(prog="python -m bench.workload", description="Questions as people ask them.")
    commands = parser.add_subparsers(dest="command", required=True)
    _writing(commands.add_parser("write", help="write questions into a file"))
    costing = commands.add_parser("cost", help="what the questions of a file cost the calendar systems")
    costing.add_argument("file", type=Path)
    costing.add_argument("--ttl", type=_SECONDS, default=60.0, help="seconds that an answer is kept (default 60)")
    costing.add_argument(
        "--warming", type=_NOUGHT_OR_MORE, default=10.0, help="minutes that are not counted (default 10)"
    )
    costing.add_argument("--batch", type=_COUNT, default=20, help="mailboxes in a call at most (default 20)")
    tabling = commands.add_parser("table", help="the tables of docs/scale.md")
    tabling.add_argument("--seed", type=int, default=SEED)
    tabling.add_argument("--most-users", type=_number(int, USERS[0]), default=USERS[-1])
    asking = commands.add_parser("replay", help="ask a server of this machine what is in a file")
    asking.add_argument("file", type=Path)
    asking.add_argument("--speed", type=_POSITIVE, default=1.0, help="times as fast as it was asked (default 1)")
    asking.add_argument(
        "--ttl", type=_SECONDS, default=60.0, help="seconds of the file that an answer is kept (default 60)"
    )
    asking.add_argument("--most", type=_COUNT, default=100_000, help="questions at most (default 100,000)")
    given = parser.parse_args(arguments)
    if given.command == "replay" and given.ttl / given.speed < _SHORTEST:
        asking.error(
            f"--ttl {given.ttl:g} at --speed {given.speed:g} is less than a millisecond, which no server keeps: "
            f"write at most --speed {given.ttl / _SHORTEST:g}"
        )
    return given


def _writing(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--minutes", type=_POSITIVE, default=40.0)
    usual = Habits()
    for name in NUMBERS:
        parser.add_argument(f"--{name.replace('_', '-')}", type=_HABITS[name], default=getattr(usual, name))


def _number(
    kind: type[_Number], least: float, most: float = math.inf, *, beyond: bool = False
) -> Callable[[str], _Number]:
    """What argparse takes as a type: from ``least``, or ``beyond`` it, to ``most``; neither infinite nor NaN."""
    bounds = f"above {least:g}" if beyond else f"from {least:g}"
    bounds += f" to {most:g}" if most < math.inf else ""
    wanted = f"write {_KINDS[kind]} {bounds}"

    def read(text: str) -> _Number:
        try:
            found = kind(text)
        except ValueError:
            raise argparse.ArgumentTypeError(f"{text!r} is not {_KINDS[kind]}: {wanted}") from None
        if not (math.isfinite(found) and least <= found <= most) or (beyond and found == least):
            raise argparse.ArgumentTypeError(f"it cannot be {text}: {wanted}")
        return found

    return read


_COUNT: Final = _number(int, 1)
_AT_LEAST_ONE: Final = _number(float, 1)
_POSITIVE: Final = _number(float, 0, beyond=True)
_NOUGHT_OR_MORE: Final = _number(float, 0)
_SHARE: Final = _number(float, 0, 1)
_SECONDS: Final = _number(float, _SHORTEST, _DAY)
_HABITS: Final[dict[str, Callable[[str], float]]] = {
    **dict.fromkeys(("users", "mailboxes", "most_attendees", "circle", "team"), _COUNT),
    **dict.fromkeys(("attendees", "looks"), _AT_LEAST_ONE),
    **dict.fromkeys(("meetings", "pause", "ahead"), _POSITIVE),
    **dict.fromkeys(("usual", "flips"), _SHARE),
}
