"""`busyline moves`: who moves where and when, and the way back for a whole batch."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from console.configuration import Configuration
from console.mistakes import did_you_mean
from console.terminal import (
    FOUND_WRONG,
    WRONG_USAGE,
    ConfigOption,
    EndingError,
    JsonOption,
    configured,
    print_json,
    screen,
)
from protocols.model.mailbox import Mailbox
from proxy.list_files import ListFileError
from proxy.moves import batches
from proxy.moves.opening import files_of, plans_of, sides_of
from proxy.moves.slices import at_once
from proxy.routes import ways_of
from proxy.settings.moves import ASK, AttributePeople, GroupPeople, MoveSettings
from routing.moves import Move, Told
from routing.stages import FOREVER, Plan
from routing.ways import Ways

app = typer.Typer(no_args_is_help=True, help="Who moves from one calendar system to another, and when.")

MoveArgument = Annotated[str, typer.Argument(metavar="MOVE", help="The name of the move in the configuration.")]
BatchArgument = Annotated[str, typer.Argument(metavar="BATCH", help="The batch.")]
_NOT_HERE: Final = "a directory says who: `busyline explain ADDRESS` asks it"


@dataclass(frozen=True, slots=True)
class _Read:
    """What the files say of one move; ``move`` is None where no file does, ``words`` why it cannot be told."""

    settings: MoveSettings
    move: Move | None
    words: str = ""


@app.command("list")
def listed(as_json: JsonOption = False, config: ConfigOption = None) -> None:
    """Count the people of each move by batch and state. Exit code 1 where a list cannot be used."""
    configuration, directory = configured(config)
    found = list(_all(configuration, directory))
    rows = [row for read in found for row in _rows(read, datetime.now(UTC))]
    if as_json:
        print_json(rows)
    elif not found:
        screen().print("nobody moves: the configuration has no [[moves]]")
    else:
        _print(rows)
    wrong = [read.words for read in found if read.words and read.move is None and _has_file(read.settings)]
    if wrong:
        raise EndingError("\n".join(wrong))


@app.command("show")
def shown(
    address: Annotated[str, typer.Argument(metavar="ADDRESS", help="On whichever side.")],
    as_json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Tell where one person is, and why. Exit code 1 for somebody who is on no list."""
    configuration, directory = configured(config)
    try:
        mailbox = Mailbox.parse(address)
    except ValueError:
        raise EndingError(f'"{address}" is no e-mail address', WRONG_USAGE) from None
    told = _told(mailbox, configuration, directory)
    if as_json:
        print_json(None if told is None else _as_json(told))
    else:
        screen().print(f"{mailbox} is on no list" if told is None else f"{told.address}: {told.words}", soft_wrap=True)
    if told is None:
        raise typer.Exit(FOUND_WRONG)


@app.command("check")
def checked(as_json: JsonOption = False, config: ConfigOption = None) -> None:
    """Read every list as the server would. Exit code 1 where one would be refused; each wrong line is told."""
    configuration, directory = configured(config)
    found = list(_all(configuration, directory))
    if as_json:
        print_json(
            [
                {"move": read.settings.name, "people": None if read.move is None else len(read.move.people)}
                | {"wrong": read.words.splitlines() if _has_file(read.settings) else []}
                for read in found
            ]
        )
    for read in () if as_json else found:
        words = read.words or f"{len(read.move.people) if read.move else 0} people, all in order"
        screen().print(f"{read.settings.name}: {words}", soft_wrap=True)
    if any(read.words and _has_file(read.settings) for read in found):
        raise typer.Exit(FOUND_WRONG)


@app.command("roll-back")
def rolled_back(move: MoveArgument, batch: BatchArgument, config: ConfigOption = None) -> None:
    """Send a batch back at once: its people are asked for where they came from, with both calendars joined."""
    configuration, directory = configured(config)
    settings, path = _of_batches(configuration, directory, move)
    now = int(datetime.now(UTC).timestamp())
    _known(configuration, directory, settings, path, batch)
    _write(lambda: batches.rolled_back(path, batch, now), path)
    screen().print(f"{path}: {batch} is rolled back; a server that runs follows within a second", soft_wrap=True)


@app.command("resume")
def resumed(move: MoveArgument, batch: BatchArgument, config: ConfigOption = None) -> None:
    """Let a batch that was rolled back move on: now, or at its planned instant if that is still to come."""
    configuration, directory = configured(config)
    settings, path = _of_batches(configuration, directory, move)
    _known(configuration, directory, settings, path, batch)
    _write(lambda: batches.resumed(path, batch, int(datetime.now(UTC).timestamp())), path)
    screen().print(f"{path}: {batch} moves on; a server that runs follows within a second", soft_wrap=True)


