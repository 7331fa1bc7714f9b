"""Checks that the lists of those who move can be used, and that nobody is led in a circle."""

import os
from collections.abc import Iterator
from pathlib import Path

from console.configuration import Configuration
from console.findings import Finding, error, warning
from proxy.list_files import ListFileError
from proxy.moves.opening import files_of, plans_of, sides_of
from proxy.moves.slices import at_once
from proxy.routes import ways_of
from proxy.settings.moves import ASK, AttributePeople, GroupPeople, MoveSettings
from routing.people import People
from routing.sides import Sides
from routing.ways import Ways


def check_moves(configuration: Configuration, directory: Path) -> Iterator[Finding]:
    """Every list that the server would refuse at the start, and what works but perhaps not as meant."""
    if not configuration.moves:
        return
    try:
        ways = ways_of(configuration, directory)
    except ListFileError:
        return  # of the aliases, which have a check of their own
    taken: list[tuple[str, People]] = []
    for number, move in enumerate(configuration.moves, 1):
        key = f"moves[{number}]"
        try:
            sides = sides_of(move, ways.table)
            yield from _sides(key, sides, move)
            if isinstance(move.people, str) and move.people != ASK:
                files = files_of(move, sides, directory)
                taken.append((move.name, at_once(files.load(files.texts(), None, taken)).people))
        except ListFileError as problem:
            place, what, mend = _parted(str(problem))
            yield error(f"{key}.{place}", what, mend)
        yield from _people(key, move, configuration, directory)
    yield from _several(ways, configuration)


def _sides(key: str, sides: Sides, move: MoveSettings) -> Iterator[Finding]:
    if not sides.leaving:
        remedy = f'write [[routes]] with via = "{move.source}" for them, or another connector'
        yield warning(f"{key}.from", f"no route leads anybody to {move.source}, so nobody can leave it", remedy)


def _people(key: str, move: MoveSettings, configuration: Configuration, directory: Path) -> Iterator[Finding]:
    if isinstance(move.people, GroupPeople | AttributePeople):
        name = move.source if move.people.of == "from" else move.target
        if getattr(configuration.connectors[name], "directory", None) is None and isinstance(move.people, GroupPeople):
            what = f"the connector {name} has no directory to ask"
            yield error(f"{key}.people", what, f"write [connectors.{name}.directory]")
    plans = plans_of(move, directory)
    if plans is None and move.people != ASK:
        remedy = 'write batches = "file:batches.csv", with a line for each batch'
        yield warning(f"{key}.batches", "without a file of batches nothing can be rolled back at once", remedy)
    elif plans is not None and plans.exists() and not os.access(plans.parent, os.W_OK):
        remedy = "let the user who runs `busyline moves roll-back` write there"
        yield warning(f"{key}.batches", f"{plans.parent} cannot be written from here", remedy)


def _several(ways: Ways, configuration: Configuration) -> Iterator[Finding]:
    """People who have a third calendar would lose it, so that no list may name them."""
    for number, move in enumerate(configuration.moves, 1):
        sides = {move.source, move.target}
        for route in ways.table.routes:
            if move.source in route.via and (third := sorted({*route.via} - sides)):
                what = f"{route.match} has a calendar at {' and '.join(third)} as well, which a move would hide"
                yield warning(
                    f"moves[{number}].from", what, "such people cannot be listed: give them a route of their own"
                )


def _parted(words: str) -> tuple[str, str, str]:
    """Key, problem and remedy of what was refused; of several lines the first."""
    first, *more = words.splitlines()
    what, _, mend = first.rpartition(": ")
    behind = f" (and {len(more)} lines more: `busyline moves check` tells them)" if more else ""
    key = "rewrite" if first.startswith("[[moves]]") else "people"
    return key, (what or first) + behind, mend if what else "mend the file"
