"""Who is knocking: each file proves callers in one way, before a byte of the body is read."""

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address
from typing import Protocol, TypeAlias, runtime_checkable

from protocols.model.caller import Caller

Address: TypeAlias = IPv4Address | IPv6Address


@dataclass(slots=True)
class Knock:
    """What a request shows before its body.

    ``peer`` is the address at the other end of the connection, ``forwarded`` what ``X-Forwarded-For`` says, outermost
    first: to be believed only of reverse proxies that the settings name. ``certificate`` (DER) was verified by TLS.
    ``address`` is where the request really comes from: the gate fills it in; None where nobody knows.
    """

    authorization: str | None = None
    peer: str = ""
    forwarded: tuple[str, ...] = ()
    certificate: bytes | None = None
    address: Address | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """Nobody came in. ``reason`` is for log and metrics, a few words joined by hyphens, never anything that was sent.

    ``status`` is 401 (prove yourself), 403 (proved, but not from there), 429 (not now; ``retry_after`` seconds) or 503
    (what was shown cannot be checked now; ``retry_after`` too).
    ``challenges`` stand for those of all ways where they are not empty. ``caller`` is who did prove itself, by name.
    ``headers`` tell more to whoever looks for it, in constant words.
    """

    reason: str
    status: int = 401
    retry_after: int | None = None
    challenges: tuple[str, ...] = ()
    caller: str = ""
    headers: tuple[tuple[str, str], ...] = ()


class Proof(Protocol):
    """One way of proving oneself."""

    @property
    def challenge(self) -> str:
        """What ``WWW-Authenticate`` says of this way; empty where the header does not know it."""
        ...

    async def identify(self, knock: Knock) -> Caller | Refused | None:
        """The caller, a refusal, or None where nothing was shown that is of this kind: the next way is tried.

        What was shown and is wrong is refused in one manner: why it is wrong takes no different time.
        """
        ...


@runtime_checkable
class Recalling(Proof, Protocol):
    """A way that remembers for a moment what was proved. What it reads, no other way reads."""

    def recall(self, knock: Knock) -> Caller | None:
        """The caller that ``identify`` would give without waiting; None where it would wait, or give none."""
        ...


class Authenticator(Protocol):
    """All ways together: proxy/auth/gate.py."""

    async def identify(self, knock: Knock) -> Caller | Refused:
        """The caller that ``knock`` proves, or why it proves none."""
        ...

    def recall(self, knock: Knock) -> Caller | None:
        """The caller that ``knock`` proves, where that is known without waiting; else None, which says nothing."""
        ...

    def admit(self, caller: Caller, knock: Knock) -> Caller | Refused:
        """``caller``, who proved itself elsewhere (by the body of its request), or why it may not come from there."""
        ...
