"""Finds the line of the configuration on which a key stands, which the standard library's TOML reader does not tell."""

import re
from collections import defaultdict
from collections.abc import Iterable
from typing import TypeAlias

Place: TypeAlias = tuple[str | int, ...]

_PART = r"""\s*(?:"(?:[^"\\]|\\.)*"|'[^']*'|[A-Za-z0-9_-]+)\s*"""
_NAME = re.compile(_PART)
_HEADER = re.compile(rf"\s*(\[\[?)({_PART}(?:\.{_PART})*)\]\]?")
_KEY = re.compile(rf"({_PART}(?:\.{_PART})*)=")
_WORD = re.compile(r"\[(\d+)\]|([^.\[\]]+)")
_LONG_QUOTES = re.compile(r'"""|' + "'''")


def lines_of(text: str) -> dict[Place, int]:
    """The line (from 1) on which each section and key of a TOML text begins; ``[[name]]`` counts from 0.

    A short scan of headers and keys, not a parser: keys inside an inline table are found on the table's line by
    :func:`line_of`, and text between long quotes is skipped.
    """
    found: dict[Place, int] = {}
    counts: dict[Place, int] = defaultdict(int)
    section: Place = ()
    quoted = False
    for number, line in enumerate(text.splitlines(), 1):
        inside = quoted
        quoted ^= len(_LONG_QUOTES.findall(line)) % 2 == 1
        if inside:
            continue
        if header := _HEADER.match(line):
            section = _section(_names(header[2]), counts, entry=header[1] == "[[")
            found.setdefault(section, number)
        elif key := _KEY.match(line):
            for length in range(len(names := _names(key[1]))):
                found.setdefault((*section, *names[: length + 1]), number)
    return found


def line_of(place: Place, lines: dict[Place, int]) -> int:
    """The line of ``place`` or of what it lies in; 1 where the text does not mention it at all."""
    for length in range(len(place), 0, -1):
        if line := lines.get(place[:length]):
            return line
        if section := _first_inside(place[:length], lines):
            return section
    return 1


def words_of(place: Place) -> str:
    """``place`` the way a person counts and writes: ``routes[2].via``."""
    text = ""
    for part in place:
        text += f"[{part + 1}]" if isinstance(part, int) else f".{part}"
    return text.removeprefix(".")


def place_of(words: str, names: Iterable[str] = ()) -> Place:
    """The place that :func:`words_of` wrote down; ``names`` are keys that hold a dot themselves."""
    whole = max((name for name in names if f".{name}." in f".{words}."), key=len, default="")
    before, _, after = words.partition(whole) if whole else (words, "", "")
    parts = [*_WORD.findall(before), *([("", whole)] if whole else ()), *_WORD.findall(after)]
    return tuple(int(number) - 1 if number else name for number, name in parts)


def _section(names: list[str], counts: dict[Place, int], *, entry: bool) -> Place:
    place: Place = ()
    for index, name in enumerate(names):
        place = (*place, name)
        if entry and index == len(names) - 1:
            counts[place] += 1
        if counts.get(place):
            place = (*place, counts[place] - 1)
    return place


def _names(dotted: str) -> list[str]:
    return [part.strip().strip("\"'") for part in _NAME.findall(dotted)]


def _first_inside(place: Place, lines: dict[Place, int]) -> int | None:
    return min((line for inner, line in lines.items() if inner[: len(place)] == place), default=None)
