"""What `check` can find: one sentence per problem, with the place and the key it belongs to, and the mend."""

from dataclasses import asdict, dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong (``error``: it will not work), doubtful (``warning``), or worth knowing (``note``).

    ``file``, ``line`` and ``name`` (of the caller or route that ``key`` counts) are known once it was looked for.
    """

    severity: Literal["error", "warning", "note"]
    key: str
    what: str
    mend: str
    file: str = ""
    line: int | None = None
    name: str = ""

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}: " if self.file else ""
        name = f' ("{self.name}")' if self.name else ""
        return f"{self.severity}: {place}{self.key}{name}: {self.what}; {self.mend}"

    def as_json(self) -> dict[str, str | int | None]:
        """The same for programs."""
        return asdict(self)


def error(key: str, what: str, mend: str) -> Finding:
    """It will not work."""
    return Finding("error", key, what, mend)


def warning(key: str, what: str, mend: str) -> Finding:
    """It works, but perhaps not as meant."""
    return Finding("warning", key, what, mend)


def note(key: str, what: str, mend: str) -> Finding:
    """It works as it is meant to, and could do more."""
    return Finding("note", key, what, mend)
