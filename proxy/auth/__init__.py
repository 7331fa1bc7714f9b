"""Who is knocking: each file proves callers in one way, before a byte of the body is read."""

from typing import Protocol

from protocols.model.caller import Caller


class Authenticator(Protocol):
    """One way of proving who one is."""

    @property
    def challenge(self) -> str:
        """What ``WWW-Authenticate`` says to who has not proved itself."""
        ...

    async def identify(self, authorization: str | None) -> Caller | None:
        """The caller that the ``Authorization`` header proves, or None. Why it is None takes no different time."""
        ...
