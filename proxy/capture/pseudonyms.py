"""Stands something else for every name, address and secret: the same within one capture, and not to be undone."""

import hashlib
import re
from typing import Final
from urllib.parse import urlsplit

from protocols.model.mailbox import canonical, canonical_domain
from proxy.capture.words import PATHS

_GUID: Final = re.compile(r"(urn:uuid:|\{)?([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(\}?)", re.IGNORECASE)
_NUMBERS_AND_DOTS: Final = re.compile(r"[\d.]+")
_WORD: Final = re.compile(r"[^\W\d_]{2,40}")
_LONGEST: Final = 512  # no address, domain or URL that is longer is looked at as one
_MOST_WORDS: Final = 50_000


class Pseudonyms:
    """``key`` is random and thrown away with the capture: without it nobody can try out names.

    What equals stays equal, what differs stays different, and an address stays one, in a domain that stays the same.
    """

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._words: set[str] = set()

    def of(self, value: str) -> str:
        """The pseudonym of ``value`` in its own shape: an address, a URL, a GUID, a domain, or just a text."""
        if len(value) <= _LONGEST:
            if len(self._words) < _MOST_WORDS:
                self._words.update(word.lower() for word in _WORD.findall(value))
            for shape in (self._url, self._address, self._guid, self._host):
                found = shape(value)
                if found is not None:
                    return found
        return self.text(value)

    def replaced(self, word: str) -> bool:
        """Whether ``word`` was part of what was replaced so far: it may then be somebody's name wherever it stands."""
        return word.lower() in self._words

    def text(self, value: str) -> str:
        """The pseudonym of a text without a shape."""
        return f"t{self._digest('text', value, 10)}"

    def domain(self, value: str) -> str:
        """The pseudonym of a domain, the same as behind the @ of its addresses; of a text where it is no domain."""
        return self._domain(value) or self.text(value)

    def network(self, value: str) -> str:
        """The pseudonym of where a request came from."""
        return f"n{self._digest('network', value, 8)}"

    def hash(self, data: bytes) -> str:
        """Tells equal bodies from different ones where no more than that is kept."""
        return hashlib.blake2b(data, key=self._key, digest_size=8).hexdigest()

    def _digest(self, kind: str, value: str, digits: int) -> str:
        data = f"{kind}\0{value}".encode("utf-8", "surrogatepass")
        return hashlib.blake2b(data, key=self._key, digest_size=16).hexdigest()[:digits]

    def _address(self, value: str) -> str | None:
        try:
            address = canonical(value)
        except ValueError:
            return None
        prefix = value[:5] if value[:5].upper() == "SMTP:" else ""
        return f"{prefix}m{self._digest('address', address, 8)}@{self.domain(address.rpartition('@')[2])}"

    def _domain(self, value: str) -> str | None:
        try:
            domain = canonical_domain(value)
        except ValueError:
            return None
        return f"d{self._digest('domain', domain, 8)}.example"

    def _host(self, value: str) -> str | None:
        return self._domain(value) if "." in value.strip(".") and not _NUMBERS_AND_DOTS.fullmatch(value) else None

    def _guid(self, value: str) -> str | None:
        match = _GUID.fullmatch(value)
        if match is None:
            return None
        digits = self._digest("guid", match[2].lower(), 32)
        guid = "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))
        return f"{match[1] or ''}{guid}{match[3]}"

    def _url(self, value: str) -> str | None:
        """Scheme, the host's pseudonym, and the path where it is one of everybody's."""
        if not value.lower().startswith(("http://", "https://")) or any(c.isspace() for c in value):
            return None
        try:
            parts = urlsplit(value)
        except ValueError:
            return None
        known = parts.path.lower() in PATHS and not (parts.query or parts.fragment)
        rest = parts.path if known else "/" + self.text(value.partition("://")[2].partition("/")[2])
        return f"{parts.scheme}://{self.domain(parts.netloc)}{rest}"


class Blank(Pseudonyms):
    """Gives everything the same pseudonym: what is left of two bodies can be compared by the rest."""

    def __init__(self) -> None:
        super().__init__(b"")

    def of(self, value: str) -> str:
        """Whatever it is."""
        return "t0"

    text = domain = network = of
