"""The one way a protocol reaches the network: it is handed a ``Send`` and awaits nothing else."""

from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias


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
