"""Bearer tokens of Microsoft Entra ID for an application, by msal: with a client secret or a certificate."""

import re
from typing import Any, Final

from protocols.errors import PeerError
from protocols.model.freebusy import Reason
from service.secrets import Secret
from service.tokens import CachedTokens, refused
from service.wire import BlockingWire

_CERTIFICATE = re.compile(r"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", re.DOTALL)
_KEY = re.compile(r"-----BEGIN (?:RSA )?PRIVATE KEY-----.+?-----END (?:RSA )?PRIVATE KEY-----", re.DOTALL)
_CODE = re.compile(r"AADSTS\d+")  # the one part of a description that holds neither names nor times

_WORDS: Final = {
    "invalid_client": "the application's secret or certificate is not accepted: it has expired or was never uploaded",
    "unauthorized_client": "the tenant does not know the application: check client_id and tenant, grant admin consent",
    "invalid_request": "the tenant is not known or the request was refused: check tenant",
    "invalid_scope": "the tenant does not know what is asked for: check cloud and graph_url, or scope",
    "access_denied": "a policy of the tenant refuses the application",
}


class MicrosoftTokens(CachedTokens):
    """Tokens of one application in one tenant.

    ``authority`` is the sign-in host with the tenant, ``scope`` the resource with ``/.default``. ``proof`` is a client
    secret, or PEM text with private key and certificate.
    """

    def __init__(self, wire: BlockingWire, *, authority: str, client_id: str, proof: Secret, scope: str) -> None:
        super().__init__()
        self._wire = wire
        self._authority = authority
        self._client_id = client_id
        self._proof = proof
        self._scope = scope
        self._application: Any = None  # msal has no types

    def fetch(self) -> tuple[Secret, float]:
        """A token straight from Entra ID, past msal's own cache. Raises PeerError."""
        try:
            application = self._signed_up()
            application.remove_tokens_for_client()
            result = application.acquire_token_for_client(scopes=[self._scope])
        except PeerError:
            raise
        except Exception as error:  # noqa: BLE001  msal raises ValueError, RuntimeError and what the JSON brings
            raise PeerError(Reason.UNAUTHORIZED, f"no token from {self._authority}: {type(error).__name__}") from None
        if "access_token" not in result:
            raise refused(_in_words(result))
        return Secret(str(result["access_token"])), float(result.get("expires_in", 3600))

    def _signed_up(self) -> Any:
        if self._application is None:
            import msal  # noqa: PLC0415  slow to import, and only this needs it

            self._application = msal.ConfidentialClientApplication(
                self._client_id,
                client_credential=credential(self._proof),
                authority=self._authority,
                instance_discovery=False,
                http_client=self._wire,
            )
        return self._application


def credential(proof: Secret) -> str | dict[str, str]:
    """``proof`` as msal takes it. Raises PeerError(UNAUTHORIZED) where PEM text lacks its key or its certificate."""
    text = proof.reveal()
    if "-----BEGIN" not in text:
        return text
    certificate, key = _CERTIFICATE.search(text), _KEY.search(text)
    if certificate is None or key is None:
        missing = "certificate" if certificate is None else "private key (PKCS #8, without a passphrase)"
        raise refused(f"the PEM file of the application holds no {missing}")
    return {"private_key": key[0], "public_certificate": certificate[0]}


def _in_words(result: dict[str, Any]) -> str:
    error = str(result.get("error", "no token"))
    code = _CODE.search(str(result.get("error_description", "")))
    words = _WORDS.get(error, "Microsoft refuses a token")
    return f"{words} ({error}{f', {code[0]}' if code else ''})"
