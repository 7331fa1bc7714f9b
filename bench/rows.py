"""What a benchmark hands back: figures with their bounds, printed as a table and kept as JSON."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.markup import escape
from rich.table import Table


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One figure. At most one bound is given, none for information; ``value`` None: not measured, ``note`` says why."""

    name: str
    value: float | None
    unit: str
    at_least: float | None = None
    at_most: float | None = None
    note: str = ""

    def __post_init__(self) -> None:
        if self.at_least is not None and self.at_most is not None:
            raise ValueError(f"{self.name} wants one bound at most")
        if self.value is None and not self.note:
            raise ValueError(f"{self.name} was not measured and does not say why")

    @property
    def reached(self) -> bool:
        """Whether the figure is there and keeps its bound, if it has one."""
        if self.value is None:
            return False
        if self.at_least is not None:
            return self.value >= self.at_least
        return self.at_most is None or self.value <= self.at_most

    @property
    def bound(self) -> str:
        """The bound in words; none for information."""
        if self.at_least is not None:
            return f"at least {self.at_least:g}"
        return f"at most {self.at_most:g}" if self.at_most is not None else ""

    @property
    def verdict(self) -> str:
        """In rich's markup: reached, missed, or nothing where nothing had to be reached."""
        if self.reached:
            return "[green]reached[/]" if self.bound else ""
        return "[red]missed[/]" if self.value is not None else "[red]unknown[/]"


def written(rows: Sequence[Row]) -> str:
    """The rows as JSON, one to a line. What was not measured is left out: a figure that is not there is not nought."""
    lines = ",\n".join("  " + json.dumps(_entry(row), ensure_ascii=False) for row in rows if row.value is not None)
    return f"[\n{lines}\n]\n" if lines else "[]\n"


def _entry(row: Row) -> dict[str, Any]:
    bounds = {"at_least": row.at_least, "at_most": row.at_most}
    told = {name: value for name, value in bounds.items() if value is not None}
    note = {"note": row.note} if row.note else {}
    return {"name": row.name, "value": row.value, "unit": row.unit, **told, **note}


def keep(rows: Sequence[Row], path: Path) -> None:
    """Write the rows to ``path``."""
    path.write_text(written(rows), encoding="utf-8")


def renewed(rows: Sequence[Row], path: Path) -> list[Row]:
    """The rows kept in ``path``, those of ``rows`` in place of their namesakes, and what else is in ``rows`` after."""
    kept = [Row(**entry) for entry in json.loads(path.read_text(encoding="utf-8"))] if path.exists() else []
    new = {row.name: row for row in rows}
    return [new.pop(row.name, row) for row in kept] + list(new.values())


def table(rows: Sequence[Row]) -> Table:
    """The rows for a terminal."""
    drawn = Table(box=None, pad_edge=False)
    drawn.add_column("figure", no_wrap=True)
    drawn.add_column("value", justify="right", no_wrap=True)
    for heading in ("unit", "must be", "", "measured"):
        drawn.add_column(heading, no_wrap=heading != "measured")
    for row in rows:
        value = "not measured" if row.value is None else f"{row.value:g}"
        drawn.add_row(row.name, value, row.unit, row.bound, row.verdict, escape(row.note))
    return drawn
