"""The token endpoint of a Microsoft Entra tenant: client credentials with a secret or a certificate's assertion."""

import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field

import jwt
from aiohttp import web

from simulation.faults import Trouble
from simulation.graph.people_sign_in import PeopleSignIn

LIFETIME = 3599
_ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_LONGEST_ASSERTION = 24 * 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """An app registration: its secret, its certificate's public key (PEM; None: any signature), its Graph roles."""

    client_id: str = "33333333-3333-3333-3333-333333333333"
    secret: str = field(default="contoso-secret", repr=False)
    public_key: str | None = None
    roles: tuple[str, ...] = ("Calendars.ReadBasic",)


class TokenDesk:
    """Issues the tokens of one tenant and knows them again."""

    def __init__(self, tenant: str, applications: tuple[Application, ...]) -> None:
        self.tenant = tenant
        self._applications = {application.client_id: application for application in applications}
        self._key = secrets.token_bytes(32)
        self.people = PeopleSignIn(
            tenant, lambda person, scope: self.issue(user=person, scope=scope), lifetime=LIFETIME
        )

    def device_code(self, form: Mapping[str, str], url: str) -> web.Response:
        """A code for somebody to sign in by, for a known application."""
        if form.get("client_id", "") not in self._applications:
            return _refused("unauthorized_client", "AADSTS700016: Application was not found.")
        return self.people.begin(form, url)

    def discovery(self, url: str, tenant: str) -> web.Response:
        """The tenant's openid-configuration."""
        base = f"{url}/{tenant}"
        return web.json_response(
            {
                "token_endpoint": f"{base}/oauth2/v2.0/token",
                "authorization_endpoint": f"{base}/oauth2/v2.0/authorize",
                "device_authorization_endpoint": f"{base}/oauth2/v2.0/devicecode",
                "issuer": f"{base}/v2.0",
                "jwks_uri": f"{base}/discovery/v2.0/keys",
                "token_endpoint_auth_methods_supported": ["client_secret_post", "private_key_jwt"],
                "response_types_supported": ["code"],
                "subject_types_supported": ["pairwise"],
                "id_token_signing_alg_values_supported": ["RS256"],
                "tenant_region_scope": "EU",
                "cloud_instance_name": "microsoftonline.com",
            }
        )

    def grant(self, form: Mapping[str, str], endpoint: str, trouble: Trouble | None) -> web.Response:
        """A token for an application that proves itself; the errors carry Entra's AADSTS numbers."""
        if trouble is Trouble.THROTTLED:
            return web.json_response({"error": "temporarily_unavailable"}, status=429, headers={"Retry-After": "1"})
        if trouble is not None:
            return _refused("invalid_client", "AADSTS7000222: The provided client secret keys are expired.", 401)
        application = self._applications.get(form.get("client_id", ""))
        if application is not None and (told := self.people.grant(form)) is not None:
            return told
        refusal = self._refusal(application, form, endpoint)
        if refusal is not None or application is None:
            return refusal or _refused("unauthorized_client", "AADSTS700016: Application was not found.")
        token = self.issue(roles=application.roles)
        return web.json_response(
            {"token_type": "Bearer", "expires_in": LIFETIME, "ext_expires_in": LIFETIME, "access_token": token}
        )

    def issue(self, *, roles: tuple[str, ...] = (), user: str = "", scope: str = "Calendars.ReadBasic") -> str:
        """An access token: with roles for an application, with a user for somebody who has signed in."""
        now = int(time.time())
        claims: dict[str, object] = {"aud": "https://graph.microsoft.com", "tid": self.tenant, "iat": now}
        claims |= {"exp": now + LIFETIME, "jti": secrets.token_hex(8)}
        claims |= {"upn": user, "scp": scope} if user else {"roles": list(roles), "idtyp": "app"}
        return jwt.encode(claims, self._key, algorithm="HS256")

    def revoke_all(self) -> None:
        """No token issued before is valid any more."""
        self._key = secrets.token_bytes(32)

    def claims(self, authorization: str) -> dict[str, object] | None:
        """What a Bearer header's token says; None where it is not one of ours or has expired."""
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer":
            return None
        try:
            return dict(jwt.decode(token, self._key, algorithms=["HS256"], audience="https://graph.microsoft.com"))
        except jwt.InvalidTokenError:
            return None

    def _refusal(self, application: Application | None, form: Mapping[str, str], endpoint: str) -> web.Response | None:
        if form.get("grant_type") != "client_credentials":
            return _refused("unsupported_grant_type", "AADSTS70003: The grant type is not supported.")
        if not form.get("scope", "").endswith("/.default"):
            return _refused("invalid_scope", "AADSTS70011: The provided value for 'scope' is not valid.")
        disproof = application and self._disproof(application, form, endpoint)
        return _refused("invalid_client", disproof, 401) if disproof else None

    def _disproof(self, application: Application, form: Mapping[str, str], endpoint: str) -> str:
        """Why the client has not proved itself; empty where it has."""
        if "client_secret" in form:
            known = secrets.compare_digest(form["client_secret"], application.secret)
            return "" if known else "AADSTS7000215: Invalid client secret provided."
        if form.get("client_assertion_type") != _ASSERTION:
            return "AADSTS7000218: The request body must contain 'client_assertion' or 'client_secret'."
        return _wrong_assertion(form.get("client_assertion", ""), application, endpoint)


def _wrong_assertion(assertion: str, application: Application, endpoint: str) -> str:
    try:
        header = jwt.get_unverified_header(assertion)
        claims = jwt.decode(
            assertion,
            application.public_key or "",
            algorithms=["RS256", "PS256"],
            audience=endpoint,
            options={"verify_signature": application.public_key is not None, "verify_aud": True, "verify_exp": True},
        )
    except jwt.InvalidTokenError as error:
        return f"AADSTS700027: The certificate could not be used: {type(error).__name__}."
    if header.get("alg") not in ("RS256", "PS256") or not (header.get("x5t") or header.get("x5t#S256")):
        return "AADSTS5002738: The assertion names no certificate."
    if not claims.get("iss") == claims.get("sub") == application.client_id or claims.get("aud") != endpoint:
        return "AADSTS700021: Client assertion does not name this application."
    now = time.time()
    if not now < float(claims.get("exp", 0)) <= now + _LONGEST_ASSERTION:
        return "AADSTS700024: Client assertion is not within its valid time range."
    return ""


def _refused(error: str, text: str, status: int = 400) -> web.Response:
    return web.json_response({"error": error, "error_description": text, "error_codes": []}, status=status)
