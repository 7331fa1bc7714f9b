"""An operator at the command line: a configuration with two spreadsheets, a clock that is told, and what is printed."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pytest
from typer import Typer
from typer.testing import CliRunner

from console.cli import run
from console.gal.command import app
from console.surroundings import Surroundings
from console.terminal import EndingError

HEADER: Final = "anchor,address,display_name,phone\n"
CONFIGURATION: Final = """\
[server]
public_url = "http://127.0.0.1:8080"
certificate.kind = "none"
[directories.hr]
protocol = "csv"
path = "hr.csv"
[directories.list]
protocol = "csv"
path = "list.csv"
[[directory_syncs]]
name = "staff"
from = "hr"
to = "list"
as = "mail-contact"
grace = "30d"
guards.deletions = { share = 0.5 }
"""


@dataclass(slots=True)
class Operator:
    """Types into ``folder`` at ``now``; ``asks`` is whether anybody can be asked, who then types ``answers``."""

    folder: Path
    now: datetime = datetime(2026, 11, 23, 8, tzinfo=UTC)
    tick: timedelta = timedelta()
    commands: Typer = app
    out: str = ""
    err: str = ""
    _runner: CliRunner = field(default_factory=CliRunner)

    def people(self, *rows: tuple[str, str, str]) -> None:
        """Who stands in the source: local part (the anchor as well), display name, phone."""
        lines = [f"{local},{local}@fabrikam.example,{name},{phone}\n" for local, name, phone in rows]
        (self.folder / "hr.csv").write_text(HEADER + "".join(lines))

    def clock(self) -> datetime:
        """The time; it goes on by ``tick`` whenever somebody looks."""
        self.now += self.tick
        return self.now

    def later(self, **length: float) -> None:
        """Time passes."""
        self.now += timedelta(**length)

    def types(self, *arguments: str, answers: str | None = None) -> int:
        """The exit code of ``busyline gal …``, or of other ``commands``; with ``answers``, somebody types them."""
        around = Surroundings(clock=self.clock, asks=answers is not None)
        given = [*arguments, "--config", str(self.folder / "busyline.toml")]
        result = self._runner.invoke(self.commands, given, obj=around, input=answers)
        self.out, self.err = result.stdout, result.stderr
        if isinstance(result.exception, EndingError):
            self.err += str(result.exception)
            return result.exception.code
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result.exit_code

    def json(self, *arguments: str, code: int = 0) -> Any:
        """What the command prints for programs."""
        assert self.types(*arguments, "--json") == code, self.err
        return json.loads(self.out)

    def standing(self) -> dict[str, tuple[str, str]]:
        """Who stands in the target: display name, and whether hidden, by address."""
        path = self.folder / "list.csv"
        if not path.exists():
            return {}
        head, *rows = (line.split(",") for line in path.read_text("utf-8-sig").splitlines())
        lines = [dict(zip(head, row, strict=True)) for row in rows]
        return {line["address"]: (line["display_name"], line["hidden"]) for line in lines}


def operator(folder: Path, *, configuration: str = CONFIGURATION) -> Operator:
    """Ann, Bob and Cy in the source, nothing in the target."""
    (folder / "busyline.toml").write_text(configuration)
    made = Operator(folder)
    made.people(("ann", "Ann", "1"), ("bob", "Bob", "2"), ("cy", "Cy", "3"))
    return made


def main(capsys: pytest.CaptureFixture[str], arguments: Sequence[str]) -> tuple[int, str, str]:
    """``busyline`` itself: its exit code and what it printed."""
    code = run(arguments)
    printed = capsys.readouterr()
    return code, printed.out, printed.err
