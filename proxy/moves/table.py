"""Reads a table of a few columns from CSV as spreadsheets write it, a slice of lines at a time."""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

SLICE: Final = 100
"""How many lines are read before others have a turn."""

Row: TypeAlias = tuple[int, list[str]]
_CHUNK: Final = 16_384  # characters


class TableError(ValueError):
    """A line is not what the heading promises: ``line``, and why, in words."""

    def __init__(self, line: int, words: str) -> None:
        super().__init__(words)
        self.line = line


@dataclass(frozen=True, slots=True)
class Layout:
    """Which separator the table has, and in which field each column stands; ``heading`` is the line of it, or 0."""

    separator: str
    places: tuple[int, ...]
    heading: int


def layout(text: str, columns: Sequence[str]) -> Layout:
    """What the first line that says anything tells of the table: a heading, or the first row of ``columns`` in order.

    A heading has no ``@`` and names the first of the columns. Raises TableError for a column that there is not, and
    for what looks like a heading and does not name the first.
    """
    for number, line in lines(text):
        separator = ";" if ";" in line and "," not in line else ","
        names = [name.lower() for name in fields_of(line, separator)]
        if columns[0] not in names and _is_heading(names):
            written = ",".join(columns)
            raise TableError(number, f'the heading has no column "{columns[0]}": write {written}')
        if "@" in line or columns[0] not in names:
            return Layout(separator, tuple(range(len(columns))), 0)
        while names and not names[-1]:
            names.pop()
        for name in names:
            if name not in columns or names.count(name) > 1:
                known = ", ".join(columns)
                raise TableError(number, f'the heading has a column "{name[:40]}": write each of {known} once')
        return Layout(separator, tuple(names.index(name) if name in names else -1 for name in columns), number)
    return Layout(",", tuple(range(len(columns))), 0)


def _is_heading(names: Sequence[str]) -> bool:
    """Words alone, several of them: no address, no day, no instant."""
    words = [name for name in names if name]
    return len(words) > 1 and not any(character in "@0123456789" for name in words for character in name)


def lines(text: str) -> Iterator[tuple[int, str]]:
    """Each line that says anything with its number, from 1; one that begins with ``#`` is a comment."""
    number = 0
    for chunk in _chunks(text):
        for written in chunk.split("\n"):
            number += 1
            line = written.strip()
            if line and line[0] != "#":
                yield number, line


def fields_of(line: str, separator: str) -> list[str]:
    """The fields of a line, without the space around them; quoted ones without their quotes."""
    if '"' not in line:
        if " " not in line and "\t" not in line:
            return line.split(separator)
        return [field.strip() for field in line.split(separator)]
    try:
        return [field.strip() for field in next(csv.reader([line], delimiter=separator, skipinitialspace=True))]
    except csv.Error:
        return [line]  # a field that is longer than any: no address, no instant


def picked(fields: list[str], layout: Layout) -> list[str] | None:
    """The fields in the order of the columns, "" for what is not there; None where there are more than columns."""
    found = len(fields)
    if found == len(layout.places) and not layout.heading:
        return fields
    width = max(layout.places) + 1
    if found > width and any(fields[width:]):
        return None
    return [fields[place] if 0 <= place < found else "" for place in layout.places]


def _chunks(text: str) -> Iterator[str]:
    """Whole lines, not too many at once: splitting megabytes is felt by whoever asks meanwhile."""
    if "\r" in text[:_CHUNK] and "\n" not in text[:_CHUNK]:
        text = text.replace("\r", "\n")
    start, end = 0, len(text)
    while start < end:
        cut = text.find("\n", start + _CHUNK)
        cut = end if cut < 0 else cut
        yield text[start:cut]
        start = cut + 1
