"""Which subjects are never shown, by words and patterns that an administrator writes."""

import re
import unicodedata
from dataclasses import dataclass, field
from fnmatch import translate

from protocols.model.invisible import is_invisible, is_mark


@dataclass(frozen=True, slots=True)
class Redaction:
    """Words and patterns of subjects.

    Case, width and composition of letters, the kind of space, characters that nobody sees, marks that belong to no
    letter of their own, and the dot of a Turkish i make no difference.

    A word without ``*`` hides every subject that holds it anywhere, inside a longer word too; one with ``*`` hides
    the subjects that it fits from end to end. Raises ValueError for a word of nothing but white space.
    """

    words: tuple[str, ...]
    _any: re.Pattern[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_any", re.compile("|".join(map(_expression, self.words)) or r"(?!)", re.DOTALL))

    def hides(self, subject: str) -> bool:
        """Whether nobody may see ``subject``."""
        return self._any.fullmatch(_plain(subject)) is not None


def _expression(word: str) -> str:
    plain = _plain(word)
    if not plain.strip():
        raise ValueError("an empty word would hide every subject: write some of it")
    literal = plain.replace("[", "[[]").replace("?", "[?]")  # of all that globs know, only * means anything here
    return translate(literal if "*" in literal else f"*{literal}*")


class _Left(dict[int, str | None]):
    """For ``str.translate``: what is left of a character, found out once for each."""

    def __init__(self, *, marks: bool) -> None:
        super().__init__({ord("\u0131"): "i"} if marks else {})
        self._marks = marks

    def __missing__(self, code: int) -> str | None:
        character = chr(code)
        gone = is_invisible(character) or (self._marks and is_mark(character))
        return self.setdefault(code, None if gone else character)


_SEEN, _LETTERS = _Left(marks=False), _Left(marks=True)


def _plain(text: str) -> str:
    text = text.translate(_SEEN)  # first, since what is between a letter and its mark keeps them apart
    if not text.isascii():
        text = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
        text = text.translate(_LETTERS)
    return " ".join(text.lower().split())
