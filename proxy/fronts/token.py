"""Our own OAuth 2.0 token endpoint: a client id and its secret in, a token that lives shortly out (RFC 6749 4.4)."""

import asyncio
import base64
import binascii
import math
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Protocol
from urllib.parse import parse_qsl, unquote_plus

import orjson
from aiohttp import web

from protocols.errors import Fault, RequestError
from protocols.model.caller import Caller
from proxy.admission import Admission
from proxy.auth import Address, Refused
from proxy.auth.basic import CHALLENGE
from proxy.auth.gate import UNBELIEVABLE
from proxy.auth.networks import Addresses, UnbelievableError
from proxy.fronts.answers import json, not_allowed
from proxy.fronts.body import read_form
from proxy.fronts.entrance import RATE, forwarded
from proxy.fronts.record import Record

MAX_FORM: Final = 16_384  # bytes; client id, secret and scope are some hundred
_FIELDS: Final = 32
_SCOPE: Final = re.compile(r"[\x21\x23-\x5b\x5d-\x7e]+(?: [\x21\x23-\x5b\x5d-\x7e]+)*")  # RFC 6749 3.3
_LONGEST: Final = 1_024
_FAULT_STATUS: Final = {Fault.TOO_LARGE: 413, Fault.TOO_SLOW: 408, Fault.INTERNAL: 500}


class Clients(Protocol):
    """Who knows the clients' secrets."""

    async def prove(self, client_id: str, secret: str, address: Address | None) -> Caller | Refused:
        """The caller whose client id and secret these are; refused like an unknown one, and slowed, where not."""
        ...


class Issuer(Protocol):
    """Who issues tokens: proxy/auth/own_tokens.py."""

    def issue(self, name: str) -> tuple[str, int]:
        """A token for the caller ``name`` and how many seconds it is good for."""
        ...


@dataclass(frozen=True, slots=True)
class _Client:
    name: str
    secret: str = field(repr=False)
    by_header: bool


class _OAuthError(Exception):
    """A refusal in the words of RFC 6749 5.2; ``reason`` is for the log."""

    def __init__(self, code: str, description: str, *, status: int = 400, challenged: bool = False) -> None:
        super().__init__(code)
        self.code, self.description, self.status, self.challenged = code, description, status, challenged


class TokenFront:
    """POST of a form with ``grant_type=client_credentials``, the client in it (``client_secret_post``) or in Basic.

    ``addresses`` tells where a request comes from, for whoever slows wrong secrets down; who asks more often than
    ``admission`` lets it, for tokens and all else together, is told to wait. There are no refresh tokens.
    """

    name = "token"

    def __init__(
        self,
        *,
        clients: Clients,
        issuer: Issuer,
        addresses: Addresses | None = None,
        admission: Admission | None = None,
    ) -> None:
        self._clients, self._issuer, self._addresses = clients, issuer, addresses or Addresses()
        self._admission = admission or Admission({}, clock=time.monotonic)

    async def answer(self, request: web.BaseRequest, record: Record) -> web.Response:
        """A token, or why there is none, as JSON that nobody keeps. Raises RequestError: the body cannot be read."""
        if request.method != "POST":
            return not_allowed("POST")
        record.operation = "token"
        data = await read_form(request, MAX_FORM)
        try:
            form = _form(data)
            client = _client(request.headers.get("Authorization"), form)
            scope = _asked(form)
        except _OAuthError as error:
            record.refused = error.code.replace("_", "-")
            return _refusal(error)
        found = await self._proved(client, request)
        if isinstance(found, Refused):
            record.caller, record.refused = found.caller, found.reason
            return _turned_away(found, client)
        record.caller = found.name
        token, seconds = await asyncio.to_thread(self._issuer.issue, found.name)  # a new key waits for the disk
        answer = {"access_token": token, "token_type": "Bearer", "expires_in": seconds}
        return _unkept(json(orjson.dumps(answer | ({"scope": scope} if scope else {}))))

    async def _proved(self, client: _Client, request: web.BaseRequest) -> Caller | Refused:
        try:
            address = self._addresses.find(request.remote or "", forwarded(request))
        except UnbelievableError:
            return UNBELIEVABLE
        found = await self._clients.prove(client.name, client.secret, address)
        if isinstance(found, Caller) and (wait := self._admission.wait(found.name)):
            return Refused(RATE, 429, math.ceil(wait), caller=found.name)
        return found


