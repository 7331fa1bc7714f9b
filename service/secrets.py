"""Secrets never stand in the configuration: it names where they lie, and what is read prints as three stars."""

import hmac
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, PlainSerializer, WithJsonSchema


class SecretError(ValueError):
    """A secret cannot be had; the text says where it was looked for and what to do, and holds nothing of it."""


class Secret:
    """Text that no log, no traceback and no page shows: it prints as ``***``. Equality takes constant time."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """The text itself, for the one place that needs it."""
        return self._text

    def __repr__(self) -> str:
        return "***"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret):
            return NotImplemented
        return hmac.compare_digest(self._text.encode(), other._text.encode())

    __hash__ = None  # type: ignore[assignment]

    def __reduce__(self) -> tuple[Any, ...]:
        raise TypeError("a secret is not pickled")


@dataclass(frozen=True, slots=True)
class Reference:
    """Where a secret lies: ``env:NAME`` or ``file:path``. Raises ValueError for anything else."""

    kind: Literal["env", "file"]
    place: str

    @classmethod
    def parse(cls, text: object) -> Self:
        """The reference that ``text`` writes down."""
        if isinstance(text, cls):
            return text
        kind, colon, place = text.partition(":") if isinstance(text, str) else ("", "", "")
        if not colon or not place.strip() or kind not in {"env", "file"}:
            raise ValueError('a secret is never written here: write "env:NAME" or "file:path"')
        return cls("env" if kind == "env" else "file", place.strip())

    def __str__(self) -> str:
        return f"{self.kind}:{self.place}"


SecretReference = Annotated[
    Reference,
    BeforeValidator(Reference.parse),
    PlainSerializer(str),
    WithJsonSchema({"type": "string", "pattern": "^(env|file):.+"}),
]
"""A field of the settings that holds a :class:`Reference`."""


def resolve(reference: Reference, directory: Path, *, environ: Mapping[str, str] | None = None) -> Secret:
    """What ``reference`` points to; a path is relative to ``directory``, that of the configuration file.

    White space around the text is dropped. Raises SecretError where there is nothing to read.
    """
    if reference.kind == "env":
        text = (os.environ if environ is None else environ).get(reference.place)
        if text is None:
            raise SecretError(f"the environment variable {reference.place} is not set")
    else:
        text = _read(directory / reference.place)
    if not text.strip():
        raise SecretError(f"{reference} is empty")
    return Secret(text.strip())


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except FileNotFoundError:
        raise SecretError(f"there is no file {path}") from None
    except UnicodeDecodeError:
        raise SecretError(f"{path} is not text in UTF-8") from None
    except OSError as error:
        raise SecretError(f"{path} cannot be read: {error.strerror}") from None
