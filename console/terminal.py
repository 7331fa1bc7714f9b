"""What every command shares on the terminal: its options, its output, and how it ends."""

import json
from datetime import datetime
from pathlib import Path
from typing import Annotated, TypeAlias

import typer
from rich.console import Console

from console.configuration import Configuration, find, load

DONE, FOUND_WRONG, WRONG_USAGE = 0, 1, 2

ConfigOption: TypeAlias = Annotated[
    Path | None,
    typer.Option("--config", metavar="FILE", help="The configuration; else $BUSYLINE_CONFIG or ./busyline.toml."),
]
JsonOption: TypeAlias = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]
CallerOption: TypeAlias = Annotated[
    str | None, typer.Option("--as", metavar="CALLER", help="Ask as this caller of the configuration.")
]


FromOption: TypeAlias = Annotated[
    datetime | None,
    typer.Option("--from", metavar="YYYY-MM-DD", formats=["%Y-%m-%d"], help="The first day; else today."),
]


class EndingError(Exception):
    """A command cannot go on: ``text`` says why, in words and with a remedy; ``code`` is the exit code."""

    def __init__(self, text: str, code: int = FOUND_WRONG) -> None:
        super().__init__(text)
        self.code = code


def screen(*, stderr: bool = False) -> Console:
    """Where a command prints: colours only where they are understood, and text is never taken for markup."""
    return Console(stderr=stderr, markup=False, highlight=False, emoji=False)


def configured(option: Path | None) -> tuple[Configuration, Path]:
    """The configuration and the directory that its files are relative to. Raises ConfigurationError."""
    path = find(option)
    return load(path), path.resolve().parent


def print_json(value: object) -> None:
    """One JSON document on standard output."""
    print(json.dumps(value, ensure_ascii=False, indent=2))
