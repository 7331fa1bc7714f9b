"""Bearer tokens of a person who signed in to Microsoft: once by a device code, and from then on renewed."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from protocols.errors import PeerError
from protocols.model.freebusy import Reason
from service.connections import Connection, Connections
from service.secrets import Secret, SecretError
from service.tokens import CachedTokens, refused
from service.wire import BlockingWire

_CODE: Final = re.compile(r"AADSTS\d+")  # the one part of a description that holds neither names nor times
_WAITING: Final = "authorization_pending"
_SLOWER: Final = "slow_down"
_MORE: Final = 5  # seconds that a slow_down adds, RFC 8628 3.5
_WORDS: Final = {
    "authorization_declined": "the sign-in was declined",
    "access_denied": "the sign-in was declined",
    "expired_token": "nobody signed in before the code expired",
    "invalid_client": "the application must allow public client flows: Authentication, Allow public client flows",
    "unauthorized_client": "the tenant does not know the application, or does not let it sign people in by a code",
    "invalid_scope": "the tenant does not know what is asked for: check the scopes",
}
_LOST: Final = frozenset({"invalid_grant", "interaction_required", "consent_required", "login_required"})


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicApplication:
    """The application that people sign in through, which has no secret: ``authority`` is the sign-in host with the
    tenant, ``scopes`` what is asked for in the person's name, and no more than is needed."""

    authority: str
    client_id: str
    scopes: Sequence[str]


def sign_in(
    wire: BlockingWire,
    application: PublicApplication,
    *,
    show: Callable[[str, str], None],
    sleep: Callable[[float], None],
    clock: Callable[[], float],
) -> Connection:
    """Has somebody sign in anywhere: ``show`` is told the page to open and the code to type there. Waits until they
    have, as long as the code is good (seconds of ``clock``). Raises PeerError (RFC 8628), also where Microsoft does not
    say who they are: then nothing is to be kept."""
    signed_up = _signed_up(wire, application.authority, application.client_id)
    flow = _answer(application.authority, lambda: signed_up.initiate_device_flow(scopes=list(application.scopes)))
    if "device_code" not in flow:
        raise refused(_in_words(flow))
    show(str(flow["verification_uri"]), str(flow["user_code"]))
    pause, until = float(flow.get("interval", 5)), clock() + float(flow.get("expires_in", 900))
    while clock() < until:
        result = _answer(  # one question at a time, with a copy: msal would watch our waits by a clock of its own
            application.authority,
            lambda: signed_up.acquire_token_by_device_flow(dict(flow), exit_condition=lambda _: True),
        )
        if "refresh_token" in result:
            return Connection(
                client_id=application.client_id,
                account=_account(result.get("id_token_claims")),
                refresh=Secret(str(result["refresh_token"])),
            )
        if result.get("error") not in (_WAITING, _SLOWER):
            raise refused(_in_words(result))
        pause += _MORE if result["error"] == _SLOWER else 0
        sleep(pause)
    raise refused(_in_words({"error": "expired_token"}))


class PersonTokens(CachedTokens):
    """Tokens in the name of whoever signed in for the connection ``name``. What renews them is kept anew each time."""

    def __init__(
        self, wire: BlockingWire, *, application: PublicApplication, connections: Connections, name: str
    ) -> None:
        super().__init__()
        self._wire, self._application = wire, application
        self._connections, self._name = connections, name

    def fetch(self) -> tuple[Secret, float]:
        """A new token. Raises PeerError, with the command to run where somebody has to sign in again."""
        ours = self._application
        try:
            connection = self._connections.load(self._name)
        except SecretError as error:
            raise refused(str(error)) from None
        if connection.client_id != ours.client_id:
            raise refused(f"{self._name} was signed in through another application; {self._again}")
        signed_up = _signed_up(self._wire, ours.authority, ours.client_id)
        result = _answer(
            ours.authority,
            lambda: signed_up.acquire_token_by_refresh_token(connection.refresh.reveal(), scopes=list(ours.scopes)),
        )
        if "access_token" not in result:
            words = f"; {self._again}" if result.get("error") in _LOST else ""
            raise refused(f"{_in_words(result)}{words}")
        if "refresh_token" in result:
            self._keep(connection, Secret(str(result["refresh_token"])))
        return Secret(str(result["access_token"])), float(result.get("expires_in", 3600))

    def _keep(self, before: Connection, refresh: Secret) -> None:
        """Raises PeerError where it cannot be kept: the next renewal would find one that is worn out."""
        try:
            self._connections.save(
                self._name, Connection(client_id=before.client_id, account=before.account, refresh=refresh)
            )
        except OSError as error:
            words = f"what renews the sign-in for {self._name} cannot be kept: {error.strerror}"
            raise PeerError(Reason.PEER_FAILED, words) from None

    @property
    def _again(self) -> str:
        return f"run: busyline connect {self._name}"


def _signed_up(wire: BlockingWire, authority: str, client_id: str) -> Any:
    """msal's application, made anew: what it remembers of tokens is not wanted."""
    import msal  # noqa: PLC0415  slow to import, and only this needs it

    return _answer(
        authority,
        lambda: msal.PublicClientApplication(
            client_id, authority=authority, instance_discovery=False, http_client=wire
        ),
    )


def _answer(authority: str, ask: Callable[[], Any]) -> Any:
    """What msal answers. Raises PeerError, without a word of what was sent."""
    try:
        return ask()
    except PeerError:
        raise
    except Exception as error:  # noqa: BLE001  msal raises ValueError, RuntimeError and what the JSON brings
        raise PeerError(Reason.UNAUTHORIZED, f"no token from {authority}: {type(error).__name__}") from None


def _account(claims: object) -> str:
    """The name that somebody signs in with, as the id token says it. Raises PeerError where it does not."""
    account = claims.get("preferred_username") if isinstance(claims, dict) else None
    if not isinstance(account, str) or not account.strip():
        raise PeerError(Reason.GARBLED, "Microsoft does not say who signed in: nothing was kept")
    return account.strip()


def _in_words(result: dict[str, Any]) -> str:
    error = str(result.get("error", "no token"))[:60]
    code = _CODE.search(str(result.get("error_description", "")))
    words = _WORDS.get(error, "the sign-in has expired or was revoked" if error in _LOST else "Microsoft refuses")
    return f"{words} ({error}{f', {code[0]}' if code else ''})"
