"""The keys that sign our own tokens: one file, shared by every process that reads the directory, rotated in time."""

import base64
import binascii
import fcntl
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Final

import structlog

from service.secrets import SecretError

LEEWAY: Final = 30.0  # seconds by which the clocks of two machines may differ
_FILE, _LOCK, _NEW = "keys.json", "keys.lock", "keys.new"
_FORMAT: Final = 1
_OCTETS: Final = 32  # RFC 7518 3.2: as long as the digest of HS256
_LARGEST: Final = 65_536  # bytes; some hundred keys

_log = structlog.get_logger("busyline.tokens")


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningKey:
    """One key: it signs from ``begins`` (POSIX seconds) until the next one begins, tokens of ``lifetime`` seconds."""

    kid: str
    secret: bytes = field(repr=False)
    begins: float
    lifetime: float


class SigningKeys:
    """The keys in ``directory``: of the past while a token signed by them may live, of the present, and the next.

    The next key is written down as soon as the present one begins to sign, a whole rotation ahead of its use, so that
    every process that reads the directory knows it in time. Whoever comes first makes the next key, under a lock.
    """

    def __init__(
        self,
        directory: Path,
        *,
        lifetime: timedelta,
        rotate: timedelta,
        clock: Callable[[], float],
        random: Callable[[int], bytes] = os.urandom,
    ) -> None:
        self._directory, self._clock, self._random = directory, clock, random
        self._lifetime, self._rotate = lifetime.total_seconds(), rotate.total_seconds()
        self._keys: tuple[SigningKey, ...] = ()
        self._seen: tuple[int, int] | None = None

    def open(self) -> None:
        """Make the directory (0700) and the first keys (0600) where there are none. Raises SecretError."""
        try:
            self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            _check_owner(self._directory)
            self._prepare()
        except OSError as error:
            mend = f"let the user that Busyline runs as (now uid {os.geteuid()}) have it, or write another path"
            place = f"{error.filename or self._directory}: {error.strerror}"
            raise SecretError(f"tokens.directory: {place}; {mend}, such as /var/lib/busyline/tokens") from None

    def current(self) -> SigningKey:
        """The key that signs now. Raises SecretError where there is none and none can be made."""
        now = self._clock()
        if not self._is_ready(now):
            try:
                self._prepare()
            except (OSError, SecretError) as error:  # the present key goes on signing
                _log.warning("signing_keys", note=f"no new key can be made: {error}")
        return _signing(self._keys, now) or _nothing(self._directory)

    def is_known(self, kid: str) -> bool:
        """Whether a key of this name was there at the last look."""
        return any(key.kid == kid for key in self._keys)

    def watch(self) -> None:
        """Look whether the file was changed or removed, and read it again where it was; one look at its time."""
        if self._stamp() != self._seen:
            try:
                self._read()
            except (OSError, SecretError) as error:  # told once for each time it is written
                _log.warning("signing_keys", note=f"what another process wrote cannot be read: {error}")

    def find(self, kid: str) -> SigningKey | None:
        """The key that a token names, unless every token signed by it has expired.

        An unknown name costs one look at the file's time, and a reading only where another process has written it.
        """
        found = self._known(kid)
        if found is None:
            self.watch()
            found = self._known(kid)
        return found

    def _known(self, kid: str) -> SigningKey | None:
        now = self._clock()
        return next((key for key in self._alive(self._keys, now) if key.kid == kid), None)

    def _is_ready(self, now: float) -> bool:
        """Whether there is a key that signs and one that follows it."""
        return _signing(self._keys, now) is not None and any(key.begins > now for key in self._keys)

    def _prepare(self) -> None:
        """Read what is there; where the next key is missing, make it, and drop those that nobody needs any more."""
        with _locked(self._directory / _LOCK):
            now = self._clock()  # not before: whoever was waited for may have made a key that begins since
            self._read()
            if self._is_ready(now):
                return
            keys = self._alive(self._keys, now)
            if _signing(tuple(keys), now) is None or keys[-1].begins + self._rotate <= now:
                keys.append(self._made(now))  # the first, or nothing was signed for a while, or the clock went back
                keys.sort(key=_begins)
            if keys[-1].begins <= now:
                keys.append(self._made(keys[-1].begins + self._rotate))
            self._write(keys)

    def _made(self, begins: float) -> SigningKey:
        return SigningKey(
            kid=self._random(8).hex(), secret=self._random(_OCTETS), begins=begins, lifetime=self._lifetime
        )

    def _alive(self, keys: tuple[SigningKey, ...], now: float) -> list[SigningKey]:
        """Those of the future, the present one, and those whose last token has not expired."""
        ends = [*(key.begins for key in keys[1:]), float("inf")]
        return [
            key
            for key, end in zip(keys, ends, strict=False)
            if now < end + max(key.lifetime, self._lifetime) + 2 * LEEWAY
        ]

    def _stamp(self) -> tuple[int, int] | None:
        try:
            status = (self._directory / _FILE).stat()
        except OSError:
            return None
        return status.st_ino, status.st_mtime_ns

    def _read(self) -> None:
        self._seen = self._stamp()
        self._keys = stored(self._directory)

    def _write(self, keys: list[SigningKey]) -> None:
        """All of it or nothing: who reads meanwhile sees the old file or the new one."""
        new, path = self._directory / _NEW, self._directory / _FILE
        new.unlink(missing_ok=True)
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
            json.dump({"format": _FORMAT, "keys": [_entry(key) for key in keys]}, file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        new.replace(path)
        self._keys, self._seen = tuple(keys), self._stamp()


def stored(directory: Path) -> tuple[SigningKey, ...]:
    """The keys that lie in ``directory``, the oldest first; nothing is changed. Raises SecretError, OSError."""
    path = directory / _FILE
    if not path.exists():
        return ()
    if path.stat().st_mode & 0o077:
        raise SecretError(f"{path} can be read by others: make it yours alone (chmod 600)")
    return _parsed(path)


def _signing(keys: tuple[SigningKey, ...], now: float) -> SigningKey | None:
    return max((key for key in keys if key.begins <= now), key=_begins, default=None)


def _begins(key: SigningKey) -> float:
    return key.begins


def _nothing(directory: Path) -> SigningKey:
    raise SecretError(f"[tokens] there is no key in {directory} that signs now")


def _check_owner(directory: Path) -> None:
    """Who may write there, or owns it, may put keys of its own in their place. Raises SecretError."""
    status = directory.stat()
    if status.st_uid != os.geteuid():
        raise SecretError(f"[tokens] {directory} belongs to another user: make it that of the service (chown)")
    if status.st_mode & 0o022:
        raise SecretError(f"[tokens] {directory} can be written by others: make it yours alone (chmod 700)")


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """One process at a time; the system lets go of it where a process dies."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _entry(key: SigningKey) -> dict[str, object]:
    secret = base64.b64encode(key.secret).decode("ascii")
    return {"kid": key.kid, "secret": secret, "begins": key.begins, "lifetime": key.lifetime}


def _parsed(path: Path) -> tuple[SigningKey, ...]:
    with path.open("rb") as file:
        octets = file.read(_LARGEST + 1)
    try:
        content = json.loads(octets)
        if content["format"] != _FORMAT or len(octets) > _LARGEST:
            raise ValueError
        return tuple(sorted((_key(entry) for entry in content["keys"]), key=_begins))
    except (ValueError, KeyError, TypeError):
        words = "is damaged: restore it, or remove it, and every token issued so far is void"
        raise SecretError(f"{path} {words}") from None


def _key(entry: dict[str, str | float]) -> SigningKey:
    try:
        secret = base64.b64decode(str(entry["secret"]), validate=True)
    except binascii.Error:
        raise ValueError from None
    if len(secret) < _OCTETS:
        raise ValueError
    return SigningKey(
        kid=str(entry["kid"]), secret=secret, begins=float(entry["begins"]), lifetime=float(entry["lifetime"])
    )
