"""Checks that the lists of those who move can be used, and that nobody is led in a circle."""

import os
from collections.abc import Iterator
from pathlib import Path

from console.configuration import Configuration
from console.findings import Finding, error, note, warning
from console.moves import doubtful
from console.unknown_people import check_left
from proxy.list_files import ListFileError
from proxy.moves import batches
from proxy.moves.opening import files_of, plans_of, sides_of, state_of
from proxy.moves.slices import at_once
from proxy.moves.sources import objection
from proxy.routes import ways_of
from proxy.settings.moves import ASK, AttributePeople, GroupPeople, MoveSettings
from proxy.wiring.movers import ATTRIBUTES
from routing.moves import Move
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
                read = at_once(files.load(files.texts(), None, taken))
                taken.append((move.name, read.people))
                yield from _doubtful(key, read)
            elif (plans := plans_of(move, directory)) is not None:
                batches.read(plans)
        except ListFileError as problem:
            place, what, mend = _parted(str(problem), move, directory)
            yield error(f"{key}.{place}", what, mend)
        yield from _callers(key, move, configuration)
        yield from _domains(key, move, ways)
        yield from _people(key, move, configuration, directory)
    yield from _several(ways, configuration)
    yield from check_left(configuration)


def _sides(key: str, sides: Sides, move: MoveSettings) -> Iterator[Finding]:
    if not sides.leaving:
        remedy = f'write [[routes]] with via = "{move.source}" for them, or another connector'
        yield warning(f"{key}.from", f"no route leads anybody to {move.source}, so nobody can leave it", remedy)


def _people(key: str, move: MoveSettings, configuration: Configuration, directory: Path) -> Iterator[Finding]:
    if isinstance(move.people, GroupPeople | AttributePeople):
        name = move.source if move.people.of == "from" else move.target
        if words := objection(move.people, name, configuration.connectors[name], ATTRIBUTES):
            what, _, mend = words.partition(": ")
            yield error(f"{key}.people", what, mend)
    plans = plans_of(move, directory)
    if plans is None and move.people != ASK:
        remedy = 'write batches = "file:batches.csv", with a line for each batch'
        yield warning(f"{key}.batches", "without a file of batches nothing can be rolled back at once", remedy)
    elif plans is not None and plans.exists() and not os.access(plans.parent, os.W_OK):
        remedy = "let the user who runs `busyline moves roll-back` write there"
        yield warning(f"{key}.batches", f"{plans.parent} cannot be written from here", remedy)

    state = state_of(move, directory)
    if move.people != ASK and not os.access(state.parent, os.W_OK):
        what = f"{state} cannot be written from here: after a restart shrink knows nothing of the list before"
        yield warning(f"{key}.state", what, "let the user who runs `busyline serve` write there, or write another path")


def _doubtful(key: str, move: Move) -> Iterator[Finding]:
    for words in doubtful(move):
        what, _, mend = words.rpartition(": ")
        yield warning(f"{key}.{'batches' if what.startswith('nobody bears') else 'people'}", what, mend)


def _callers(key: str, move: MoveSettings, configuration: Configuration) -> Iterator[Finding]:
    """Where nobody knows who has moved, a side that may not be asked leaves doubt about everybody."""
    for caller in configuration.callers if move.people == ASK else ():
        if barred := sorted({move.source, move.target} & {*caller.never_via}):
            what = f'{caller.name} is never answered via {" and ".join(barred)}, and "ask" wants both sides'
            remedy = "name a list, a group or an attribute: who is known to have moved leaves no doubt"
            yield warning(f"{key}.people", f"{what}: it is told of nobody who has a calendar there or may have", remedy)


def _domains(key: str, move: MoveSettings, ways: Ways) -> Iterator[Finding]:
    """Whoever is known by a second domain that no alias joins to the first is asked for at the old side alone."""
    if not isinstance(move.people, str) or move.people == ASK:
        return
    routes = [route.match for route in ways.table.routes if route.via == (move.source,) and "@" not in route.match]
    if len(routes) > 1:
        what = (
            f"{' and '.join(routes)} lead to {move.source}: an address that is not on the list is asked for there alone"
        )
        remedy = "where people have addresses in both, join them by [[aliases]], or list one and route only that"
        yield note(f"{key}.people", what, remedy)


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


def _parted(words: str, move: MoveSettings, directory: Path) -> tuple[str, str, str]:
    """Key, problem and remedy of what was refused; of several lines the first."""
    first, *more = words.splitlines()
    what, _, mend = first.rpartition(": ")
    behind = f" (and {len(more)} lines more: `busyline moves check` tells them)" if more else ""
    return _key(first, move, directory), (what or first) + behind, mend if what else "mend the file"


def _key(words: str, move: MoveSettings, directory: Path) -> str:
    """Of which key the file is that the words begin with."""
    if words.startswith("[[moves]]"):
        return "rewrite"
    for key, path in (("batches", plans_of(move, directory)), ("state", state_of(move, directory))):
        if path is not None and words.startswith(f"{path}:"):
            return key
    return "people"
