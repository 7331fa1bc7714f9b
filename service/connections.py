"""Keeps what a person allowed us when they signed in, encrypted, in a file of its own for each connection."""

import base64
import json
import os
import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from service.secrets import Reference, Secret, SecretError, resolve

FOLDER: Final = "connections"
KEY: Final = "file:connections.key"
_HEAD: Final = b"busyline connection 1\n"
_NONCE: Final = 12  # bytes, NIST SP 800-38D 8.2
_KEY: Final = 32
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """Who signed in (``account``, as the other side told it), through which application, and what renews the token."""

    client_id: str
    account: str
    refresh: Secret


def is_name(text: str) -> bool:
    """Whether a connection can be called so: its file is."""
    return _NAME.fullmatch(text) is not None


class Connections:
    """The connections in ``directory``. ``key`` is 32 bytes in Base64; a ``file:`` that is not there is made on the
    first save, for its owner alone. The name of a connection is bound into it, so that no two can be swapped."""

    def __init__(
        self, directory: Path, key: Reference, *, beside: Path, random: Callable[[int], bytes] = os.urandom
    ) -> None:
        self._directory, self._reference, self._beside, self._random = directory, key, beside, random

    @classmethod
    def at(cls, directory: Path) -> "Connections":
        """Those that lie, with the key to them, beside the configuration file in ``directory``."""
        return cls(directory / FOLDER, Reference.parse(KEY), beside=directory)

    def save(self, name: str, connection: Connection) -> None:
        """Keeps ``connection``, instead of one before. Raises SecretError, OSError."""
        path, nonce = self._path(name), self._random(_NONCE)
        told = {"client_id": connection.client_id, "account": connection.account}
        plain = json.dumps({**told, "refresh": connection.refresh.reveal()}).encode()
        sealed = nonce + AESGCM(self._key(make=True)).encrypt(nonce, plain, _HEAD + name.encode())
        self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        fresh = path.with_suffix(f".{self._random(4).hex()}")
        try:
            _write(fresh, _HEAD + sealed)
            fresh.replace(path)
        finally:
            fresh.unlink(missing_ok=True)

    def load(self, name: str) -> Connection:
        """The connection. Raises SecretError with the command that mends it."""
        again = f"run: busyline connect {name}"
        try:
            data = self._path(name).read_bytes()
        except FileNotFoundError:
            raise SecretError(f"nobody has signed in for {name}; {again}") from None
        except OSError as error:
            raise SecretError(f"what {name} was allowed cannot be read ({error.strerror}); {again}") from None
        sealed = data.removeprefix(_HEAD)
        try:
            plain = AESGCM(self._key()).decrypt(sealed[:_NONCE], sealed[_NONCE:], _HEAD + name.encode())
            told = json.loads(plain)
            return Connection(
                client_id=told["client_id"], account=told["account"], refresh=Secret(str(told["refresh"]))
            )
        except (InvalidTag, ValueError, KeyError, TypeError) as error:
            if isinstance(error, SecretError):
                raise
            raise SecretError(f"what {name} was allowed does not open with the key; {again}") from None

    def forget(self, name: str) -> None:
        """Drops the connection, if there is one. Raises OSError."""
        self._path(name).unlink(missing_ok=True)

    def _path(self, name: str) -> Path:
        if not is_name(name):
            raise SecretError("the name of a connection has small letters, digits and hyphens")
        return self._directory / f"{name}.connection"

    def _key(self, *, make: bool = False) -> bytes:
        if make and self._reference.kind == "file":
            with suppress(FileExistsError):
                _write(self._beside / self._reference.place, base64.b64encode(self._random(_KEY)))
        text = resolve(self._reference, self._beside).reveal()
        try:
            key = base64.b64decode(text, validate=True)
        except ValueError:
            key = b""
        if len(key) != _KEY:
            raise SecretError(f"{self._reference} is no key: write {_KEY} random bytes in Base64")
        return key


def _write(path: Path, data: bytes) -> None:
    """A new file for its owner alone. Raises FileExistsError, OSError."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
