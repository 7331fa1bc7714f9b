"""Guesses whose a request is before anybody has looked whether it is: for its place in a line, and for nothing else."""

from collections import OrderedDict
from typing import Final

from proxy.auth.networks import Addresses

_MOST: Final = 16_384


class Acquaintances:
    """Remembers by which Authorization callers came in, as a number from which nobody finds it again.

    Everybody else counts for the address they come from, believed as ``addresses`` say: whoever sends made-up
    credentials shares the turns of that address, however many they are.
    """

    def __init__(self, addresses: Addresses | None = None, *, most: int = _MOST) -> None:
        self._addresses, self._most = addresses or Addresses(), most
        self._callers: OrderedDict[int, str] = OrderedDict()

    def __len__(self) -> int:
        return len(self._callers)

    def met(self, authorization: str | None, caller: str) -> None:
        """``caller`` has just proved itself by ``authorization``; those who did so longest ago are forgotten first."""
        if authorization is None:
            return
        key = hash(authorization)  # keyed with a secret of this process, as every hash of a str
        if self._callers.get(key) == caller:
            return
        self._callers[key] = caller
        if len(self._callers) > self._most:
            self._callers.popitem(last=False)

    def whose(self, authorization: str | None, peer: str, forwarded: tuple[str, ...]) -> str:
        """The name of the caller, or a word for the address that no caller is called by."""
        caller = self._callers.get(hash(authorization)) if authorization is not None else None
        return caller if caller is not None else "\0" + self._addresses.told(peer, forwarded)
