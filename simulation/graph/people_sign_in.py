"""How people sign in to the simulated Entra tenant: by a device code, and again by what they were given then."""

import secrets
import time
from collections.abc import Callable, Iterable, Mapping

import jwt
from aiohttp import web

DEVICE_CODE = "urn:ietf:params:oauth:grant-type:device_code"


class PeopleSignIn:
    """``approve`` and ``decline`` are what somebody does at the page. ``issue`` makes an access token for a person and
    scopes. ``slow_down`` is how many times the next question is told to wait longer. ``nameless``: nobody is told who
    signed in."""

    def __init__(self, tenant: str, issue: Callable[[str, str], str], *, lifetime: int) -> None:
        self._tenant, self._issue, self._lifetime = tenant, issue, lifetime
        self._codes: dict[str, tuple[str, str]] = {}  # user code and scope by device code
        self._people: dict[str, str] = {}  # who approved, by user code
        self._refresh: dict[str, tuple[str, str]] = {}  # person and scope by refresh token
        self.slow_down = 0
        self.nameless = False
        self.at_hand = ""  # who signs in and agrees at once, whatever the code

    def begin(self, form: Mapping[str, str], url: str) -> web.Response:
        """The answer of /devicecode (RFC 8628 3.2)."""
        device, user = secrets.token_urlsafe(24), secrets.token_hex(4).upper()
        self._codes[device] = (user, form.get("scope", ""))
        if self.at_hand:
            self.approve(user, self.at_hand)
        told = {"device_code": device, "user_code": user, "verification_uri": f"{url}/device"}
        return web.json_response({**told, "expires_in": 900, "interval": 5, "message": "To sign in, open the page."})

    def approve(self, user_code: str, person: str) -> None:
        """Somebody typed the code, signed in and agreed."""
        self._people[user_code] = person

    def decline(self, user_code: str) -> None:
        """Somebody typed the code and did not agree."""
        self._people[user_code] = ""

    def agreed(self, person: str, scopes: Iterable[str]) -> str:
        """A refresh token of somebody who signed in and agreed to ``scopes`` some time ago."""
        refresh = f"0.{secrets.token_urlsafe(32)}"
        self._refresh[refresh] = (person, " ".join((*scopes, "openid", "profile", "offline_access")))
        return refresh

    def revoke(self) -> None:
        """Nothing that was given to anybody renews a token any more."""
        self._refresh.clear()

    def grant(self, form: Mapping[str, str]) -> web.Response | None:
        """The answer of /token to a device code or a refresh token; None for any other grant."""
        if form.get("grant_type") == DEVICE_CODE:
            return self._by_device(form.get("device_code", ""), form.get("client_id", ""))
        if form.get("grant_type") != "refresh_token":
            return None
        token = form.get("refresh_token", "")
        person, scope = self._refresh.get(token, ("", ""))
        if not person:
            return _refused("invalid_grant", "AADSTS700082: The refresh token has expired due to inactivity.")
        if not {*form.get("scope", "").split()} <= {*scope.split()}:
            return _refused("invalid_grant", "AADSTS65001: The user has not consented to use the application.")
        del self._refresh[token]
        return self._granted(person, scope, form.get("client_id", ""))

    def _by_device(self, device: str, client_id: str) -> web.Response:
        if device not in self._codes:
            return _refused("bad_verification_code", "AADSTS70019: The code is not known.")
        if self.slow_down:
            self.slow_down -= 1
            return _refused("slow_down", "AADSTS70016: Slow down.")
        user, scope = self._codes[device]
        if user not in self._people:
            return _refused("authorization_pending", "AADSTS70016: OAuth 2.0 device flow error. Pending.")
        del self._codes[device]
        person = self._people[user]
        if not person:
            return _refused("authorization_declined", "AADSTS70018: The end user declined.")
        return self._granted(person, scope, client_id)

    def _granted(self, person: str, scope: str, client_id: str) -> web.Response:
        now = int(time.time())
        refresh = f"0.{secrets.token_urlsafe(32)}"
        self._refresh[refresh] = (person, scope)
        claims = {"aud": client_id, "iss": f"https://login/{self._tenant}/v2.0", "iat": now, "exp": now + 3600}
        claims |= {"sub": person, "tid": self._tenant, "oid": person}
        claims |= {} if self.nameless else {"preferred_username": person}
        return web.json_response(
            {
                "token_type": "Bearer",
                "scope": scope,
                "expires_in": self._lifetime,
                "access_token": self._issue(person, scope),
                "refresh_token": refresh,
                "id_token": jwt.encode(claims, "x" * 32, algorithm="HS256"),
            }
        )


def _refused(error: str, text: str) -> web.Response:
    return web.json_response({"error": error, "error_description": text, "error_codes": []}, status=400)
