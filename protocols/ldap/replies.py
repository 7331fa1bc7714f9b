"""What a directory answers: entries, referrals and results (RFC 4511 4.1.9, 4.5.2)."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from protocols.ldap.results import SUCCESS, refusal


@dataclass(frozen=True, slots=True)
class Found:
    """One entry: ``attributes`` by name in lower case, each with its values in the directory's order."""

    dn: str
    attributes: Mapping[str, list[bytes]] = field(repr=False)

    def texts(self, name: str) -> list[str]:
        """The values of an attribute as text. Raises ValueError where one is no UTF-8."""
        return [value.decode() for value in self.attributes.get(name.lower(), ())]

    def text(self, name: str) -> str:
        """The first value as text, "" for none. Raises ValueError where it is no UTF-8."""
        values = self.attributes.get(name.lower())
        return values[0].decode() if values else ""

    def readable(self) -> "Found":
        """Itself with every value as UTF-8: octets that are none have become a sign for what cannot be read."""
        clean = {
            name: [v.decode(errors="replace").encode() for v in values] for name, values in self.attributes.items()
        }
        return Found(self.dn, clean)

    def number(self, name: str) -> int | None:
        """The first value as a whole number; None where there is none."""
        try:
            return int(self.text(name))
        except ValueError:
            return None

    def true(self, name: str) -> bool:
        """Whether the first value is TRUE."""
        return self.octets(name) == b"TRUE"

    def octets(self, name: str) -> bytes:
        """The first value as it came, b"" for none."""
        return (self.attributes.get(name.lower()) or [b""])[0]


@dataclass(frozen=True, slots=True)
class More:
    """How an answer in parts goes on: whether there is more now, and what to ask with, now or the next time."""

    now: bool
    cookie: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """The whole answer to one request. ``referrals`` name other servers, which were not asked.

    ``more`` is there where pages or changes were asked for, and the directory tells how they go on.
    """

    code: int = SUCCESS
    diagnostic: str = field(default="", repr=False)
    entries: tuple[Found, ...] = ()
    referrals: tuple[str, ...] = ()
    more: More | None = None
    credentials: bytes = field(default=b"", repr=False)

    def checked(self) -> "Reply":
        """Itself. Raises RefusedError where the directory refused."""
        if self.code != SUCCESS:
            raise refusal(self.code, self.diagnostic)
        return self
