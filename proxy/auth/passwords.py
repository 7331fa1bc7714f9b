"""Passwords and client secrets: Argon2id at rest, a hash a minute for who is busy, and a line for strangers."""

import asyncio
import hashlib
import os
import re
import time
from collections.abc import Callable, Coroutine, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

from cachetools import TTLCache
from cryptography.exceptions import InvalidKey, UnsupportedAlgorithm
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from proxy.auth import Address, Refused
from proxy.auth.line import Line
from proxy.auth.throttle import Throttle

_ITERATIONS, _LANES, _MEMORY_KIB, _LENGTH, _SALT = 2, 1, 19_456, 32, 16  # OWASP Password Storage, Argon2id
_REMEMBERED: Final = 60.0  # seconds
_TRUSTED: Final = 600.0  # seconds for which a proof past its minute is good while it is verified again
_AT_ONCE: Final = 2  # hashes; each takes 19 MiB and a core
_PHC: Final = re.compile(
    r"\$argon2id\$v=19\$m=(\d{1,9}),t=(\d{1,4}),p=(\d{1,3})\$[A-Za-z0-9+/]{11,}\$[A-Za-z0-9+/]{22,}"
)
_LEAST_WORK: Final = 16_384  # KiB times passes; half of what OWASP asks for
_LEAST_MEMORY, _MOST_MEMORY = 4_096, 262_144  # KiB; strangers make us compute the costliest, twice at once
_MOST_WORK: Final = 1_048_576  # KiB times passes: a second or so
_MOST_LANES: Final = 16

Verify = Callable[[bytes, str], bool]

WRONG: Final = Refused("wrong-credentials")
CROWDED: Final = Refused("crowded", 429, 1)


def hash_password(text: str) -> str:
    """The Argon2id hash of ``text`` that belongs in the settings (PHC string, salted)."""
    argon = Argon2id(
        salt=os.urandom(_SALT), length=_LENGTH, iterations=_ITERATIONS, lanes=_LANES, memory_cost=_MEMORY_KIB
    )
    return argon.derive_phc_encoded(text.encode())


def cost(password_hash: str) -> int:
    """How much work a hash is: its memory times its passes; 0 where it is no hash."""
    match = _PHC.fullmatch(password_hash)
    return int(match[1]) * int(match[2]) if match else 0


def objection(password_hash: str) -> str:
    """What is wrong with a hash that is to be kept, in a few words for people; empty where nothing is.

    It is tried out, which takes one computation. Too cheap a hash is guessed by whoever steals it, too dear a one
    lets strangers exhaust the machine, since an unknown name costs as much as the costliest.
    """
    match = _PHC.fullmatch(password_hash)
    if match is None:
        return "is not a hash"
    memory, passes, lanes = (int(number) for number in match.groups())
    if memory < _LEAST_MEMORY or memory * passes < _LEAST_WORK:
        return "is too cheap a hash"
    if memory > _MOST_MEMORY or memory * passes > _MOST_WORK:
        return "is too dear a hash"
    if not 1 <= lanes <= _MOST_LANES:
        return "is a hash of too many lanes or none"
    try:
        verify(b"", password_hash)
    except (ValueError, MemoryError, UnsupportedAlgorithm):
        return "is a hash that cannot be computed here"
    return ""


def verify(password: bytes, password_hash: str) -> bool:
    """Whether ``password`` is the one hashed. One Argon2id computation, always."""
    try:
        Argon2id.verify_phc_encoded(password, password_hash)
    except InvalidKey:
        return False
    return True


