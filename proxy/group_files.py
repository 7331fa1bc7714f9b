"""Group files: who belongs to a board, a team or a works council, one address or domain a line."""

from collections.abc import Iterator
from pathlib import Path

from proxy.list_files import ListFileError, check, text_of
from routing.patterns import ANY, canonical_pattern


def members(path: Path) -> tuple[str, ...]:
    """The patterns of ``path`` in their canonical spelling; ``#`` begins a comment. Raises ListFileError.

    A file without any is an error: a rule about nobody protects nobody.
    """
    return tuple(numbered(path))


def numbered(path: Path) -> dict[str, int]:
    """As :func:`members`, with the line on which each is written first."""
    found: dict[str, int] = {}
    wrong: list[str] = []
    for number, line in _lines(path):
        try:
            pattern = canonical_pattern(line)
        except ValueError:
            pattern = ""
        if pattern == ANY or "." not in pattern:  # a name without its domain would protect nobody
            wrong.append(f'{path}:{number}: matches nobody: write an address, a domain or "*.domain"')
        found.setdefault(pattern, number)
    check(path, wrong)
    if not found:
        raise ListFileError(f"{path}: names nobody: write one address or domain a line")
    return found


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(text_of(path).splitlines(), 1):
        if words := line.partition("#")[0].strip():
            yield number, words
