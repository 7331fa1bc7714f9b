"""`busyline moves`: who moves where and when, and the way back for a whole batch."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from console.configuration import Configuration
from console.event import command as event
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
from proxy.moves.files import Taken, borne, told_wrong
from proxy.moves.opening import files_of, plans_of, sides_of
from proxy.moves.slices import at_once
from proxy.routes import ways_of
from proxy.settings.moves import ASK, AttributePeople, GroupPeople, MoveSettings
from routing.moves import Everybody, Move, Told
from routing.stages import FOREVER, NO_PLAN, Plan
from routing.ways import Ways

app = typer.Typer(no_args_is_help=True, help="Who moves from one calendar system to another, and when.")

MoveArgument = Annotated[str, typer.Argument(metavar="MOVE", help="The name of the move in the configuration.")]
MoveOption = Annotated[str | None, typer.Option("--move", metavar="MOVE", help="With --people or --batches: of which.")]
PeopleOption = Annotated[
    Path | None, typer.Option("--people", metavar="FILE", help="Check this list against the one that is in place.")
]
BatchesOption = Annotated[
    Path | None, typer.Option("--batches", metavar="FILE", help="Check this file of batches against the one in place.")
]
BatchArgument = Annotated[str, typer.Argument(metavar="BATCH", help="The batch.")]
RouteOnly = Annotated[bool, typer.Option("--route-only", help="Leave entries and forwarders as they are.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do it without asking.")]
_NOBODY: Final = "nobody moves: the configuration has no [[moves]]"
_NOT_HERE: Final = "a directory says who: `busyline explain ADDRESS` asks it"


@dataclass(frozen=True, slots=True)
class _Read:
    """What the files say of one move; ``move`` is None where no file does, ``words`` why it cannot be told.

    ``warnings`` are what is perhaps not meant; ``before`` is how many people are on the list in place, where another
    is looked at.
    """

    settings: MoveSettings
    move: Move | None
    words: str = ""
    warnings: tuple[str, ...] = ()
    before: int | None = None

    def __str__(self) -> str:
        if self.move is None:
            return self.words
        instead = "" if self.before is None else f" instead of {self.before}"
        return "; ".join((f"{len(self.move.people)} people{instead}, all in order", *self.warnings))


@app.command("list")
def listed(as_json: JsonOption = False, config: ConfigOption = None) -> None:
    """Count the people of each move by batch and state. Exit code 1 where a list cannot be used."""
    configuration, directory = configured(config)
    found = list(_all(configuration, directory))
    rows = [row for read in found for row in _rows(read, datetime.now(UTC))]
    if as_json:
        print_json(rows)
    elif not found:
        screen().print(_NOBODY)
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
    found = list(_all(configuration, directory))
    told = _told(mailbox, configuration, directory, found)
    otherwise = [] if told is not None else list(_otherwise(mailbox, configuration, directory, found))
    words = f"{told.address}: {told.words}" if told is not None else "\n".join(otherwise)
    if as_json:
        print_json(_as_json(told) if told is not None else {"move": None, "words": words} if words else None)
    else:
        screen().print(words or f"{mailbox} is on no list", soft_wrap=True)
    if told is None:
        raise typer.Exit(FOUND_WRONG)


@app.command("check")
def checked(
    people: PeopleOption = None,
    plans: BatchesOption = None,
    move: MoveOption = None,
    as_json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Read every list as the server would. Exit code 1 where one would be refused; each wrong line is told.

    With --people or --batches, read that file before it is put in place.
    """
    configuration, directory = configured(config)
    if people is None and plans is None:
        found = list(_all(configuration, directory))
    else:
        found = [_instead(configuration, directory, move, people, plans)]
    if as_json:
        print_json([_checked_json(read) for read in found])
    for read in () if as_json else found:
        screen().print(f"{read.settings.name}: {read}", soft_wrap=True)
    if not found and not as_json:
        screen().print(_NOBODY)
    if any(read.words and _has_file(read.settings) for read in found):
        raise typer.Exit(FOUND_WRONG)