class Passwords:
    """Says whether a secret is right for a name; ``hashes`` are by name, which :func:`hash_password` made.

    An unknown name costs one hash like a wrong secret, the costliest there is, so that neither the answer nor its time
    tells which of the two was wrong, as long as all hashes cost the same. What was proved or refused is remembered for
    a minute under a keyed digest, in which nobody finds a secret again; the same secret arriving many times at once is
    hashed once. Strangers cannot lock callers out: what was proved is good for ten minutes while it is verified again,
    and later goes before the line that strangers stand in; where that line is full they are refused unheard, until they
    came often enough, and who guesses is slowed by ``throttle``, of which nothing that was ever proved is asked.
    """

    def __init__(
        self,
        hashes: Mapping[str, str],
        *,
        clock: Callable[[], float] = time.monotonic,
        verify: Verify = verify,
        throttle: Throttle | None = None,
    ) -> None:
        self._hashes = dict(hashes)
        self._nobody = max(self._hashes.values(), key=cost) if hashes else hash_password(os.urandom(16).hex())
        self._verify, self._clock = verify, clock
        self._throttle = throttle or Throttle(clock=clock)
        self._key = os.urandom(32)
        self._proved: dict[bytes, float] = {}  # one secret is right for a name, so that they are no more than the names
        self._refused: TTLCache[bytes, bool] = TTLCache(4_096, _REMEMBERED, clock)
        self._flights: dict[bytes, asyncio.Task[bool]] = {}
        self._line = Line()
        self._turns = asyncio.Semaphore(_AT_ONCE)
        self._threads = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="passwords")

    def digest(self, name: str, secret: bytes) -> bytes:
        """What ``secret`` of ``name`` is known by in this process; nobody finds either in it again."""
        known = name.encode("utf-8", "surrogatepass")
        return hashlib.blake2b(b"%d:%b%b" % (len(known), known, secret), key=self._key, digest_size=32).digest()

    def is_fresh(self, digest: bytes) -> bool:
        """Whether the secret of ``digest`` was proved right within the last minute: what needs no computation."""
        proved = self._proved.get(digest)
        return proved is not None and self._clock() - proved < _REMEMBERED

    async def prove(self, name: str, secret: bytes, address: Address | None = None) -> Refused | None:
        """None where ``secret`` is right for ``name``; else why not: wrong (401), or not now (429 and a time to wait).

        ``address`` is where it comes from.
        """
        digest = self.digest(name, secret)
        try:
            proved = self._proved[digest]
        except KeyError:  # asking first would cost a busy caller as much again
            return await self._stranger(digest, name, secret, address)
        age = self._clock() - proved
        if age < _REMEMBERED:
            return None
        flight = self._flights.get(digest) or self._flight(digest, self._again(digest, name, secret))
        if age < _TRUSTED:
            return None
        return None if await asyncio.shield(flight) else WRONG

    async def close(self) -> None:
        """Nobody is proved any more; who waits is called off."""
        flights = list(self._flights.values())
        for flight in flights:
            flight.cancel()
        await asyncio.gather(*flights, return_exceptions=True)
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _stranger(self, digest: bytes, name: str, secret: bytes, address: Address | None) -> Refused | None:
        if digest in self._refused:
            return WRONG
        flight = self._flights.get(digest)
        if flight is not None:
            return None if await asyncio.shield(flight) else WRONG
        patient = self._throttle.is_patient(digest)
        if not self._line.has_room(address, patient=patient):
            return CROWDED
        if wait := self._throttle.turn(name, address, digest):
            return Refused("throttled", 429, wait)
        self._line.enter(address, patient=patient)
        flight = self._flight(digest, self._first(digest, name, secret, address))
        flight.add_done_callback(lambda _: self._line.leave(address, patient=patient))
        return None if await asyncio.shield(flight) else WRONG

    def _flight(self, digest: bytes, computation: Coroutine[Any, Any, bool]) -> asyncio.Task[bool]:
        """The computation that settles ``digest``, under way until it is settled."""
        flight = self._flights[digest] = asyncio.create_task(computation)
        flight.add_done_callback(lambda flight: self._landed(flight, digest))
        return flight

    def _landed(self, flight: asyncio.Task[bool], digest: bytes) -> None:
        del self._flights[digest]
        if not flight.cancelled():
            flight.exception()  # seen: nobody may be left to await it

    async def _first(self, digest: bytes, name: str, secret: bytes, address: Address | None) -> bool:
        """Strangers take turns before the threads, so that who is known waits there for one hash at most."""
        async with self._turns:
            right = await self._again(digest, name, secret)
        if right:
            self._throttle.right(name, address)
        return right

    async def _again(self, digest: bytes, name: str, secret: bytes) -> bool:
        password_hash = self._hashes.get(name)
        loop = asyncio.get_running_loop()
        right = await loop.run_in_executor(self._threads, self._verify, secret, password_hash or self._nobody)
        if password_hash is not None and right:
            self._proved[digest] = self._clock()
            return True
        self._proved.pop(digest, None)
        self._refused[digest] = True
        return False
