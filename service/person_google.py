"""Bearer tokens of a person who signed in to Google: once in a browser on this machine, and from then on renewed."""

import asyncio
import base64
import hashlib
import json
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlencode

from protocols.errors import PeerError
from protocols.model.freebusy import Reason
from service.connections import Connection, Connections
from service.loopback import Loopback
from service.secrets import Secret, SecretError
from service.tokens import CachedTokens, refused
from service.wire import BlockingWire

AUTH_URL: Final = "https://accounts.google.com/o/oauth2/v2/auth"
TOKEN_URL: Final = "https://oauth2.googleapis.com/token"  # noqa: S105  an address, and no token
_PATIENCE: Final = 900.0  # seconds for somebody to sign in
_WHO: Final = ("openid", "email")  # OpenID Connect Core 5.4: the id token then says whose account it is
_WORDS: Final = {
    "access_denied": "the sign-in was declined",
    "invalid_grant": "the sign-in has expired or was revoked",
    "invalid_client": "Google does not know the application: check client_id and its secret",
    "unauthorized_client": "the application must be of the kind Desktop app",
    "invalid_scope": "Google does not know what is asked for: check the scopes",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class DesktopApplication:
    """The application that people sign in through, of Google's kind "Desktop app": its ``secret`` proves nothing, and
    is asked for all the same. ``scopes`` are what is asked for in the person's name, and no more than is needed; beside
    them, who it is."""

    client_id: str
    secret: Secret
    scopes: Sequence[str]
    auth_url: str = AUTH_URL
    token_url: str = field(default=TOKEN_URL, repr=False)


async def sign_in(
    wire: BlockingWire, application: DesktopApplication, *, show: Callable[[str], None], seconds: float = _PATIENCE
) -> Connection:
    """Has somebody sign in: ``show`` is told the page to open in a browser on this machine. Raises PeerError.

    Authorization code with PKCE (RFC 7636, S256) and the loopback redirect (RFC 8252 7.3).
    """
    state, verifier = secrets.token_urlsafe(32), secrets.token_urlsafe(64)
    async with Loopback(state) as loopback:
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        asked = {
            "client_id": application.client_id,
            "redirect_uri": loopback.url,
            "response_type": "code",
            "scope": " ".join((*_WHO, *application.scopes)),
            "state": state,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
            "access_type": "offline",
            "prompt": "consent",  # or Google gives a refresh token the first time alone
        }
        show(f"{application.auth_url}?{urlencode(asked)}")
        try:
            told = await loopback.told(seconds)
        except TimeoutError:
            raise refused("nobody signed in in time") from None
        if "code" not in told:
            raise refused(_in_words(told))
        form = {"grant_type": "authorization_code", "code": told["code"], "code_verifier": verifier}
        form["redirect_uri"] = loopback.url
        result = await asyncio.to_thread(_granted, wire, application, form)
    if not isinstance(result.get("refresh_token"), str):
        raise refused("Google gave nothing that renews the token: take our access back in the account and sign in anew")
    if set(application.scopes) - {*str(result.get("scope", " ".join(application.scopes))).split()}:
        raise refused("not all was allowed that is needed: sign in again, and leave every box ticked")
    return Connection(
        client_id=application.client_id,
        account=_account(result.get("id_token"), application.client_id),
        refresh=Secret(result["refresh_token"]),
    )


class GooglePersonTokens(CachedTokens):
    """Tokens in the name of whoever signed in for the connection ``name``."""

    def __init__(
        self, wire: BlockingWire, *, application: DesktopApplication, connections: Connections, name: str
    ) -> None:
        super().__init__()
        self._wire, self._application = wire, application
        self._connections, self._name = connections, name

    def fetch(self) -> tuple[Secret, float]:
        """A new token. Raises PeerError, with the command to run where somebody has to sign in again."""
        again = f"run: busyline connect {self._name}"
        try:
            connection = self._connections.load(self._name)
        except SecretError as error:
            raise refused(str(error)) from None
        if connection.client_id != self._application.client_id:
            raise refused(f"{self._name} was signed in through another application; {again}")
        form = {"grant_type": "refresh_token", "refresh_token": connection.refresh.reveal()}
        result = _granted(self._wire, self._application, form, again=again)
        return Secret(str(result["access_token"])), float(result.get("expires_in", 3600))


def _granted(
    wire: BlockingWire, application: DesktopApplication, form: Mapping[str, str], *, again: str = ""
) -> dict[str, Any]:
    """The answer of the token endpoint with an access token. Raises PeerError, without a word of what was sent."""
    proof = {"client_id": application.client_id, "client_secret": application.secret.reveal()}
    response = wire.request("POST", application.token_url, data={**form, **proof})
    try:
        told = json.loads(response.content)
    except ValueError:
        told = None
    if not isinstance(told, dict):
        raise PeerError(Reason.GARBLED, f"the token endpoint of Google: HTTP {response.status_code}, and no JSON")
    if response.status_code == 200 and isinstance(told.get("access_token"), str):
        return told
    lost = f"; {again}" if again and told.get("error") == "invalid_grant" else ""
    raise refused(f"{_in_words(told)}{lost}")


def _account(token: object, client_id: str) -> str:
    """Whose account it is, by an id token that came from the token endpoint itself, whose certificate stands for its
    signature (OpenID Connect Core 3.1.3.7, 6). Raises PeerError where it does not say."""
    import jwt  # noqa: PLC0415  slow to import, and only a sign-in needs it

    try:
        claims = jwt.decode(str(token), options={"verify_signature": False, "verify_aud": True}, audience=client_id)
        return str(claims["email"]).lower()
    except (jwt.InvalidTokenError, KeyError) as error:
        words = f"Google does not say who signed in ({type(error).__name__}): nothing was kept"
        raise PeerError(Reason.GARBLED, words) from None


def _in_words(told: Mapping[str, Any]) -> str:
    error = str(told.get("error", "no token"))
    return f"{_WORDS.get(error, 'Google refuses')} ({error[:60]})"
