"""Basic authentication (RFC 7617): several user names per caller, Argon2id, and a hash a minute for a busy caller."""

import asyncio
import base64
import binascii
import hashlib
import os
import re
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

from cachetools import LRUCache, TTLCache
from cryptography.exceptions import InvalidKey
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from protocols.model.caller import Caller
from proxy.auth import Knock, Refused

_ITERATIONS, _LANES, _MEMORY_KIB, _LENGTH, _SALT = 2, 1, 19_456, 32, 16  # OWASP Password Storage, Argon2id
_REMEMBERED: Final = 60.0  # seconds
_TRUSTED: Final = 600.0  # seconds for which a proof past its minute is good while it is verified again
_AT_ONCE: Final = 2  # hashes; each takes 19 MiB and a core
_IN_LINE: Final = 32  # credentials never proved before: a second's hashing or so
_LONGEST: Final = 1_024
_PHC: Final = re.compile(r"\$argon2id\$v=19\$m=(\d{1,9}),t=(\d{1,4}),p=\d{1,3}\$[A-Za-z0-9+/]{11,}\$[A-Za-z0-9+/]{22,}")

Verify = Callable[[bytes, str], bool]
_WRONG: Final = Refused("wrong-credentials")


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


def cost(password_hash: str) -> int:
    """How much work a hash is: its memory times its passes; 0 where it is no hash."""
    match = _PHC.fullmatch(password_hash)
    return int(match[1]) * int(match[2]) if match else 0


def verify(password: bytes, password_hash: str) -> bool:
    """Whether ``password`` is the one hashed. One Argon2id computation, always."""
    try:
        Argon2id.verify_phc_encoded(password, password_hash)
    except InvalidKey:
        return False
    return True


@dataclass(frozen=True, slots=True)
class _Proof:
    caller: Caller
    at: float


class BasicAuth:
    """Proves callers by user name and password.

    An unknown user name costs one hash like a wrong password, the costliest there is, so that neither the answer nor
    its time tells which of the two was wrong, as long as all hashes cost the same. What was proved or refused is
    remembered for a minute under a keyed digest, in which nobody finds a password again; the same credentials arriving
    many times at once are hashed once. Strangers cannot lock callers out: what was proved is good for ten minutes while
    it is verified again, and later goes before the line that strangers stand in; where that line is full, they are
    refused unheard.
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
        hashes = [credential.password_hash for credential in self._credentials.values()]
        self._nobody = max(hashes, key=cost) if hashes else hash_password(os.urandom(16).hex())
        self._verify, self._clock = verify, clock
        self._key = os.urandom(32)
        self._proved: LRUCache[bytes, _Proof] = LRUCache(4_096)
        self._refused: TTLCache[bytes, bool] = TTLCache(4_096, _REMEMBERED, clock)
        self._flights: dict[bytes, asyncio.Task[Caller | None]] = {}
        self._in_line = 0
        self._turns = asyncio.Semaphore(_AT_ONCE)
        self._threads = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="passwords")

    async def identify(self, knock: Knock) -> Caller | Refused | None:
        """See :class:`proxy.auth.Proof`. Unreadable credentials are refused without any hash."""
        authorization = knock.authorization
        if authorization is None or authorization[:6].lower() != "basic ":
            return None
        return await self._caller(authorization) or _WRONG

    async def _caller(self, authorization: str) -> Caller | None:
        digest = hashlib.blake2b(authorization.encode("utf-8", "surrogateescape"), key=self._key).digest()
        proof: _Proof | None
        try:
            proof = self._proved[digest]
        except KeyError:  # asking first would cost a busy caller as much again
            proof = None
        if proof is None:
            if digest in self._refused:
                return None
            flight = self._flight(digest, authorization, known=False)
            return await asyncio.shield(flight) if flight else None
        age = self._clock() - proof.at
        if age < _REMEMBERED:
            return proof.caller
        flight = self._flight(digest, authorization, known=True)
        if age < _TRUSTED:
            return proof.caller
        return await asyncio.shield(flight) if flight else None

    async def close(self) -> None:
        """Nobody is proved any more; who waits is called off."""
        flights = list(self._flights.values())
        for flight in flights:
            flight.cancel()
        await asyncio.gather(*flights, return_exceptions=True)
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _flight(self, digest: bytes, authorization: str, *, known: bool) -> asyncio.Task[Caller | None] | None:
        """The computation that settles ``digest``, under way or begun; None where there is nothing to settle."""
        if digest in self._flights:
            return self._flights[digest]
        pair = _decoded(authorization)
        if pair is None or (not known and self._in_line >= _IN_LINE):
            return None
        self._in_line += not known
        flight = self._flights[digest] = asyncio.create_task(self._prove(digest, *pair, known=known))
        flight.add_done_callback(lambda flight: self._landed(flight, digest, known=known))
        return flight

    def _landed(self, flight: asyncio.Task[Caller | None], digest: bytes, *, known: bool) -> None:
        del self._flights[digest]
        self._in_line -= not known
        if not flight.cancelled():
            flight.exception()  # seen: nobody may be left to await it

    async def _prove(self, digest: bytes, username: str, password: bytes, *, known: bool) -> Caller | None:
        credential = self._credentials.get(username.lower())
        right = await self._hashed(password, credential.password_hash if credential else self._nobody, known=known)
        if credential is not None and right:
            self._proved[digest] = _Proof(credential.caller, self._clock())
            return credential.caller
        self._proved.pop(digest, None)
        self._refused[digest] = True
        return None

    async def _hashed(self, password: bytes, password_hash: str, *, known: bool) -> bool:
        """Strangers take turns before the threads, so that who is known waits there for one hash at most."""
        loop = asyncio.get_running_loop()
        if known:
            return await loop.run_in_executor(self._threads, self._verify, password, password_hash)
        async with self._turns:
            return await loop.run_in_executor(self._threads, self._verify, password, password_hash)


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
