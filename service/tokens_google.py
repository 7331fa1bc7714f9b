"""Bearer tokens of Google for a service account with domain-wide delegation, by google-auth."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from protocols.errors import PeerError
from protocols.model.freebusy import Reason
from service.reach import is_loopback, origin
from service.secrets import Secret, SecretError
from service.tokens import CachedTokens
from service.wire import BlockingWire

_WORDS: Final = {
    "unauthorized_client": "delegation is missing: authorise the service account's client id for exactly these scopes "
    "in the Google Admin console (a change may take a day)",
    "invalid_grant": "Google does not know the subject, the key was deleted, or this machine's clock is wrong",
    "access_denied": "the domain refuses the service account",
    "invalid_client": "the service account does not exist any more",
    "invalid_scope": "a scope is not known",
}
_UNKNOWN_SUBJECT: Final = "Invalid email or User ID"  # what tells it from a deleted key and a wrong clock
_OF_THE_ACCOUNT: Final = frozenset({"unauthorized_client", "invalid_client", "invalid_scope"})
_OUT_OF_ORDER: Final = frozenset({"temporarily_unavailable", "internal_failure", "server_error"})
_OF_THE_KEY: Final = "Invalid JWT"  # with invalid_grant: a deleted key or a wrong clock, whoever the subject is


class SubjectError(PeerError):
    """Google gives no token for this subject, though perhaps for others: NO_SUCH_MAILBOX or NO_ACCESS."""


class GoogleTokens(CachedTokens):
    """Tokens of a service account (the text of its key file, parsed) that acts as ``subject`` with ``scopes``.

    With ``subject_is_asked`` the subject is whoever was asked about: a refusal of it alone is SubjectError.
    """

    def __init__(
        self,
        wire: BlockingWire,
        *,
        account: Mapping[str, Any],
        subject: str,
        scopes: Sequence[str],
        subject_is_asked: bool = False,
    ) -> None:
        super().__init__()
        self._wire = wire
        self._account = account
        self._subject = subject
        self._scopes = tuple(scopes)
        self._subject_is_asked = subject_is_asked

    def fetch(self) -> tuple[Secret, float]:
        """A token straight from the token endpoint that the key file names. Raises PeerError."""
        from google.auth import exceptions  # noqa: PLC0415  slow to import, and only this needs it
        from google.oauth2 import service_account  # noqa: PLC0415

        try:
            credentials: Any = service_account.Credentials.from_service_account_info(  # type: ignore[no-untyped-call]
                self._account, scopes=self._scopes, subject=self._subject
            )
            credentials.refresh(_Transport(self._wire))
        except exceptions.RefreshError as error:
            answer = _answer(error)
            if self._subject_is_asked and _is_of_subject(answer):
                raise SubjectError(_reason_of(answer), _in_words(answer)) from None
            raise PeerError(Reason.UNAUTHORIZED, _in_words(answer)) from None
        except (exceptions.GoogleAuthError, ValueError) as error:
            raise PeerError(Reason.UNAUTHORIZED, f"no token from Google: {type(error).__name__}") from None
        expiry = credentials.expiry.replace(tzinfo=UTC)
        return Secret(str(credentials.token)), (expiry - datetime.now(UTC)).total_seconds()


def key_file(text: Secret) -> dict[str, Any]:
    """The service account's key file. Raises SecretError with words where it is none."""
    try:
        account = json.loads(text.reveal())
    except ValueError:
        raise SecretError("the service account's key file is not JSON: download it anew from Google Cloud") from None
    wanted = ("client_email", "private_key", "token_uri")
    missing = [key for key in wanted if not isinstance(account, dict) or not account.get(key)]
    if missing:
        raise SecretError(f"the service account's key file lacks {', '.join(missing)}: it is no service account's key")
    try:
        scheme, host, _ = origin(str(account["token_uri"]))
    except ValueError:
        scheme = host = ""
    if scheme != "https" and not is_loopback(host):
        raise SecretError("the service account's key file has no https address in token_uri: download it anew")
    return dict(account)


class _Answer:
    """google.auth.transport.Response, whose import would be as slow as the whole library."""

    def __init__(self, status: int, headers: Mapping[str, str], data: bytes) -> None:
        self.status, self.headers, self.data = status, headers, data


class _Transport:
    """google.auth.transport.Request over a :class:`BlockingWire`."""

    def __init__(self, wire: BlockingWire) -> None:
        self._wire = wire

    def __call__(
        self,
        url: str,
        method: str = "GET",
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        **_: Any,
    ) -> _Answer:
        response = self._wire.request(method, url, data=body, headers=headers)
        return _Answer(response.status_code, response.headers, response.content)


def _answer(error: Exception) -> Mapping[str, Any]:
    """What the token endpoint said; empty where it said nothing that google-auth could read."""
    return error.args[1] if len(error.args) > 1 and isinstance(error.args[1], dict) else {}


def _is_of_subject(answer: Mapping[str, Any]) -> bool:
    """Whether it was said of the subject: not of the account or its key, nor since Google is out of order."""
    code = answer.get("error")
    if not isinstance(code, str) or code in _OF_THE_ACCOUNT or code in _OUT_OF_ORDER:
        return False
    return not (code == "invalid_grant" and str(answer.get("error_description", "")).startswith(_OF_THE_KEY))


def _reason_of(answer: Mapping[str, Any]) -> Reason:
    unknown = answer.get("error") == "invalid_grant" and answer.get("error_description") == _UNKNOWN_SUBJECT
    return Reason.NO_SUCH_MAILBOX if unknown else Reason.NO_ACCESS


def _in_words(answer: Mapping[str, Any]) -> str:
    code = str(answer.get("error", "no token"))
    return f"{_WORDS.get(code, 'Google refuses a token')} ({code})"
