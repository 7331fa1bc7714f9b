"""Tells what is wrong between sections: each mistake at its own place, all at once."""

from typing import TypeAlias

from pydantic import ValidationError
from pydantic_core import InitErrorDetails, PydanticCustomError

Problem: TypeAlias = tuple[tuple[str | int, ...], str]
"""Where it stands, and what it is with its remedy."""


def raise_all(problems: list[Problem]) -> None:
    """Raises ValidationError where there are ``problems``, with one entry for each at its own place."""
    if problems:
        raise ValidationError.from_exception_data("configuration", [_entry(*problem) for problem in problems])


def _entry(place: tuple[str | int, ...], text: str) -> InitErrorDetails:
    return InitErrorDetails(type=PydanticCustomError("value_error", "{text}", {"text": text}), loc=place, input=None)
