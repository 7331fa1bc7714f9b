"""Names in the ledger: addresses as they are, or keyed pseudonyms that only the owner of the key can look up."""

import hmac
from collections.abc import Callable
from functools import lru_cache
from typing import Final

from protocols.model.mailbox import canonical
from service.secrets import Secret

MARK: Final = "p:"
SHORTEST_KEY: Final = 32
_DIGITS = 32
_KEY_DIGITS = 6


def plainly(text: str) -> str:
    """An address in its canonical spelling; whatever else a token calls somebody, in lower case."""
    try:
        return canonical(text)
    except ValueError:
        return text.strip().lower()


def pseudonyms(key: Secret) -> Callable[[str], str]:
    """Names as HMAC-SHA256 under ``key``, 128 bits of it: the same for every spelling. ValueError for a short key.

    Each begins with a few digits that tell which key made it, for whoever looks somebody up with another.
    """
    secret = key.reveal().encode()
    if len(secret) < SHORTEST_KEY:
        raise ValueError(f"a key of pseudonyms has {SHORTEST_KEY} characters or more: `openssl rand -hex 32` makes one")

    made_by = f"{MARK}{hmac.digest(secret, b'which key', 'sha256').hex()[:_KEY_DIGITS]}:"

    @lru_cache(maxsize=65_536)
    def name(text: str) -> str:
        return made_by + hmac.digest(secret, plainly(text).encode(), "sha256").hex()[:_DIGITS]

    return name


def key_of(name: str) -> str:
    """Which key made a pseudonym, in a few digits; "" for a name in clear."""
    return name[len(MARK) :].partition(":")[0] if name.startswith(MARK) else ""
