"""What a benchmark hands back: a figure with its bound, printed as a table and kept as JSON."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.table import Table


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One figure. Exactly one bound is given; ``value`` None means not measured, and ``note`` says why."""

    name: str
    value: float | None
    unit: str
    at_least: float | None = None
    at_most: float | None = None
    note: str = ""

    def __post_init__(self) -> None:
        if (self.at_least is None) == (self.at_most is None):
            raise ValueError(f"{self.name} wants exactly one bound")
        if self.value is None and not self.note:
            raise ValueError(f"{self.name} was not measured and does not say why")

    @property
    def reached(self) -> bool:
        """Whether the figure is there and keeps its bound."""
        if self.value is None:
            return False
        if self.at_least is not None:
            return self.value >= self.at_least
        assert self.at_most is not None
        return self.value <= self.at_most

    @property
    def bound(self) -> str:
        """The bound in words."""
        return f"at least {self.at_least:g}" if self.at_least is not None else f"at most {self.at_most:g}"


def written(rows: Sequence[Row]) -> str:
    """The rows as JSON, one to a line. What was not measured is left out: a figure that is not there is not nought."""
    lines = ",\n".join("  " + json.dumps(_entry(row)) for row in rows if row.value is not None)
    return f"[\n{lines}\n]\n" if lines else "[]\n"


def _entry(row: Row) -> dict[str, Any]:
    bound = {"at_least": row.at_least} if row.at_least is not None else {"at_most": row.at_most}
    return {"name": row.name, "value": row.value, "unit": row.unit, **bound}


def keep(rows: Sequence[Row], path: Path) -> None:
    """Write the rows to ``path``."""
    path.write_text(written(rows), encoding="utf-8")


def table(rows: Sequence[Row]) -> Table:
    """The rows for a terminal."""
    drawn = Table(box=None, pad_edge=False)
    drawn.add_column("figure", no_wrap=True)
    drawn.add_column("value", justify="right", no_wrap=True)
    for heading in ("unit", "must be", "", "measured"):
        drawn.add_column(heading, no_wrap=heading != "measured")
    for row in rows:
        value = "not measured" if row.value is None else f"{row.value:g}"
        verdict = "[green]reached[/]" if row.reached else "[red]missed[/]"
        drawn.add_row(row.name, value, row.unit, row.bound, verdict, row.note)
    return drawn