def fault(_: Record, error: RequestError, __: datetime) -> web.Response:
    """How whoever sends what cannot be read is told so: RFC 6749 5.2, whatever it was."""
    if error.fault is Fault.BUSY:
        return _refusal(_OAuthError("temporarily_unavailable", "too much to do; come again later", status=503))
    status = _FAULT_STATUS.get(error.fault, 400)
    if status == 500:
        return _refusal(_OAuthError("server_error", "the request failed", status=status))
    words = "send application/x-www-form-urlencoded, with few and short parameters"
    return _refusal(_OAuthError("invalid_request", words, status=status))


def _form(data: bytes) -> dict[str, str]:
    """The parameters; those without a value count as left out (RFC 6749 3.2)."""
    try:
        pairs = parse_qsl(data.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=_FIELDS)
    except ValueError:
        raise _OAuthError("invalid_request", "the form cannot be read") from None
    form = dict(pairs)
    if len(form) < len(pairs):
        raise _OAuthError("invalid_request", "a parameter comes twice")
    return {name: value for name, value in form.items() if value}


def _client(authorization: str | None, form: Mapping[str, str]) -> _Client:
    """Who asks, by header or by form, never by both (RFC 6749 2.3)."""
    if authorization is None:
        if "client_id" not in form or "client_secret" not in form:
            raise _OAuthError("invalid_client", "client_id or client_secret is missing", status=401, challenged=True)
        return _Client(form["client_id"], form["client_secret"], by_header=False)
    if "client_secret" in form:
        raise _OAuthError("invalid_request", "the client proves itself in two ways")
    name, secret = _pair(authorization)
    if form.get("client_id", name) != name:
        raise _OAuthError("invalid_request", "client_id differs from that in Authorization")
    return _Client(name, secret, by_header=True)


def _pair(authorization: str) -> tuple[str, str]:
    """RFC 6749 2.3.1: each half is encoded like a form before it becomes Basic."""
    wrong = _OAuthError("invalid_client", "Authorization cannot be read", status=401, challenged=True)
    scheme, _, encoded = authorization.strip().partition(" ")
    if scheme.lower() != "basic" or len(encoded) > _LONGEST:
        raise wrong
    try:
        name, colon, secret = base64.b64decode(encoded.strip(), validate=True).decode("utf-8").partition(":")
        pair = unquote_plus(name, errors="strict"), unquote_plus(secret, errors="strict")
    except (binascii.Error, ValueError):
        raise wrong from None
    if not (colon and all(pair)):
        raise wrong
    return pair


def _asked(form: Mapping[str, str]) -> str:
    """The scope, which is given as asked: a token opens what its caller may see, no more and no less."""
    if "grant_type" not in form:
        raise _OAuthError("invalid_request", "grant_type is missing")
    if form["grant_type"] != "client_credentials":
        raise _OAuthError("unsupported_grant_type", "only client_credentials")
    scope = form.get("scope", "")
    if scope and not _SCOPE.fullmatch(scope):
        raise _OAuthError("invalid_scope", "the scope has other characters than a scope may have")
    return scope


def _turned_away(refused: Refused, client: _Client) -> web.Response:
    if refused.status == 429:
        response = _refusal(_OAuthError("temporarily_unavailable", "too many requests; come again later", status=429))
        response.headers["Retry-After"] = str(refused.retry_after or 1)
        return response
    if refused.status == 403:
        return _refusal(_OAuthError("unauthorized_client", "not from this address", status=403))
    words = "the client is unknown or its secret is wrong"
    return _refusal(_OAuthError("invalid_client", words, status=401, challenged=client.by_header))


def _refusal(error: _OAuthError) -> web.Response:
    answer = {"error": error.code, "error_description": error.description}
    response = json(orjson.dumps(answer), status=error.status)
    if error.challenged:
        response.headers["WWW-Authenticate"] = CHALLENGE
    return _unkept(response)


def _unkept(response: web.Response) -> web.Response:
    response.headers["Cache-Control"] = "no-store"  # RFC 6749 5.1
    response.headers["Pragma"] = "no-cache"
    return response