@app.command("roll-back")
def rolled_back(
    context: typer.Context,
    move: MoveArgument,
    batch: BatchArgument,
    route_only: RouteOnly = False,
    yes: Yes = False,
    as_json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Send a batch back at once: its people are asked for where they came from, with both calendars joined.

    Where address-book syncs or forwarders name the move, their part is shown, asked about, and taken back with it.
    """
    configuration, _ = configured(config)
    if not route_only and concerned(configuration, move):
        event.roll_back(context, move, batch, yes=yes, as_json=as_json, config=config)
        return
    path, plan = _planned(move, batch, config)
    now = int(datetime.now(UTC).timestamp())
    if plan.rolled_back_at is not None and plan.resumed_at is None and plan.rolled_back_at <= now:
        words = f"{path}: {batch} is rolled back since {_written(plan.rolled_back_at)} already: nothing was changed"
        screen().print(words, soft_wrap=True)
        return
    _write(lambda: batches.rolled_back(path, batch, now), path)
    screen().print(f"{path}: {batch} is rolled back; a server that runs follows within a second", soft_wrap=True)


@app.command("resume")
def resumed(move: MoveArgument, batch: BatchArgument, config: ConfigOption = None) -> None:
    """Let a batch that was rolled back move on: now, or at its planned instant if that is still to come."""
    path, plan = _planned(move, batch, config)
    now = int(datetime.now(UTC).timestamp())
    if plan.resumed_at is not None and plan.resumed_at <= now:
        words = f"{path}: {batch} moves on since {_written(plan.resumed_at)} already: nothing was changed"
        screen().print(words, soft_wrap=True)
        return
    _write(lambda: batches.resumed(path, batch, now), path)
    screen().print(f"{path}: {batch} moves on; a server that runs follows within a second", soft_wrap=True)
    configuration, _ = configured(config)
    if concerned(configuration, move):
        screen().print(f"`busyline moves apply {move} {batch}` moves its entries and forwarders, too", soft_wrap=True)


app.command("plan")(event.plan)
app.command("apply")(event.apply)


def _planned(move: str, batch: str, config: Path | None) -> tuple[Path, Plan]:
    """The file of batches, and the plan of a batch that there is."""
    configuration, directory = configured(config)
    settings, path = _of_batches(configuration, directory, move)
    plans = batches.read(path)
    _known(configuration, directory, settings, plans, batch)
    return path, plans.get(batch, NO_PLAN)


def _written(instant: int) -> str:
    return f"{datetime.fromtimestamp(instant, UTC):%Y-%m-%d %H:%M} UTC"


def _write(change: Callable[[], Plan], path: Path) -> None:
    try:
        change()
    except OSError as error:
        words = f"{path} cannot be written: {error.strerror}; run this as the user whose file it is"
        raise EndingError(words) from None


def named_move(configuration: Configuration, name: str) -> MoveSettings:
    """The move of that name. Raises EndingError where there is none."""
    names = [move.name for move in configuration.moves]
    if not names:
        raise EndingError(_NOBODY, WRONG_USAGE)
    settings = next((move for move in configuration.moves if move.name == name), None)
    if settings is None:
        raise EndingError(f'there is no move "{name}": {did_you_mean(name, names)}', WRONG_USAGE)
    return settings


def concerned(configuration: Configuration, move: str) -> bool:
    """Whether a sync or a forwarder names the move: otherwise its route is all there is of it."""
    named = any(each.name == move for sync in configuration.directory_syncs for each in sync.moves)
    return named or any(each.move == move for each in configuration.move_forwarders)


def known_batch(configuration: Configuration, directory: Path, settings: MoveSettings, batch: str) -> None:
    """Raises EndingError for a batch of which neither the list nor the file of batches knows anything."""
    path = plans_of(settings, directory)
    _known(configuration, directory, settings, batches.read(path) if path is not None and path.exists() else (), batch)


def _of_batches(configuration: Configuration, directory: Path, name: str) -> tuple[MoveSettings, Path]:
    settings = named_move(configuration, name)
    path = plans_of(settings, directory)
    if path is None:
        raise EndingError(f'the move "{name}" has no file of batches: write batches = "file:batches.csv", and restart')
    if not path.exists():
        heading = ",".join(batches.COLUMNS)
        raise EndingError(f"{path}: there is no such file: put it back, or begin one with the line {heading}")
    return settings, path


def _known(
    configuration: Configuration, directory: Path, settings: MoveSettings, plans: Iterable[str], batch: str
) -> None:
    """Raises EndingError for a batch of which neither the list nor the file of batches knows anything."""
    if isinstance(settings.people, GroupPeople | AttributePeople):
        if batch != settings.people.batch:
            words = f'everybody whom the directory names is of the batch "{settings.people.batch}": write that one'
            raise EndingError(f'the move "{settings.name}" has no batch "{batch}": {words}', WRONG_USAGE)
        return
    known = set(plans)
    if batch in known:
        return
    read = _read(settings, ways_of(configuration, directory), directory)
    if read.move is None:
        words = f'whether the move "{settings.name}" has a batch "{batch}" cannot be told, since its list is wrong'
        raise EndingError(f"{words}: {told_wrong(read.words)}")
    known.update(read.move.people.names)
    if batch not in known:
        remedy = did_you_mean(batch, known)
        raise EndingError(f'the move "{settings.name}" has no batch "{batch}": {remedy}', WRONG_USAGE)


def _instead(
    configuration: Configuration, directory: Path, name: str | None, people: Path | None, plans: Path | None
) -> _Read:
    """What comes of other files in place of those of a move."""
    listed = [move.name for move in configuration.moves if _has_file(move)]
    if name is None and len(listed) != 1:
        words = f"write --move with one of {', '.join(listed)}" if listed else "no move has a list in a file"
        raise EndingError(f"--people and --batches are about one move: {words}", WRONG_USAGE)
    settings = named_move(configuration, name or listed[0])
    if not _has_file(settings):
        raise EndingError(f'the move "{settings.name}" has no list in a file', WRONG_USAGE)
    others = [read for read in _all(configuration, directory) if read.move is not None]
    taken = [(read.settings.name, read.move.people) for read in others if read.move and read.settings is not settings]
    old = next((read.move for read in others if read.settings is settings), None)
    ways = ways_of(configuration, directory)
    return _read(settings, ways, directory, taken, people=people, plans=plans, old=old)


def _all(configuration: Configuration, directory: Path) -> Iterator[_Read]:
    ways = ways_of(configuration, directory)
    before: list[Move] = []
    for settings in configuration.moves:
        read = _read(settings, ways, directory, [(move.sides.name, move.people) for move in before])
        if read.move is not None:
            before.append(read.move)
        yield read


def _read(
    settings: MoveSettings,
    ways: Ways,
    directory: Path,
    taken: Taken = (),
    *,
    people: Path | None = None,
    plans: Path | None = None,
    old: Move | None = None,
) -> _Read:
    try:
        sides = sides_of(settings, ways.table)
        if not _has_file(settings):
            words = "both sides are asked about everybody" if settings.people == ASK else _NOT_HERE
            return _Read(settings, None, words)
        files = files_of(settings, sides, directory)
        files = replace(files, people=people or files.people, plans=plans or files.plans)
        move = at_once(files.load(files.texts(), old, taken))
    except ListFileError as error:
        return _Read(settings, None, str(error))
    return _Read(settings, move, "", tuple(doubtful(move)), None if old is None else len(old.people))


def doubtful(move: Move) -> Iterator[str]:
    """What of a list is in order but perhaps not meant, in words with a remedy."""
    if not len(move.people):
        yield "nobody is on the list, so that everybody is asked for at the side that they leave: list those who move"
    known = borne(move.people)
    for name in sorted(name for name, plan in move.plans.items() if plan != NO_PLAN and name not in known):
        meant = next((each for each in known if each.lower() == name.lower()), "")
        remedy = did_you_mean(name, known) if known else "list its people"
        yield f'nobody bears the batch "{name}": {f"did you mean {meant}?" if meant else remedy}'


def _checked_json(read: _Read) -> dict[str, Any]:
    people = None if read.move is None else len(read.move.people)
    wrong = read.words.splitlines() if _has_file(read.settings) else []
    found = {"move": read.settings.name, "people": people, "wrong": wrong, "warnings": list(read.warnings)}
    return found if read.before is None else found | {"before": read.before}


def _has_file(settings: MoveSettings) -> bool:
    return isinstance(settings.people, str) and settings.people != ASK


def _told(mailbox: Mailbox, configuration: Configuration, directory: Path, found: Iterable[_Read]) -> Told | None:
    aliases = ways_of(configuration, directory).table.aliases
    for read in found:
        if read.move is not None:
            for name in (mailbox, aliases.real(mailbox)):
                if (told := read.move.told(name, datetime.now(UTC))) is not None:
                    return told
    return None


def _otherwise(
    mailbox: Mailbox, configuration: Configuration, directory: Path, found: Iterable[_Read]
) -> Iterator[str]:
    """What the moves tell of somebody whom no list that can be read names."""
    table = ways_of(configuration, directory).table
    for read in found:
        if read.settings.people == ASK:
            way = Everybody(sides_of(read.settings, table)).way(table.resolve(mailbox)[0], lambda: datetime.now(UTC))
            if way is not None:
                yield f"{mailbox}: {way.reason}"
        elif not _has_file(read.settings):
            yield f"{read.settings.name}: {read.words}"
        elif read.move is None:
            yield f"{read.settings.name}: {told_wrong(read.words)}"


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
