"""Guesses whose a request is before anybody has looked whether it is: for its place in a line, and for nothing else."""

from collections import OrderedDict
from typing import Final

from proxy.auth.networks import Addresses, UnbelievableError
from proxy.fair_shares import STRANGER
from service.addresses import place_of

_MOST: Final = 1_024


class Acquaintances:
    """Remembers by which Authorization callers came in, as a number from which nobody finds it again.

    Of each caller the ``most`` that were last in use are remembered: however many ways there are to write a credential,
    they displace those of nobody else. Everybody else counts for the place they come from (an IPv4 address, an IPv6
    /64), believed as ``addresses`` say: whoever sends made-up credentials shares the turns of that place, however many
    they are.
    """

    def __init__(self, addresses: Addresses | None = None, *, most: int = _MOST) -> None:
        self._addresses, self._most = addresses or Addresses(), most
        self._callers: dict[int, str] = {}
        self._used: dict[str, OrderedDict[int, None]] = {}  # of each caller, the last in use last

    def met(self, authorization: str | None, caller: str) -> None:
        """``caller`` has just proved itself by ``authorization``."""
        if authorization is None:
            return
        key = hash(authorization)  # keyed with a secret of this process, as every hash of a str
        before = self._callers.get(key)
        if before == caller:
            self._used[caller].move_to_end(key)
            return
        if before is not None:
            del self._used[before][key]
        self._callers[key] = caller
        used = self._used.setdefault(caller, OrderedDict())
        used[key] = None
        if len(used) > self._most:
            del self._callers[used.popitem(last=False)[0]]

    def whose(self, authorization: str | None, peer: str, forwarded: tuple[str, ...]) -> str:
        """The name of the caller, or a word for the place that no caller is called by; it begins with STRANGER."""
        if authorization is not None and (caller := self._callers.get(key := hash(authorization))) is not None:
            self._used[caller].move_to_end(key)
            return caller
        return STRANGER + self._place(peer, forwarded)

    def _place(self, peer: str, forwarded: tuple[str, ...]) -> str:
        try:
            address = self._addresses.find(peer, forwarded)
        except UnbelievableError:
            return ""
        return "" if address is None else place_of(address)
