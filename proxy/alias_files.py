"""Alias files: other addresses of rooms and people, an alias and the real address to a line."""

import csv
from collections.abc import Iterator
from pathlib import Path

from protocols.model.mailbox import canonical
from proxy.list_files import check, text_of

_EXAMPLE = "room1@g.northwind.example,room1@northwind.example"


def addresses_of(path: Path) -> dict[str, str]:
    """Real addresses by alias, canonical; a first line without an ``@`` is a heading, ``#`` begins a comment.

    Raises ListFileError for all lines at once.
    """
    found: dict[str, str] = {}
    wrong: list[str] = []
    for number, fields in _lines(text_of(path)):
        try:
            alias, real = map(canonical, fields)
        except ValueError:
            wrong.append(f'{path}:{number}: is no pair of addresses: write two, such as "{_EXAMPLE}"')
            continue
        if found.setdefault(alias, real) != real:
            wrong.append(f"{path}:{number}: {alias} is an alias of {found[alias]} already: remove one of the two")
    check(path, wrong)
    return found


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    for number, fields in enumerate(csv.reader(line.partition("#")[0] for line in text.splitlines()), 1):
        if any(field.strip() for field in fields) and (number > 1 or any("@" in field for field in fields)):
            yield number, [field.strip() for field in fields]
