"""Patterns with ``*`` and ``?`` for addresses and names, in which capitals and small letters are the same."""

import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Final, TypeAlias

LONGEST: Final = 200  # characters of a pattern
Glob: TypeAlias = re.Pattern[str]
_SIGNS: Final = {"*": ".*", "?": "."}


@lru_cache(maxsize=1024)
def glob(pattern: str) -> Glob:
    """What matches all of a text in small letters: ``*`` is any text, ``?`` any sign, all others are themselves.

    Runs of stars count as one, and each part between two is looked for once, where it comes first: the time is bounded
    by the length of the pattern times that of the text. Raises ValueError where the pattern is too long.
    """
    if len(pattern) > LONGEST:
        raise ValueError(f"a pattern of more than {LONGEST} characters: {pattern[:50]!r}…")
    first, *rest = [_literal(part) for part in re.split(r"\*+", pattern.lower())]
    if not rest:
        return re.compile(rf"(?s:{first})")
    *middle, last = rest
    between = "".join(f"(?>.*?{part})" for part in middle)
    return re.compile(rf"(?s:{first}{between}.*{last})" if last else rf"(?s:{first}{between}.*)")


def any_of(patterns: Iterable[str]) -> Callable[[str], bool]:
    """Whether a text in small letters matches one of ``patterns``; whole addresses are looked up, not tried. ValueError
    as :func:`glob` raises it."""
    plain: set[str] = set()
    tried: list[Glob] = []
    for pattern in patterns:
        if "*" in pattern or "?" in pattern:
            tried.append(glob(pattern))
        else:
            plain.add(pattern.lower())
    return lambda text: text in plain or any(each.fullmatch(text) for each in tried)


def _literal(part: str) -> str:
    return "".join(_SIGNS.get(sign) or re.escape(sign) for sign in part)
