"""Addresses, domains and *.domains as an administrator writes them, looked up without walking a list."""

from collections.abc import Iterator, Mapping
from typing import Generic, TypeVar

from protocols.model.mailbox import Mailbox, canonical, canonical_domain

ANY = "*"
T = TypeVar("T")


def canonical_pattern(text: str) -> str:
    """``text`` (an address, a domain, ``*.domain`` or ``*``) in one spelling. Raises ValueError where it is none."""
    text = text.strip()
    if text == ANY:
        return ANY
    if text.startswith("*."):
        return "*." + canonical_domain(text[2:])
    return canonical(text) if "@" in text else canonical_domain(text)


class Patterns(Generic[T]):
    """A value per pattern; the most particular that fits wins: address, domain, ``*.domain`` (nearest first), ``*``.

    ``*.domain`` fits every domain below it, not the domain itself. Raises ValueError for what is no pattern and for
    two spellings of one pattern.
    """

    __slots__ = ("_values",)

    def __init__(self, values: Mapping[str, T]) -> None:
        self._values: dict[str, T] = {}
        for text, value in values.items():
            pattern = canonical_pattern(text)
            if pattern in self._values:
                raise ValueError(f"named twice: {pattern}")
            self._values[pattern] = value

    def find(self, mailbox: Mailbox) -> T | None:
        """The value of the most particular pattern that fits, or None: a few look-ups however many there are."""
        address = mailbox.address
        if (value := self._values.get(address)) is not None:
            return value
        if (value := self._values.get(address.rpartition("@")[2])) is not None:
            return value
        return next(self.fitting(mailbox), None)

    def fitting(self, mailbox: Mailbox) -> Iterator[T]:
        """The values of all patterns that fit, the most particular first."""
        values = self._values
        for pattern in fitting(mailbox.address):
            if (value := values.get(pattern)) is not None:
                yield value


def fitting(address: str) -> Iterator[str]:
    """All patterns that ``address`` fits, the most particular first."""
    domain = address.rpartition("@")[2]
    yield address
    yield domain
    yield from (f"*.{parent}" for parent in _parents(domain))
    yield ANY


def _parents(domain: str) -> Iterator[str]:
    while domain:
        domain = domain.partition(".")[2]
        if domain:
            yield domain
