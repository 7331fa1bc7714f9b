"""One conversation with an ACME authority (RFC 8555): account, order, http-01, certificate. It blocks its thread."""

import time
from collections.abc import Callable, Iterator, MutableMapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import rsa

from certs.pair import CertificateError
from certs.pem import read_file

if TYPE_CHECKING:
    from acme.client import ClientV2
    from acme.messages import AuthorizationResource, OrderResource

CHALLENGE_PATH: Final = "/.well-known/acme-challenge/"  # RFC 8555 8.3
_EVERY = 1.0  # seconds between two looks at an order
_LONGEST_WORDS = 300

_NETWORK: Final = (  # by the names of the library's classes, the most particular first
    ("SSLError", "its certificate is not trusted: name the CA that signed it (server.certificate.ca)"),
    ("Timeout", "no answer in time"),
    ("JSONDecodeError", "what came is no ACME: correct directory_url"),
    ("", "the connection failed: may this machine reach it?"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Authority:
    """Where certificates come from and as whom they are asked for.

    ``ca`` signed the authority's web server, where that is a private one. ``external`` is a key identifier and its key
    in base64url (RFC 8555 7.3.4). ``timeout`` is that of one call, ``patience`` that of validation and of issuing.
    """

    directory_url: str
    ca: Path | None = None
    email: str | None = None
    external: tuple[str, str] | None = field(default=None, repr=False)
    timeout: timedelta = timedelta(seconds=30)
    patience: timedelta = timedelta(seconds=120)


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One order. ``answers`` is what the plain port tells by token; ``sleep`` may raise, which ends the order."""

    authority: Authority
    account_key: rsa.RSAPrivateKey = field(repr=False)
    answers: MutableMapping[str, str]
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic

    def issue(self, request: bytes) -> bytes:
        """The chain (PEM, the leaf first) for a signing request in PEM. Raises CertificateError in words."""
        with _in_words(urlsplit(self.authority.directory_url).netloc):
            client = self._client()
            order = client.new_order(request)
            told: list[str] = []
            try:
                for authorization in order.authorizations:
                    told += self._answer(client, authorization)
                for authorization in order.authorizations:
                    self._await(client, authorization)
                return self._finished(client, order)
            finally:
                for token in told:
                    self.answers.pop(token, None)

    def _client(self) -> "ClientV2":
        from acme import client, errors, messages  # noqa: PLC0415  an extra, and slow to import
        from josepy.jwk import JWKRSA  # noqa: PLC0415

        key = JWKRSA(key=self.account_key)
        network = client.ClientNetwork(
            key, user_agent="Busyline", timeout=round(self.authority.timeout.total_seconds())
        )
        if self.authority.ca is not None:
            read_file(self.authority.ca)  # whose own words are better
            network.verify_ssl = str(self.authority.ca)  # type: ignore[assignment]  # handed to requests, which takes both
        directory = client.ClientV2.get_directory(self.authority.directory_url, network)
        found = client.ClientV2(directory, network)
        if self.authority.external is None and found.external_account_required():
            raise CertificateError(
                "the authority serves accounts it knows already: write external_account, kid and key"
            )
        try:
            found.new_account(self._registration(directory, key))
        except errors.ConflictError as known:  # the account is there already: RFC 8555 7.3.1
            network.account = messages.RegistrationResource(uri=known.location, body=messages.Registration())
        return found

    def _registration(self, directory: Any, key: Any) -> Any:
        from acme import messages  # noqa: PLC0415

        binding = None
        if self.authority.external is not None:
            kid, secret = self.authority.external
            binding = messages.ExternalAccountBinding.from_data(
                account_public_key=key.public_key(), kid=kid, hmac_key=secret, directory=directory
            )
        return messages.NewRegistration.from_data(
            email=self.authority.email, terms_of_service_agreed=True, external_account_binding=binding
        )

    def _answer(self, client: "ClientV2", authorization: "AuthorizationResource") -> list[str]:
        from acme import challenges, messages  # noqa: PLC0415

        if authorization.body.status == messages.STATUS_VALID:
            return []  # proved a while ago
        name = authorization.body.identifier.value
        for offered in authorization.body.challenges:
            if isinstance(offered.chall, challenges.HTTP01):
                response, validation = offered.response_and_validation(client.net.key)
                token = offered.chall.encode("token")
                self.answers[token] = validation
                client.answer_challenge(offered, response)
                return [token]
        raise CertificateError(f"the authority offers no http-01 for {name}, and Busyline proves names by nothing else")

    def _await(self, client: "ClientV2", authorization: "AuthorizationResource") -> None:
        from acme import messages  # noqa: PLC0415

        end = self.clock() + self.authority.patience.total_seconds()
        while self.clock() < end:
            authorization, _ = client.poll(authorization)
            if authorization.body.status == messages.STATUS_VALID:
                return
            if authorization.body.status not in {messages.STATUS_PENDING, messages.STATUS_PROCESSING}:
                raise CertificateError(_unproved(authorization))
            self.sleep(_EVERY)
        name = authorization.body.identifier.value
        raise CertificateError(f"the authority has not looked at {name} in time: it will be asked again")

    def _finished(self, client: "ClientV2", order: "OrderResource") -> bytes:
        from acme import errors, messages  # noqa: PLC0415

        end = self.clock() + self.authority.patience.total_seconds()
        try:
            order = client.begin_finalization(order)
        except messages.Error as problem:
            if problem.code != "orderNotReady":  # then the library begins it once the order is
                raise
        while self.clock() < end:
            try:  # the library's own waits cannot be ended: short ones, and ours between them
                done = client.poll_finalization(order, datetime.now() + timedelta(seconds=_EVERY))  # noqa: DTZ005
                return done.fullchain_pem.encode("ascii")
            except errors.TimeoutError:
                self.sleep(0)
        raise CertificateError("the authority has not issued the certificate in time: it will be asked again")


def check_installed() -> None:
    """Raises CertificateError where the optional libraries are missing."""
    if not all(find_spec(name) for name in ("acme", "josepy")):
        raise CertificateError(
            "ACME needs two more libraries: run `make acme`, or on a server "
            "pip install --require-hashes -r requirements-acme.lock"
        )


@contextmanager
def _in_words(host: str) -> Iterator[None]:
    import josepy  # noqa: PLC0415  as above
    from acme import errors, messages  # noqa: PLC0415

    try:
        yield
    except CertificateError:
        raise
    except messages.Error as problem:
        raise CertificateError(f"{host} refuses: {_short(problem.detail or problem.title or problem.typ)}") from None
    except errors.IssuanceError as problem:
        raise CertificateError(f"{host} does not issue: {_short(problem.error.detail or problem.error.typ)}") from None
    except OSError as error:  # the library's errors of the network are of this kind
        kinds = " ".join(kind.__name__ for kind in type(error).__mro__)
        words = next(words for name, words in _NETWORK if name in kinds)
        raise CertificateError(f"{host}: {words}") from None
    except (errors.Error, josepy.errors.Error, ValueError, KeyError, TypeError, AttributeError) as error:
        raise CertificateError(
            f"{host}: what came is no ACME ({type(error).__name__}): correct directory_url"
        ) from None


def _unproved(authorization: "AuthorizationResource") -> str:
    name = authorization.body.identifier.value
    details = [each.error.detail or "" for each in authorization.body.challenges if each.error is not None]
    told = _short("; ".join(filter(None, details))) or f"its authorization is {authorization.body.status.name}"
    return (
        f"the authority could not prove {name}: {told}. It asks http://{name}{CHALLENGE_PATH}… on port 80, "
        "which must lead to server.plain_listen from everywhere"
    )


def _short(text: str) -> str:
    return " ".join(text.split())[:_LONGEST_WORDS]
