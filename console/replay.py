"""`busyline replay`: runs a capture offline, and tells which answers are no longer the same."""

import asyncio
from collections import Counter
from pathlib import Path
from typing import Annotated, Final

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
from protocols.ews.manner import Manner
from proxy.capture.journal import Journal, JournalError, read
from proxy.capture.printable import printable, printable_lines
from proxy.capture.replaying import Replayed, Verdict, replay
from proxy.connector import utc_now
from proxy.manners import manner_of
from service import logs

_ERRORS_ONLY: Final = 40
_STYLES: Final = {Verdict.DIFFERS: "yellow", Verdict.UNREADABLE: "red", Verdict.SKIPPED: "dim"}
_WRONG: Final = (Verdict.DIFFERS, Verdict.UNREADABLE)


def command(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What `busyline capture` kept.")],
    *,
    caller: Annotated[
        str | None, typer.Option("--as", metavar="CALLER", help="Answer in this caller's manner, not as captured.")
    ] = None,
    sample: Annotated[
        int | None, typer.Option(metavar="LINE", help="Print the body of the request in this line of FILE, no more.")
    ] = None,
    as_json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Answer captured requests again, offline, and compare. Exit code 1 where an answer differs."""
    journal = _journal(file)
    if sample is not None:
        _print_sample(journal, sample)
        return
    manner = _manner(configured(config)[0], caller) if caller is not None else journal.header.manner
    lines = logs.configure("console", level=_ERRORS_ONLY)
    try:
        replayed = asyncio.run(replay(journal, manner, clock=utc_now))
    finally:
        lines.flush()
    if as_json:
        print_json([_as_json(one) for one in replayed])
    else:
        _print(file, replayed)
    if any(one.verdict in _WRONG for one in replayed):
        raise typer.Exit(FOUND_WRONG)


def _journal(file: Path) -> Journal:
    try:
        journal = read(file)
    except JournalError as error:
        raise EndingError(printable(str(error)), WRONG_USAGE) from None
    except OSError as error:
        raise EndingError(f"{printable(str(file))}: cannot be read: {error.strerror}", WRONG_USAGE) from None
    if journal.cut:
        words = f"{file}: its last line is broken off, and is left out: the server was ended while it wrote"
        screen(stderr=True).print(printable(words), soft_wrap=True)
    return journal


def _manner(configuration: Configuration, caller: str) -> Manner:
    callers = {each.name: each for each in configuration.callers}
    if caller not in callers:
        raise EndingError(f'there is no caller "{caller}": {did_you_mean(caller, callers)}', WRONG_USAGE)
    return manner_of(callers[caller])


def _print_sample(journal: Journal, line: int) -> None:
    entry = next((entry for entry in journal.entries if entry.line == line), None)
    if entry is None or entry.body is None or entry.body.text is None:
        raise EndingError(f"line {line} has no request whose body was kept", WRONG_USAGE)
    print(printable_lines(entry.body.text))


def _print(file: Path, replayed: list[Replayed]) -> None:
    console = screen()
    for one in replayed:
        words = f": {one.words}" if one.words else ""
        console.print(
            printable(f"{file.name}:{one.line}: {one.what}: {one.verdict.value}{words}"),
            style=_STYLES.get(one.verdict),
            soft_wrap=True,
        )
    counts = Counter(one.verdict for one in replayed)
    told = ", ".join(f"{counts[verdict]} {verdict.value}" for verdict in Verdict if counts[verdict])
    console.print(told or "the capture holds no request", soft_wrap=True)


def _as_json(one: Replayed) -> dict[str, str | int]:
    what, words = printable(one.what), printable(one.words)  # JSON escapes some controls, and not all
    return {"line": one.line, "what": what, "verdict": one.verdict.value, "words": words}
