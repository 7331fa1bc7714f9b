"""Basic authentication (RFC 7617): several user names per caller, written in the ways of old and new clients."""

import binascii
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from protocols.model.caller import Caller
from proxy.auth import Knock, Refused
from proxy.auth.passwords import Passwords

CHALLENGE: Final = 'Basic realm="Busyline"'
_LONGEST: Final = 1_024
_SHOWN: Final = 1_024  # ways of showing what was proved; one credential can be written in many
_UNREADABLE: Final = Refused("unreadable-credentials")


@dataclass(frozen=True, slots=True)
class Credential:
    """User names (in any letter case) that share one password, and the caller they prove."""

    usernames: tuple[str, ...]
    password_hash: str = field(repr=False)
    caller: Caller


def secret_name(username: str) -> str:
    """What the password of ``username`` is known by to :class:`Passwords`: not the client id that reads the same."""
    return "user:" + username.lower()


def hashes(credentials: Iterable[Credential]) -> dict[str, str]:
    """The password hashes of ``credentials``, for :class:`Passwords`."""
    return {secret_name(name): each.password_hash for each in credentials for name in each.usernames}


class BasicAuth:
    """Proves callers by user name and password, of which ``passwords`` knows the hashes (:func:`hashes`)."""

    challenge = CHALLENGE

    def __init__(self, credentials: Iterable[Credential], passwords: Passwords) -> None:
        self._callers = {secret_name(name): each.caller for each in credentials for name in each.usernames}
        self._passwords = passwords
        self._shown: dict[bytes, tuple[Caller, bytes]] = {}  # by what was shown: whom it proved, and by which secret

    async def identify(self, knock: Knock) -> Caller | Refused | None:
        """See :class:`proxy.auth.Proof`. Unreadable credentials are refused without any hash; none are no failure."""
        if not (encoded := _encoded(knock.authorization)):
            return None
        pair = decoded(encoded)
        if pair is None:
            return _UNREADABLE
        name = secret_name(pair[0])
        refused = await self._passwords.prove(name, pair[1], knock.address)
        return refused if refused is not None else self._callers[name]

    def recall(self, knock: Knock) -> Caller | None:
        """The caller that ``knock`` proves, where it proved the same within the last minute."""
        if not knock.authorization:
            return None
        shown = self._passwords.digest("", knock.authorization.encode("utf-8", "surrogatepass"))
        found = self._shown.get(shown) or self._read(knock.authorization)
        if found is None or not self._passwords.is_fresh(found[1]):
            return None
        if shown not in self._shown:
            if len(self._shown) == _SHOWN:
                self._shown.clear()
            self._shown[shown] = found
        return found[0]

    def _read(self, authorization: str) -> tuple[Caller, bytes] | None:
        """Whom ``authorization`` would prove, and the digest of the secret that it would prove it by."""
        pair = decoded(_encoded(authorization))
        if pair is None or (caller := self._callers.get(name := secret_name(pair[0]))) is None:
            return None
        return caller, self._passwords.digest(name, pair[1])


def _encoded(authorization: str | None) -> str:
    """What stands behind ``Basic``; "" where that is not what was shown."""
    return authorization[6:].strip() if authorization and authorization[:6].lower() == "basic " else ""


def decoded(encoded: str) -> tuple[str, bytes] | None:
    """User name and password (in UTF-8, whatever the client wrote in) of what stands behind ``Basic``, or None."""
    if len(encoded) > _LONGEST:
        return None
    try:
        username, colon, password = binascii.a2b_base64(encoded, strict_mode=True).partition(b":")
    except (binascii.Error, ValueError):
        return None
    if not colon:
        return None
    try:
        return username.decode(), password if password.isascii() else _text(password).encode()
    except UnicodeDecodeError:
        return _text(username), _text(password).encode()


def _text(octets: bytes) -> str:
    """Older clients write Latin-1; names and hashes are in UTF-8."""
    try:
        return octets.decode()
    except UnicodeDecodeError:
        return octets.decode("latin-1")
