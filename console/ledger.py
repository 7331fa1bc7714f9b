"""`busyline ledger`: which caller looked at whom, for operators and for people who ask after their own data."""

import csv
import os
import sys
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, fields
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Any, TextIO

import typer

from console.configuration import Configuration
from console.mistakes import did_you_mean
from console.other_names import OtherNames, kept_by_directories
from console.terminal import (
    WRONG_USAGE,
    ConfigOption,
    EndingError,
    JsonOption,
    configured,
    print_json,
    screen,
)
from protocols.model.mailbox import canonical
from proxy.ledger.entry import REFUSED
from proxy.ledger.naming import naming
from proxy.ledger.reader import Look, Reader, about
from proxy.settings.ledger import LedgerSettings
from service import durations

_SHOWN = ("time", "caller", "front", "address", "outcome", "start", "end")
_HEADINGS = {"start": "from", "end": "to", "outcome": "saw", "front": "by"}
_TIMES = frozenset({"time", "start", "end"})
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def command(
    *,
    person: Annotated[str | None, typer.Option(metavar="ADDRESS", help="What concerns this person alone.")] = None,
    caller: Annotated[str | None, typer.Option(metavar="CALLER", help="What this caller asked.")] = None,
    since: Annotated[str | None, typer.Option(metavar="7d|YYYY-MM-DD", help="From then on; else all of it.")] = None,
    last: Annotated[int, typer.Option(min=1, help="How many rows the table shows.")] = 200,
    as_json: JsonOption = False,
    to_csv: Annotated[
        Path | None, typer.Option("--csv", metavar="FILE", help="Write CSV to a new file; - for here.")
    ] = None,
    config: ConfigOption = None,
) -> None:
    """Show or export which caller looked at whom. Exit code 1 where no ledger is kept, or a part cannot be read."""
    if as_json and to_csv is not None:
        raise EndingError("write --json or --csv, not both", WRONG_USAGE)
    configuration, directory = configured(config)
    settings = _kept(configuration)
    names = _names(person, configuration, settings, directory)
    reader = Reader(directory / settings.directory, names or ())
    found = _found(reader, names, caller, _since(since, datetime.now(UTC)))
    _note_a_stranger(caller, configuration)
    with _words_for(directory / settings.directory):
        if as_json:
            print_json([_as_json(look) for look in found])
        elif to_csv is not None:
            _export(found, to_csv)
        else:
            _print(found, last, person, reader)
    if names is not None and reader.foreign:
        raise EndingError(
            f"{reader.foreign} entries are under pseudonyms of a key that this configuration does not name: nobody can "
            f"tell whether they concern {person}; write that key into [ledger] and ask again"
        )
    if reader.broken:
        raise EndingError(f"{reader.broken} lines cannot be read: a process was killed, or somebody changed them")


def _kept(configuration: Configuration) -> LedgerSettings:
    if configuration.ledger is None:
        raise EndingError('no ledger is kept: write a section [ledger] with directory = "ledger", and restart')
    return configuration.ledger


def _names(
    person: str | None, configuration: Configuration, settings: LedgerSettings, directory: Path
) -> frozenset[str] | None:
    """How the ledger may have written the person down, by whichever name; None where everybody is wanted."""
    if person is None:
        return None
    try:
        plain = canonical(person)
    except ValueError:
        words = f'--person "{person}" is no e-mail address: write it alone, such as ann@contoso.example'
        raise EndingError(words, WRONG_USAGE) from None
    names = OtherNames(configuration, directory, datetime.now(UTC)).of(plain)
    if others := sorted(names - {plain}):
        _note(f"looked for as well: {', '.join(others)}, by [[aliases]], [[routes]] and [[moves]]")
    for move in kept_by_directories(configuration):
        _note(f'a directory says who moves by "{move}": ask for the address on the other side by itself')
    written = naming(settings, directory)
    return names | {written(name) for name in names}


def _note_a_stranger(caller: str | None, configuration: Configuration) -> None:
    """No error: the ledger remembers callers that the settings know no more."""
    known = {each.name for each in configuration.callers}
    if caller is not None and caller not in known:
        _note(f'no caller is named "{caller}" in the settings now: {did_you_mean(caller, known)}')


