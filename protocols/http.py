"""The one way a protocol reaches the network: it is handed a ``Send`` and awaits nothing else."""

from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TypeAlias

_LONGEST_WAIT = timedelta(days=1)


class Headers(Mapping[str, str]):
    """Header fields: names match in any case, and a name may come several times (:meth:`all`)."""

    __slots__ = ("_fields",)

    def __init__(self, fields: "Mapping[str, str] | tuple[tuple[str, str], ...]" = ()) -> None:
        pairs = fields.items() if isinstance(fields, Mapping) else fields
        self._fields = tuple((name, value) for name, value in pairs)

    def __getitem__(self, name: str) -> str:
        for value in self.all(name):
            return value
        raise KeyError(name)

    def __iter__(self) -> Iterator[str]:
        return iter(dict.fromkeys(name.lower() for name, _ in self._fields))

    def __len__(self) -> int:
        return len({name.lower() for name, _ in self._fields})

    def __repr__(self) -> str:
        return f"Headers({[name for name, _ in self._fields]})"  # values may be secrets

    @property
    def fields(self) -> tuple[tuple[str, str], ...]:
        """Name and value of each field, as given."""
        return self._fields

    def all(self, name: str) -> Iterator[str]:
        """Every value of ``name``, in the order sent."""
        wanted = name.lower()
        return (value for field_name, value in self._fields if field_name.lower() == wanted)

    def set(self, name: str, value: str) -> "Headers":
        """The same fields with ``name`` replaced by one value."""
        wanted = name.lower()
        return Headers((*(pair for pair in self._fields if pair[0].lower() != wanted), (name, value)))


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """What is sent: an absolute URL and a whole body."""

    method: str
    url: str
    headers: Headers = field(default_factory=Headers)
    body: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class HttpResponse:
    """What came back: the body whole and already decompressed."""

    status: int
    headers: Headers = field(default_factory=Headers)
    body: bytes = field(default=b"", repr=False)


Send: TypeAlias = Callable[[HttpRequest], Awaitable[HttpResponse]]
"""Sends one request. Raises PeerError(UNREACHABLE | TIMEOUT | GARBLED) where no whole answer came."""


def retry_after(headers: Headers, now: datetime) -> timedelta | None:
    """How long the peer asks to be left alone: Retry-After in seconds or as a date (RFC 9110 10.2.3), a day at most.

    None where the field is missing or says nothing that can be read.
    """
    text = headers.get("Retry-After", "").strip()
    if text.isascii() and text.isdigit():
        return min(timedelta(seconds=int(text[:6])), _LONGEST_WAIT) if len(text) <= 6 else _LONGEST_WAIT
    try:
        until = parsedate_to_datetime(text)
    except ValueError:
        return None
    until = until if until.tzinfo else until.replace(tzinfo=UTC)
    return min(max(until - now, timedelta()), _LONGEST_WAIT)
