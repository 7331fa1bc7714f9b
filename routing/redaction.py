"""Which subjects are never shown, by words and patterns that an administrator writes."""

import re
import unicodedata
from dataclasses import dataclass, field
from fnmatch import translate


@dataclass(frozen=True, slots=True)
class Redaction:
    """Words and patterns of subjects, without regard to case, width and composition of letters, or kind of space.

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


def _plain(text: str) -> str:
    if not text.isascii():
        text = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return " ".join(text.lower().split())
