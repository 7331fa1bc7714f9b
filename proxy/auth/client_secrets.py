"""Client ids and their secrets, as our own token endpoint asks for them: proved like passwords, at the same cost."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from protocols.model.caller import Caller
from proxy.auth import Address, Refused
from proxy.auth.networks import Fence
from proxy.auth.passwords import Passwords


@dataclass(frozen=True, slots=True)
class Client:
    """A client id, the hash of its secret, and the caller that it proves."""

    client_id: str
    secret_hash: str = field(repr=False)
    caller: Caller


def secret_name(client_id: str) -> str:
    """What the secret of ``client_id`` is known by to :class:`Passwords`: not the user name that reads the same."""
    return "client:" + client_id


def hashes(clients: Iterable[Client]) -> dict[str, str]:
    """The hashes of ``clients``, for :class:`Passwords`."""
    return {secret_name(each.client_id): each.secret_hash for each in clients}


class ClientSecrets:
    """Proves callers by client id and secret; ``passwords`` knows the :func:`hashes`."""

    def __init__(self, clients: Iterable[Client], passwords: Passwords, *, fence: Fence | None = None) -> None:
        self._callers = {each.client_id: each.caller for each in clients}
        self._passwords, self._fence = passwords, fence or Fence({})

    async def prove(self, client_id: str, secret: str, address: Address | None) -> Caller | Refused:
        """The caller whose client id and secret these are, if it may come from ``address`` (the real one).

        An unknown client id is refused like a wrong secret, in the same time.
        """
        refused = await self._passwords.prove(secret_name(client_id), secret.encode("utf-8", "surrogatepass"), address)
        if refused is not None:
            return refused
        caller = self._callers[client_id]
        return self._fence.stops(caller, address) or caller
