"""Every way of proving oneself has the shape that the gate expects."""

from proxy.auth import Knock, Proof
from proxy.auth.basic import BasicAuth


async def test_basic_is_a_proof_with_a_challenge() -> None:
    proof: Proof = BasicAuth([])
    assert proof.challenge.startswith("Basic realm=")
    assert await proof.identify(Knock()) is None
