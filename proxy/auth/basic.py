"""Basic authentication (RFC 7617): several user names per caller, Argon2id, and a hash a minute for a busy caller."""

import asyncio
import base64
import binascii
import hashlib
import os
import re
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from cachetools import TTLCache
from cryptography.exceptions import InvalidKey
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from protocols.model.caller import Caller

_ITERATIONS, _LANES, _MEMORY_KIB, _LENGTH, _SALT = 2, 1, 19_456, 32, 16  # OWASP Password Storage, Argon2id
_REMEMBERED: Final = 60.0  # seconds
_AT_ONCE: Final = 2  # hashes; each takes 19 MiB and a core
_LONGEST: Final = 1_024
_PHC: Final = re.compile(r"\$argon2id\$v=19\$m=\d{1,9},t=\d{1,4},p=\d{1,3}\$[A-Za-z0-9+/]{11,}\$[A-Za-z0-9+/]{22,}")

Verify = Callable[[bytes, str], bool]


@dataclass(frozen=True, slots=True)
class Credential:
    """User names (in any letter case) that share one password, and the caller they prove."""

    usernames: tuple[str, ...]
    password_hash: str
    caller: Caller


def hash_password(text: str) -> str:
    """The Argon2id hash of ``text`` that belongs in the settings (PHC string, salted)."""
    argon = Argon2id(
        salt=os.urandom(_SALT), length=_LENGTH, iterations=_ITERATIONS, lanes=_LANES, memory_cost=_MEMORY_KIB
    )
    return argon.derive_phc_encoded(text.encode())


def is_hash(text: str) -> bool:
    """Whether ``text`` looks like what :func:`hash_password` writes, whatever its parameters."""
    return _PHC.fullmatch(text) is not None


def verify(password: bytes, password_hash: str) -> bool:
    """Whether ``password`` is the one hashed. One Argon2id computation, always."""
    try:
        Argon2id.verify_phc_encoded(password, password_hash)
    except InvalidKey:
        return False
    return True


class BasicAuth:
    """Proves callers by user name and password.

    An unknown user name costs one hash like a wrong password, so that neither the answer nor its time tells which of
    the two was wrong. What was proved or refused is remembered for a minute under a keyed digest, in which nobody finds
    a password again; the same credentials arriving many times at once are hashed once.
    """

    challenge = 'Basic realm="Busyline"'

    def __init__(
        self,
        credentials: Iterable[Credential],
        *,
        clock: Callable[[], float] = time.monotonic,
        verify: Verify = verify,
    ) -> None:
        self._credentials = {name.lower(): credential for credential in credentials for name in credential.usernames}
        known = next(iter(self._credentials.values()), None)
        self._nobody = known.password_hash if known else hash_password(os.urandom(16).hex())
        self._verify = verify
        self._key = os.urandom(32)
        self._proved: TTLCache[bytes, Caller] = TTLCache(4_096, _REMEMBERED, clock)
        self._refused: TTLCache[bytes, bool] = TTLCache(4_096, _REMEMBERED, clock)
        self._flights: dict[bytes, asyncio.Task[Caller | None]] = {}
        self._turns = asyncio.Semaphore(_AT_ONCE)

    async def identify(self, authorization: str | None) -> Caller | None:
        """The caller that ``authorization`` proves. Missing or unreadable credentials are None without any hash."""
        if authorization is None:
            return None
        digest = hashlib.blake2b(authorization.encode("utf-8", "surrogateescape"), key=self._key).digest()
        try:
            return self._proved[digest]
        except KeyError:  # asking first would cost a busy caller as much again
            if digest in self._refused:
                return None
        pair = _decoded(authorization)
        if pair is None:
            return None
        flight = self._flights.get(digest)
        if flight is None:
            flight = self._flights[digest] = asyncio.create_task(self._prove(digest, *pair))
            flight.add_done_callback(lambda _: self._flights.pop(digest, None))
        return await asyncio.shield(flight)

    async def _prove(self, digest: bytes, username: str, password: bytes) -> Caller | None:
        credential = self._credentials.get(username.lower())
        expected = credential.password_hash if credential else self._nobody
        async with self._turns:
            right = await asyncio.to_thread(self._verify, password, expected)
        if credential is not None and right:
            self._proved[digest] = credential.caller
            return credential.caller
        self._refused[digest] = True
        return None


def _decoded(authorization: str) -> tuple[str, bytes] | None:
    scheme, _, encoded = authorization.partition(" ")
    if scheme.lower() != "basic" or len(encoded) > _LONGEST:
        return None
    try:
        username, colon, password = base64.b64decode(encoded.strip(), validate=True).partition(b":")
    except (binascii.Error, ValueError):
        return None
    if not colon:
        return None
    return _text(username), _text(password).encode("utf-8")


def _text(octets: bytes) -> str:
    """Older clients write Latin-1; names and hashes are in UTF-8."""
    try:
        return octets.decode("utf-8")
    except UnicodeDecodeError:
        return octets.decode("latin-1")
