"""Files that list people, one to a line: read as text, and every wrong line named at once."""

from collections.abc import Sequence
from pathlib import Path

_MOST_TOLD = 10


class ListFileError(ValueError):
    """A list cannot be used: the text names each file and line, what is wrong there and what to write."""


def text_of(path: Path) -> str:
    """What the file holds. Raises ListFileError, in words."""
    try:
        return path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        raise ListFileError(f"{path}: there is no such file: put it there, or write another path") from None
    except UnicodeDecodeError:
        raise ListFileError(f"{path}: is not text in UTF-8: save it again as UTF-8") from None
    except OSError as error:
        raise ListFileError(f"{path}: cannot be read: {error.strerror}; mend the path or its permissions") from None


def check(path: Path, wrong: Sequence[str]) -> None:
    """Raises ListFileError where any line is ``wrong``; the first ten are told."""
    if wrong:
        more = f"\n{path}: and {len(wrong) - _MOST_TOLD} lines more" if len(wrong) > _MOST_TOLD else ""
        raise ListFileError("\n".join(wrong[:_MOST_TOLD]) + more)
