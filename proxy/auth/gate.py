"""The ways of proving oneself, tried in one visible order."""

from collections.abc import Sequence

from protocols.model.caller import Caller
from proxy.auth import Knock, Proof, Refused

NO_CREDENTIALS = "no-credentials"


class Gate:
    """The first way that recognises what was shown decides. Nothing shown is a challenge, never a failure."""

    def __init__(self, proofs: Sequence[Proof]) -> None:
        self._proofs = tuple(proofs)
        challenges = tuple(proof.challenge for proof in self._proofs if proof.challenge)
        self._nothing = Refused(NO_CREDENTIALS, challenges=challenges)

    async def identify(self, knock: Knock) -> Caller | Refused:
        """See :class:`proxy.auth.Authenticator`."""
        for proof in self._proofs:
            found = await proof.identify(knock)
            if isinstance(found, Caller):
                return found
            if found is not None:
                return found if found.challenges or found.status != 401 else self._challenged(found)
        return self._nothing

    def _challenged(self, refused: Refused) -> Refused:
        return Refused(refused.reason, refused.status, refused.retry_after, self._nothing.challenges)
