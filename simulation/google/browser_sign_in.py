"""How people sign in to the simulated Google with a browser: a page that sends them back with a code, and its grant."""

import base64
import hashlib
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

import jwt
from aiohttp import web

PAGE: Final = "/o/oauth2/v2/auth"
CLIENT_ID: Final = "desktop.apps.googleusercontent.example"
CLIENT_SECRET: Final = "GOCSPX-not-a-proof"
_LONG: Final = {"email": "https://www.googleapis.com/auth/userinfo.email"}  # as Google names it in its answers


@dataclass(frozen=True, slots=True)
class _Code:
    person: str
    scopes: frozenset[str]
    challenge: str
    redirect_uri: str


class BrowserSignIn:
    """``person`` is who sits at the browser, and agrees; "" declines. ``keep`` is told each refresh token and whose it
    is, ``issue`` makes an access token. ``agreed`` are the scopes of each refresh token, ``unticked`` those that are
    not agreed to."""

    def __init__(self, keep: Callable[[str, str], None], issue: Callable[[str, frozenset[str]], str]) -> None:
        self.person = ""
        self.unticked: frozenset[str] = frozenset()
        self.agreed: dict[str, frozenset[str]] = {}
        self._keep, self._issue = keep, issue
        self._codes: dict[str, _Code] = {}

    def page(self, query: Mapping[str, str]) -> web.Response:
        """Where the browser is sent once the person has chosen; the application alone is refused on the page."""
        back = query.get("redirect_uri", "")
        local = back.startswith("http://127.0.0.1:")
        if query.get("client_id") != CLIENT_ID or not local or query.get("code_challenge_method") != "S256":
            return web.Response(status=400, text="Error 400: invalid_request")
        told = {"state": query.get("state", "")}
        if self.person:
            told["code"] = secrets.token_urlsafe(16)
            scopes = frozenset(query.get("scope", "").split()) - self.unticked
            self._codes[told["code"]] = _Code(self.person, scopes, query.get("code_challenge", ""), back)
        else:
            told["error"] = "access_denied"
        return web.Response(status=302, headers={"Location": f"{back}?{urlencode(told)}"})

    def grant(self, form: Mapping[str, str]) -> web.Response:
        """Tokens for a code, once, for who knows the verifier."""
        code = self._codes.pop(form.get("code", ""), None)
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        if (form.get("client_id"), form.get("client_secret")) != (CLIENT_ID, CLIENT_SECRET):
            return _refused("invalid_client", "The OAuth client was not found.", 401)
        if code is None or code.redirect_uri != form.get("redirect_uri"):
            return _refused("invalid_grant", "Bad Request")
        if base64.urlsafe_b64encode(digest).rstrip(b"=").decode() != code.challenge:
            return _refused("invalid_grant", "Invalid code verifier.")
        refresh = f"1//{secrets.token_urlsafe(24)}"
        self._keep(refresh, code.person)
        self.agreed[refresh] = code.scopes
        token = self._issue(code.person, code.scopes)
        told = {"access_token": token, "expires_in": 3599, "token_type": "Bearer", "refresh_token": refresh}
        told["scope"] = " ".join(sorted(_LONG.get(scope, scope) for scope in code.scopes))
        if "openid" in code.scopes:
            claims = {"aud": CLIENT_ID, "sub": code.person} | ({"email": code.person} if "email" in code.scopes else {})
            told["id_token"] = jwt.encode(claims, secrets.token_bytes(32), algorithm="HS256")
        return web.json_response(told)


def _refused(error: str, text: str, status: int = 400) -> web.Response:
    return web.json_response({"error": error, "error_description": text}, status=status)
