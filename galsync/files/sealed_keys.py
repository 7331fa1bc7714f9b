"""The keys of sealed files: one to sign with and one to open with, and what of them the other side is given.

A key file holds two lines that nobody else may read; the public words are one line that is handed to the other side by
a way that nobody can change it on (read it aloud): ``busyline-sealed-1 <Ed25519, base64> <age1…>``.
"""

import base64
import binascii
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from pyrage import IdentityError, RecipientError, x25519  # type: ignore[import-untyped]

from galsync.files.disk import PRIVATE, UnreadableError, read, replace
from protocols.model.freebusy import Reason

WORD: Final = "busyline-sealed-1"
_OTHERS: Final = 0o077


@dataclass(frozen=True, slots=True)
class PublicKeys:
    """What is known of one side: whose signature is theirs, and how to seal something for them."""

    verifies: bytes
    """Ed25519, 32 bytes (RFC 8032)."""
    recipient: str
    """X25519 as age writes it: ``age1…``."""

    @property
    def text(self) -> str:
        """The words to hand over; :func:`parse` reads them."""
        return f"{WORD} {base64.b64encode(self.verifies).decode()} {self.recipient}"


@dataclass(frozen=True, slots=True)
class SealKeys:
    """One side's own keys."""

    signing: Ed25519PrivateKey = field(repr=False)
    identity: x25519.Identity = field(repr=False)

    @property
    def public(self) -> PublicKeys:
        """What the other side is given."""
        return PublicKeys(self.signing.public_key().public_bytes_raw(), str(self.identity.to_public()))


def generate() -> SealKeys:
    """New keys."""
    return SealKeys(Ed25519PrivateKey.generate(), x25519.Identity.generate())


def parse(text: str) -> PublicKeys:
    """The keys that public words tell of. Raises ValueError in words."""
    words = text.split()
    if len(words) != 3 or words[0] != WORD:
        raise ValueError(f"public keys are written as: {WORD} <Ed25519 key in base64> <age1…>")
    try:
        verifies = base64.b64decode(words[1], validate=True)
        Ed25519PublicKey.from_public_bytes(verifies)
    except (binascii.Error, ValueError) as error:
        raise ValueError("the second word is no Ed25519 key in base64") from error
    try:
        x25519.Recipient.from_str(words[2])
    except RecipientError as error:
        raise ValueError("the third word is no recipient of age (age1…)") from error
    return PublicKeys(verifies, words[2])


def save(keys: SealKeys, path: Path) -> None:
    """Keep the keys in a new file that its owner alone may read. Raises UnreadableError, also where one is there."""
    if os.path.lexists(path):
        raise UnreadableError(f"{path} is there already: keys are never written over", Reason.FORBIDDEN)
    seed = base64.b64encode(keys.signing.private_bytes_raw()).decode()
    replace(path, f"{WORD}-secret {seed}\n{keys.identity}\n".encode(), mode=PRIVATE)


def load(path: Path) -> SealKeys:
    """The keys of a file. Raises UnreadableError where there is none, others may read it, or it holds no keys."""
    data = read(path, most=4096)
    if data is None:
        raise UnreadableError(f"{path} is not there: make keys first", Reason.UNREACHABLE)
    if path.stat().st_mode & _OTHERS:
        raise UnreadableError(f"others may read {path}: chmod 600, and make new keys if somebody did", Reason.FORBIDDEN)
    try:
        word, seed, identity = data.decode("ascii").split()
        if word != f"{WORD}-secret":
            raise ValueError(word)
        signing = Ed25519PrivateKey.from_private_bytes(base64.b64decode(seed, validate=True))
        return SealKeys(signing, x25519.Identity.from_str(identity))
    except (ValueError, IdentityError) as error:
        raise UnreadableError(f"{path} holds no keys of sealed files") from error
