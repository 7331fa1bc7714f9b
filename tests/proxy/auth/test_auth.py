"""Every way of proving oneself has the shape that the fronts expect."""

from proxy.auth import Authenticator
from proxy.auth.basic import BasicAuth


async def test_basic_is_an_authenticator_with_a_challenge() -> None:
    auth: Authenticator = BasicAuth([])
    assert auth.challenge.startswith("Basic realm=")
    assert await auth.identify(None) is None
