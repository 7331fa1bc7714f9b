"""How we prove ourselves to a CalDAV server, as the settings write it for whoever asks or fills it, and the way in."""

from datetime import timedelta
from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from protocols.http import Send
from service.attempts import Attempts, spared
from service.outgoing import Outgoing
from service.reach import bound
from service.secrets import Secret, SecretReference
from service.tokens import authorized, basic
from service.words import Section


class CaldavBasicAuth(Section):
    """A user name and a password in every request; where the server has them, an app password."""

    kind: Literal["basic"]
    username: str = Field(min_length=1, description="who Busyline is there", examples=["busyline@fabrikam.example"])
    password: SecretReference = Field(description="its password", examples=["env:FABRIKAM_PASSWORD"])


class CaldavBearerAuth(Section):
    """A token in every request."""

    kind: Literal["bearer"]
    token: SecretReference = Field(description="the token", examples=["env:FABRIKAM_TOKEN"])


CaldavAuth: TypeAlias = Annotated[CaldavBasicAuth | CaldavBearerAuth, Field(discriminator="kind")]


def signed_in(
    send: Send, auth: CaldavBasicAuth | CaldavBearerAuth | None, network: Outgoing, *, to: str, patience: timedelta
) -> Send:
    """``send`` to the origin of ``to`` alone, with its credentials; a password that was refused is not tried again and
    again, which would lock the account. Raises SecretError."""
    if auth is None:
        return bound(send, to)
    if isinstance(auth, CaldavBasicAuth):
        by_password = basic(send, auth.username, network.secret(auth.password), to=to)
        return spared(by_password, Attempts(together=True), patience=patience)
    return authorized(send, _Fixed(network.secret(auth.token)), to=to)


class _Fixed:
    """A token that was given once and for all."""

    def __init__(self, token: Secret) -> None:
        self._token = token

    async def bearer(self, *, renew: bool = False) -> Secret:
        return self._token
