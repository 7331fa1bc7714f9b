"""What `check` can find: one sentence per problem, with the key it belongs to and the mend."""

from dataclasses import asdict, dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong (``error``: it will not work) or doubtful (``warning``)."""

    severity: Literal["error", "warning"]
    key: str
    what: str
    mend: str

    def __str__(self) -> str:
        return f"{self.severity}: {self.key}: {self.what}; {self.mend}"

    def as_json(self) -> dict[str, str]:
        """The same for programs."""
        return asdict(self)


def error(key: str, what: str, mend: str) -> Finding:
    """It will not work."""
    return Finding("error", key, what, mend)


def warning(key: str, what: str, mend: str) -> Finding:
    """It works, but perhaps not as meant."""
    return Finding("warning", key, what, mend)
