"""Group files: who belongs to a board, a team or a works council, one address or domain a line."""

from collections.abc import Iterator
from pathlib import Path

from routing.patterns import ANY, canonical_pattern

_MOST_TOLD = 10


class GroupFileError(ValueError):
    """A group file cannot be used: the text names each file and line, what is wrong there and what to write."""


def members(path: Path) -> tuple[str, ...]:
    """The patterns of ``path`` in their canonical spelling; ``#`` begins a comment. Raises GroupFileError.

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
    if wrong:
        more = f"\n{path}: and {len(wrong) - _MOST_TOLD} lines more" if len(wrong) > _MOST_TOLD else ""
        raise GroupFileError("\n".join(wrong[:_MOST_TOLD]) + more)
    if not found:
        raise GroupFileError(f"{path}: names nobody: write one address or domain a line")
    return found


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        raise GroupFileError(f"{path}: there is no such file: put it there, or write another path") from None
    except UnicodeDecodeError:
        raise GroupFileError(f"{path}: is not text in UTF-8: save it again as UTF-8") from None
    except OSError as error:
        raise GroupFileError(f"{path}: cannot be read: {error.strerror}; mend the path or its permissions") from None
    for number, line in enumerate(text.splitlines(), 1):
        if words := line.partition("#")[0].strip():
            yield number, words
