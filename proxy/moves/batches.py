"""Reads and writes the file of batches: when each moves, and whether it was rolled back."""

import dataclasses
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from proxy.list_files import ListFileError, check, text_of
from proxy.moves.instants import instant, written
from proxy.moves.replacing import replace
from proxy.moves.table import Layout, TableError, fields_of, layout, lines, picked
from routing.stages import FOREVER, NO_PLAN, Plan, moving_now

COLUMNS: Final = ("batch", "moved_at", "rolled_back_at", "resumed_at")
_HEADING: Final = ",".join(COLUMNS)


def plans(text: str, path: Path) -> dict[str, Plan]:
    """The plan of each batch. Raises ListFileError, which names every wrong line."""
    found: dict[str, Plan] = {}
    wrong: list[str] = []
    try:
        shape = layout(text, COLUMNS)
    except TableError as error:
        raise ListFileError(f"{path}:{error.line}: {error}") from None
    for number, fields in _rows(text, shape):
        try:
            name, plan = _plan(fields)
            if name in found:
                raise ValueError(f'"{name[:40]}" stands there already: remove one of the two')
            found[name] = plan
        except ValueError as error:
            wrong.append(f"{path}:{number}: {error}")
    check(path, wrong)
    return found


def read(path: Path) -> dict[str, Plan]:
    """The plans in the file. Raises ListFileError."""
    return plans(text_of(path), path)


def rolled_back(path: Path, batch: str, at: int) -> Plan:
    """Write down that the batch was rolled back ``at``; its plan from now on. Raises ListFileError, OSError."""
    return _changed(path, batch, lambda plan: dataclasses.replace(plan, rolled_back_at=at, resumed_at=None))


def resumed(path: Path, batch: str, at: int) -> Plan:
    """Write down that the batch moves on since ``at``; its plan from now on. Raises ListFileError, OSError."""

    def resume(plan: Plan) -> Plan:
        if plan.rolled_back_at is None:
            raise ListFileError(f'{path}: the batch "{batch}" is not rolled back: there is nothing to resume')
        return dataclasses.replace(plan, resumed_at=max(at, plan.rolled_back_at))

    return _changed(path, batch, resume)


def moved(path: Path, batch: str, at: int) -> Plan:
    """Write down that the batch moves ``at`` at the latest, rolled back before or not; its plan from now on.

    Raises ListFileError, OSError.
    """
    return _changed(path, batch, lambda plan: moving_now(plan, at))


def _changed(path: Path, batch: str, change: Callable[[Plan], Plan]) -> Plan:
    """Comments, order and all other lines stay as they are; whoever reads meanwhile finds the old file or the new."""
    text = text_of(path) if path.exists() else _HEADING + "\n"
    ending = "\r\n" if "\r\n" in text else "\n"
    text = text.replace("\r\n", "\n")
    plan = change(plans(text, path).get(batch, NO_PLAN))
    shape = layout(text, COLUMNS)
    if shape.heading and -1 in shape.places:
        text, shape = _with_all_columns(text, shape)
    kept = text.removesuffix("\n").split("\n")
    row = _row(batch, plan, shape)
    place = next((number for number, fields in _rows(text, shape) if fields and fields[0] == batch), 0)
    if place:
        kept[place - 1] = row
    else:
        kept.append(row)
    replace(path, ending.join([*kept, ""]))
    return plan


def _with_all_columns(text: str, shape: Layout) -> tuple[str, Layout]:
    """The same file, with those columns in its heading that were not wanted so far."""
    kept = text.removesuffix("\n").split("\n")
    missing = [name for name, place in zip(COLUMNS, shape.places, strict=True) if place < 0]
    kept[shape.heading - 1] = shape.separator.join([kept[shape.heading - 1].rstrip(f" {shape.separator}"), *missing])
    whole = "\n".join(kept)
    return whole, layout(whole, COLUMNS)


def _row(batch: str, plan: Plan, shape: Layout) -> str:
    moved_at = None if plan.moved_at >= FOREVER else plan.moved_at
    instants = (moved_at, plan.rolled_back_at, plan.resumed_at)
    values = [_quoted(batch), *("" if each is None else written(each) for each in instants)]
    fields = [""] * (max(shape.places) + 1)
    for place, value in zip(shape.places, values, strict=True):
        fields[place] = value
    return shape.separator.join(fields)


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if set(text) & set(',;"#') else text


def _rows(text: str, shape: Layout) -> Iterator[tuple[int, list[str] | None]]:
    for number, line in lines(text):
        if number != shape.heading:
            yield number, picked(fields_of(line, shape.separator), shape)


def _plan(fields: list[str] | None) -> tuple[str, Plan]:
    if fields is None:
        raise ValueError(f"there are more fields than {', '.join(COLUMNS)}: remove what is too many")
    name, moved_at, rolled_back_at, resumed_at = fields
    if not name:
        raise ValueError("the batch has no name: write one")
    return name, Plan(
        moved_at=_instant("moved_at", moved_at) if moved_at else FOREVER,
        rolled_back_at=_instant("rolled_back_at", rolled_back_at) if rolled_back_at else None,
        resumed_at=_instant("resumed_at", resumed_at) if resumed_at else None,
    )


def _instant(column: str, text: str) -> int:
    try:
        return instant(text)
    except ValueError as error:
        raise ValueError(f"{column} {error}") from None
