"""The ways of proving oneself, tried in one visible order, and the fence behind them."""

from collections.abc import Sequence
from typing import Final

from protocols.model.caller import Caller
from proxy.auth import Knock, Proof, Recalling, Refused
from proxy.auth.networks import Addresses, Fence, UnbelievableError

NO_CREDENTIALS: Final = "no-credentials"
UNBELIEVABLE: Final = Refused("forwarded-for", 403)


class Gate:
    """The first way that recognises what was shown decides. Nothing shown is a challenge, never a failure.

    Where a request comes from is asked of ``addresses``; whoever proved itself must be let through by ``fence``.
    """

    def __init__(
        self, proofs: Sequence[Proof], *, addresses: Addresses | None = None, fence: Fence | None = None
    ) -> None:
        self._proofs = tuple(proofs)
        self._addresses, self._fence = addresses or Addresses(), fence or Fence({})
        self._recall = next((proof.recall for proof in self._proofs if isinstance(proof, Recalling)), None)
        challenges = tuple(proof.challenge for proof in self._proofs if proof.challenge)
        self._nothing = Refused(NO_CREDENTIALS, challenges=challenges)

    async def identify(self, knock: Knock) -> Caller | Refused:
        """See :class:`proxy.auth.Authenticator`."""
        try:
            knock.address = self._addresses.find(knock.peer, knock.forwarded)
        except UnbelievableError:
            return UNBELIEVABLE
        for proof in self._proofs:
            found = await proof.identify(knock)
            if isinstance(found, Caller):
                return self._fence.stops(found, knock.address) or found
            if found is not None:
                return found if found.challenges or found.status != 401 else self._challenged(found)
        return self._nothing

    def recall(self, knock: Knock) -> Caller | None:
        """The caller whom :meth:`identify` would let in, where that is known without waiting; else None."""
        if self._recall is None or (caller := self._recall(knock)) is None:
            return None
        return caller if self.admit(caller, knock) is caller else None

    def admit(self, caller: Caller, knock: Knock) -> Caller | Refused:
        """``caller``, who proved itself elsewhere (in the body of its request), if it may come from there."""
        try:
            knock.address = self._addresses.find(knock.peer, knock.forwarded)
        except UnbelievableError:
            return UNBELIEVABLE
        return self._fence.stops(caller, knock.address) or caller

    def _challenged(self, refused: Refused) -> Refused:
        return Refused(refused.reason, refused.status, refused.retry_after, self._nothing.challenges)
