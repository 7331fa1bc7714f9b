"""A hook: the URL at which one server tells of changes at one spoke, and the secret by which it proves itself."""

import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from calsync.spoke import Watch

PATH: Final = "/hooks/"
"""What the path of every hook begins with; its name follows."""
LONGEST: Final = 2048
"""Characters of a name, or of a secret, that are looked at at all."""
_LENGTH: Final = 24
"""Octets of a name and of a secret; as text 48 characters, of the 64 (Google) and 128 (Graph) that a channel takes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hook:
    """``name`` stands in its URL, ``digest`` is all that is kept of its secret. ``watch`` is what the server promised,
    None until it has."""

    hub: str
    spoke: str
    name: str
    digest: bytes = field(repr=False)
    watch: Watch | None = None

    def proved(self, secret: str) -> bool:
        """Whether ``secret`` is the one that the server was given, told in the same time whatever it is."""
        return hmac.compare_digest(digest_of(secret), self.digest)

    def lasts(self, until: datetime) -> bool:
        """Whether the server goes on telling until then."""
        return self.watch is not None and self.watch.until > until


def digest_of(secret: str) -> bytes:
    """What is kept of a secret: it is random and long, so that nobody finds it again from this."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()


def made(hub: str, spoke: str, random: Callable[[int], str]) -> tuple[Hook, str]:
    """A new hook and its secret; ``random`` gives so many octets as hexadecimal text (secrets.token_hex)."""
    secret = random(_LENGTH)
    return Hook(hub=hub, spoke=spoke, name=random(_LENGTH), digest=digest_of(secret)), secret


def url_of(public_url: str, hook: Hook) -> str:
    """Where the server calls."""
    return f"{public_url.rstrip('/')}{PATH}{hook.name}"


def with_secret(url: str, secret: str) -> str:
    """Where a server calls that says nothing by which it proves itself, but the URL that it was given: no log may ever
    hold it."""
    return f"{url}/{secret}"


def named_by(path: str) -> tuple[str, str]:
    """The name of the hook that ``path`` is of, and the secret in it, "" for none; "" twice where it is of no hook."""
    name, slash, secret = path.removeprefix(PATH).partition("/")
    words = (name, secret) if slash else (name,)
    right = path.startswith(PATH) and all(0 < len(word) < LONGEST and word.isalnum() for word in words)
    return (name, secret) if right else ("", "")
