"""Google's token endpoint: access tokens for a service account's signed assertion or somebody's refresh token."""

import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass

import jwt
from aiohttp import web

from simulation.estate import Estate
from simulation.faults import Trouble
from simulation.google.browser_sign_in import BrowserSignIn
from simulation.google.keys import ServiceAccount

LIFETIME = 3599
_LONGEST_ASSERTION = 3600
_PUBLIC_TOKEN_URL = "https://oauth2.googleapis.com/token"  # what google-auth writes whatever the token_uri
_ASSERTION = "urn:ietf:params:oauth:grant-type:jwt-bearer"


@dataclass(frozen=True, slots=True)
class Grant:
    """What an access token stands for: whose eyes it lends, and for what."""

    subject: str  # the service account's own address where nobody is impersonated
    scopes: frozenset[str]
    expires: float


class TokenDesk:
    """Issues access tokens and knows them again. ``refresh`` names the person behind each refresh token; ``others`` are
    further service accounts that the domain has delegated to."""

    def __init__(
        self,
        estate: Estate,
        account: ServiceAccount,
        refresh: Mapping[str, str],
        others: tuple[ServiceAccount, ...] = (),
    ) -> None:
        self._estate = estate
        self._account = account
        self._accounts = {each.key_id: each for each in (*others, account)}
        self._refresh = dict(refresh)
        self._grants: dict[str, Grant] = {}
        self.browser = BrowserSignIn(self._refresh.__setitem__, self.issued)

    def grant(self, form: Mapping[str, str], token_url: str, trouble: Trouble | None) -> web.Response:
        """A token for whoever proves to deserve one."""
        if trouble is Trouble.THROTTLED:
            return web.json_response({"error": "temporarily_unavailable"}, status=503, headers={"Retry-After": "1"})
        if trouble is not None:
            return _refused("invalid_grant", "Invalid JWT Signature.")
        if form.get("grant_type") == _ASSERTION:
            return self._for_assertion(form.get("assertion", ""), token_url)
        if form.get("grant_type") == "authorization_code":
            return self.browser.grant(form)
        if form.get("grant_type") == "refresh_token":
            return self._for_refresh(form.get("refresh_token", ""))
        return _refused("unsupported_grant_type", "Invalid grant_type")

    def find(self, authorization: str) -> Grant | None:
        """The grant behind a Bearer header; None where it is unknown or has expired."""
        scheme, _, token = authorization.partition(" ")
        grant = self._grants.get(token) if scheme.lower() == "bearer" else None
        return grant if grant and grant.expires > time.time() else None

    def issued(self, subject: str, scopes: frozenset[str]) -> str:
        """An access token of ``subject``, without a question."""
        token = f"ya29.{secrets.token_urlsafe(24)}"
        self._grants[token] = Grant(subject, scopes, time.time() + LIFETIME)
        return token

    def revoke_refresh(self) -> None:
        """Nothing that people gave renews a token any more."""
        self._refresh.clear()

    def revoke_all(self) -> None:
        """No token issued before is valid any more."""
        self._grants.clear()

    def _for_refresh(self, refresh: str) -> web.Response:
        person = self._refresh.get(refresh)
        if person is None:
            return _refused("invalid_grant", "Token has been expired or revoked.")
        return self._issued(person, self.browser.agreed.get(refresh, frozenset(self._account.scopes)))

    def _for_assertion(self, assertion: str, token_url: str) -> web.Response:
        try:
            account = self._accounts.get(str(jwt.get_unverified_header(assertion).get("kid")), self._account)
            claims = jwt.decode(
                assertion,
                account.key.public_key(),
                algorithms=["RS256"],
                audience=[token_url, _PUBLIC_TOKEN_URL],
                issuer=account.email,
                leeway=30,
            )
        except jwt.InvalidSignatureError:
            return _refused("invalid_grant", "Invalid JWT Signature.")
        except jwt.InvalidTokenError as error:
            return _refused("invalid_grant", f"Invalid JWT: {error}")
        subject = str(claims.get("sub", account.email)).lower()
        scopes = frozenset(str(claims.get("scope", "")).split())
        return self._refusal(account, claims, subject, scopes) or self._issued(subject, scopes)

    def _refusal(
        self, account: ServiceAccount, claims: Mapping[str, int], subject: str, scopes: frozenset[str]
    ) -> web.Response | None:
        if claims["exp"] - claims.get("iat", 0) > _LONGEST_ASSERTION:
            return _refused("invalid_grant", "Invalid JWT: Token must be a short-lived token (60 minutes).")
        if not scopes:
            return _refused("invalid_scope", "Invalid OAuth scope or ID token audience provided.")
        if subject == account.email:
            return None
        if not scopes <= set(account.scopes):
            text = "Client is unauthorized to retrieve access tokens using this method, or client not authorized for"
            return _refused("unauthorized_client", f"{text} any of the scopes requested.", 401)
        unknown = self._estate.find(subject, "google") is None
        return _refused("invalid_grant", "Invalid email or User ID") if unknown else None

    def _issued(self, subject: str, scopes: frozenset[str]) -> web.Response:
        token = self.issued(subject, scopes)
        return web.json_response({"access_token": token, "expires_in": LIFETIME, "token_type": "Bearer"})


def _refused(error: str, text: str, status: int = 400) -> web.Response:
    return web.json_response({"error": error, "error_description": text}, status=status)
