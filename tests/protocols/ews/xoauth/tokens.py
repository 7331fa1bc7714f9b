"""One valid token of each shape, to be spoilt in one place at a time."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from protocols.ews.xoauth.clouds import CLOUDS
from protocols.ews.xoauth.keys import Keys
from protocols.ews.xoauth.token import Expected, Proved, proved, shown
from simulation.microsoft.issuer import EXCHANGE, TENANT, Key, TokenService, unsigned

NOW = 1_800_000_000
HOST = "busy.example.com"
PERSON = "ann@contoso.example"
KEY = Key.made()  # once: it takes a while
SERVICE = TokenService(TENANT, clock=lambda: NOW, key=KEY)
KEYS: Keys = {KEY.x5t: KEY.private.public_key()}
EXPECTED = Expected(
    cloud=CLOUDS["global"],
    apps={TENANT: frozenset({EXCHANGE})},
    client_id=EXCHANGE,
    hostnames=frozenset({HOST, "autodiscover.contoso.example"}),
)


@dataclass
class Parts:
    """What a token is made of; a test changes one thing."""

    actor: dict[str, Any] = field(default_factory=lambda: SERVICE.actor_claims(HOST))
    outer: dict[str, Any] = field(default_factory=lambda: SERVICE.outer_claims(HOST, PERSON))
    actor_header: dict[str, Any] = field(default_factory=dict)
    outer_header: dict[str, Any] = field(default_factory=dict)
    outer_signature: bytes = b""
    algorithm: str = "RS256"
    change: Callable[[str], str] = str

    @property
    def actor_token(self) -> str:
        """The inner one."""
        return self.change(SERVICE.actor(self.actor, header=self.actor_header, algorithm=self.algorithm))

    @property
    def token(self) -> str:
        """The whole."""
        claims = {"actortoken": self.actor_token} | self.outer
        return unsigned(claims, header=self.outer_header, signature=self.outer_signature)


def verified(token: str, *, keys: Keys = KEYS, expected: Expected = EXPECTED, now: float = NOW) -> Proved:
    """Both steps. Raises TokenError."""
    return proved(shown(token, expected), keys, expected, now=now)