def _write(change: Callable[[], Plan], path: Path) -> None:
    try:
        change()
    except OSError as error:
        words = f"{path} cannot be written: {error.strerror}; run this as the user whose file it is"
        raise EndingError(words) from None


def _of_batches(configuration: Configuration, directory: Path, name: str) -> tuple[MoveSettings, Path]:
    names = [move.name for move in configuration.moves]
    settings = next((move for move in configuration.moves if move.name == name), None)
    if settings is None:
        raise EndingError(f'there is no move "{name}": {did_you_mean(name, names)}', WRONG_USAGE)
    path = plans_of(settings, directory)
    if path is None:
        raise EndingError(f'the move "{name}" has no file of batches: write batches = "file:batches.csv", and restart')
    return settings, path


def _known(configuration: Configuration, directory: Path, settings: MoveSettings, path: Path, batch: str) -> None:
    """Raises EndingError for a batch of which neither the list nor the file of batches knows anything."""
    known = set(batches.read(path)) if path.exists() else set()
    if isinstance(settings.people, GroupPeople | AttributePeople):
        known.add(settings.people.batch)
    else:
        move = _read(settings, ways_of(configuration, directory), directory).move
        known.update(move.people.names if move is not None else ())
    if batch not in known:
        remedy = did_you_mean(batch, known)
        raise EndingError(f'the move "{settings.name}" has no batch "{batch}": {remedy}', WRONG_USAGE)


def _all(configuration: Configuration, directory: Path) -> Iterator[_Read]:
    ways = ways_of(configuration, directory)
    before: list[Move] = []
    for settings in configuration.moves:
        read = _read(settings, ways, directory, before)
        if read.move is not None:
            before.append(read.move)
        yield read


def _read(settings: MoveSettings, ways: Ways, directory: Path, before: Iterable[Move] = ()) -> _Read:
    try:
        sides = sides_of(settings, ways.table)
        if not _has_file(settings):
            words = "both sides are asked about everybody" if settings.people == ASK else _NOT_HERE
            return _Read(settings, None, words)
        files = files_of(settings, sides, directory)
        taken = [(move.sides.name, move.people) for move in before]
        return _Read(settings, at_once(files.load(files.texts(), None, taken)))
    except ListFileError as error:
        return _Read(settings, None, str(error))


def _has_file(settings: MoveSettings) -> bool:
    return isinstance(settings.people, str) and settings.people != ASK


def _told(mailbox: Mailbox, configuration: Configuration, directory: Path) -> Told | None:
    aliases = ways_of(configuration, directory).table.aliases
    for read in _all(configuration, directory):
        if read.move is not None:
            for name in (mailbox, aliases.real(mailbox)):
                if (told := read.move.told(name, datetime.now(UTC))) is not None:
                    return told
    return None


def _as_json(told: Told) -> dict[str, Any]:
    moved_at = None if told.moved_at is None else told.moved_at.isoformat()
    row = {"move": told.move, "address": told.address, "batch": told.batch, "state": told.stage.value}
    return {**row, "moved_at": moved_at, "words": told.words}


def _rows(read: _Read, now: datetime) -> Iterator[dict[str, Any]]:
    settings, move = read.settings, read.move
    sides = {"move": settings.name, "from": settings.source, "to": settings.target}
    if move is None:
        told = "" if _has_file(settings) else read.words
        yield {
            **sides,
            "batch": "",
            "state": "wrong" if _has_file(settings) else told,
            "people": None,
            "moved_at": None,
        }
        return
    for (batch, stage), people in sorted(move.counts(now).items(), key=lambda item: (item[0][0], item[0][1].value)):
        plan = move.plans.get(batch)
        at = None if plan is None or plan.moved_at >= FOREVER else datetime.fromtimestamp(plan.moved_at, UTC)
        planned = None if at is None else at.isoformat()
        yield {**sides, "batch": batch, "state": stage.value, "people": people, "moved_at": planned}


def _print(rows: list[dict[str, Any]]) -> None:
    headings = {"move": "move", "from": "from", "to": "to", "batch": "batch", "people": "people", "state": "state"}
    cells = [list(headings.values())]
    cells += [["" if row[key] is None else str(row[key]) for key in headings] for row in rows]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    for number, row in enumerate(cells):
        line = "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        screen().print(line, style="bold" if not number else "", soft_wrap=True)