def _note(words: str) -> None:
    screen(stderr=True).print(f"note: {words}", soft_wrap=True)


@contextmanager
def _words_for(ledger: Path) -> Iterator[None]:
    """What the file system says of the ledger, in words. Raises EndingError."""
    try:
        yield
    except FileNotFoundError:
        raise EndingError(f"{ledger} is not there: nothing has been written yet") from None
    except NotADirectoryError:
        raise EndingError(f"{ledger} is no directory: name one as directory of [ledger], and restart") from None
    except IsADirectoryError as error:
        raise EndingError(f"{error.filename} is a directory, not a file of the ledger: move it elsewhere") from None
    except PermissionError as error:
        raise EndingError(f"{error.filename} cannot be read: run this as Busyline's own user") from None


def _since(text: str | None, now: datetime) -> datetime | None:
    if text is None:
        return None
    try:
        return datetime.combine(date.fromisoformat(text), datetime.min.time(), UTC)
    except ValueError:
        pass
    try:
        return now - durations.parse(text)
    except (ValueError, OverflowError):
        raise EndingError(f'--since "{text}": write "7d", "12h" or a day such as 2026-11-20', WRONG_USAGE) from None


def _found(reader: Reader, names: frozenset[str] | None, caller: str | None, since: datetime | None) -> Iterator[Look]:
    looks = reader.looks(since)
    for look in looks if names is None else about(looks, names):
        if caller is None or look.caller == caller:
            yield look


def _as_json(look: Look) -> dict[str, Any]:
    return {**asdict(look), "time": look.time.isoformat()}


def _print(found: Iterable[Look], last: int, person: str | None, reader: Reader) -> None:
    rows: deque[Look] = deque(maxlen=last)
    total = 0
    for look in found:
        total += 1
        rows.append(look)
    console = screen()
    if not rows and person and reader.foreign:
        return  # nobody can say that there is nothing
    if not rows:
        console.print("nothing is written down" + (f" about {person}" if person else "") + " in this time")
        return
    behind = ("person",) if any(look.person for look in rows) else ()
    through = ("through",) if any(look.through for look in rows) else ()
    columns = [*_SHOWN, *through, *behind, *(("part",) if person else ()), "request"]
    cells = [[_HEADINGS.get(name, name) for name in columns]]
    cells += [[_cell(look, name) for name in columns] for look in rows]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    for number, row in enumerate(cells):
        line = "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        console.print(line, style="bold" if not number else "", soft_wrap=True)  # a row stays a line, for pipes too
    if total > len(rows):
        console.print(f"the last {len(rows)} of {total}; --last shows more, --csv and --json all")


def _cell(look: Look, name: str) -> str:
    if name == "outcome":
        return look.verdict if look.outcome == REFUSED else look.outcome
    value = getattr(look, name)
    text = value.isoformat() if isinstance(value, datetime) else str(value)
    return text[:16].replace("T", " ") if name in _TIMES else text


def _export(found: Iterable[Look], path: Path) -> None:
    with _opened(path) as stream:
        writer = csv.writer(stream)
        writer.writerow([field.name for field in fields(Look)])
        for look in found:
            writer.writerow([_harmless(str(value)) for value in _as_json(look).values()])


@contextmanager
def _opened(path: Path) -> Iterator[TextIO]:
    """Standard output, or a new file that its owner alone may read. Raises EndingError where it is there already."""
    if str(path) == "-":
        yield sys.stdout
        return
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise EndingError(f"{path} is there already: name another file, or remove it", WRONG_USAGE) from None
    except OSError as error:
        words = f"--csv {path} cannot be written: {error.strerror}; name a file in a directory of yours"
        raise EndingError(words, WRONG_USAGE) from None
    with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as stream:
        yield stream


def _harmless(value: str) -> str:
    """What a spreadsheet does not take for a formula: addresses are the callers' own words."""
    return f"'{value}" if value.startswith(_FORMULA) else value
