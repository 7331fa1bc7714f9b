"""How the simulated Exchange knows who asks: Basic, bearer, and NTLM or Negotiate once per connection, as IIS does."""

import base64
import binascii
import hashlib
import os
import struct
import tempfile
from asyncio import BaseTransport
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import spnego
from aiohttp import web
from spnego.channel_bindings import GssChannelBindings
from spnego.exceptions import SpnegoError

from protocols.model.freebusy import Detail

_MOST_CONNECTIONS = 1000
_CHANNEL_BINDINGS = 10  # MsvAvChannelBindings, [MS-NLMP] 2.2.2.1


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who may ask, and how much every mailbox shows to them."""

    username: str
    password: str
    sees: Detail = Detail.BUSY


@dataclass(slots=True)
class SignIn:
    """What the door asks for. ``schemes`` are offered in their order.

    ``certificate`` (DER, the server's own) makes Extended Protection required: NTLM must be bound to that certificate.
    ``bearer`` tells who a token is of. ``handshakes`` counts the sign-ins begun by NTLM or Negotiate, ``refusals`` what
    came to nothing. NTLM reads its accounts from a file that the environment names: one such server at a time.
    """

    schemes: Sequence[str] = ("Basic",)
    certificate: bytes | None = None
    bearer: Callable[[str], Account | None] | None = None
    handshakes: int = 0
    refusals: int = 0
    _path: Path | None = None
    _accounts: dict[str, Account] = field(default_factory=dict)
    _known: dict[BaseTransport, Account] = field(default_factory=dict)
    _begun: dict[BaseTransport, spnego.ContextProxy] = field(default_factory=dict)

    @contextmanager
    def open(self, accounts: Sequence[Account]) -> Iterator[None]:
        """While the door is open for ``accounts``."""
        before = os.environ.get("NTLM_USER_FILE")
        with tempfile.TemporaryDirectory() as directory:
            if {"ntlm", "negotiate"} & {scheme.lower() for scheme in self.schemes}:
                self._path = Path(directory) / "accounts"
                os.environ["NTLM_USER_FILE"] = str(self._path)
            self.change(accounts)
            try:
                yield
            finally:
                os.environ.pop("NTLM_USER_FILE", None)
                if before is not None:
                    os.environ["NTLM_USER_FILE"] = before

    def change(self, accounts: Sequence[Account]) -> None:
        """From now on these are the accounts, as after a change of passwords; every connection has to sign in anew."""
        self._accounts = {account.username.lower(): account for account in accounts}
        self._known.clear()
        if self._path is not None:
            self._path.write_text("".join(map(_lines, accounts)), "utf-8")

    def who(self, request: web.Request) -> tuple[Account | None, list[str]]:
        """Who asks, or what to write into WWW-Authenticate."""
        transport = request.transport
        assert transport is not None
        scheme, _, text = request.headers.get("Authorization", "").partition(" ")
        offered = {name.lower(): name for name in self.schemes}
        if scheme.lower() not in offered:
            account = None if scheme else self._known.get(transport)
            return account, [] if account else self.challenges()
        if scheme.lower() == "basic":
            account = self._by_password(text)
        elif scheme.lower() == "bearer":
            account = self.bearer(text) if self.bearer else None
        else:
            return self._by_token(transport, offered[scheme.lower()], text)
        return account, [] if account else self.challenges()

    def challenges(self) -> list[str]:
        """What is written into WWW-Authenticate where nobody is known yet."""
        realms = {"basic": 'Basic realm="mail.fabrikam.example"'}
        return [realms.get(name.lower(), name) for name in self.schemes]

    def account(self, username: str) -> Account | None:
        """Whose name this is, with a domain before or behind."""
        domain, _, plain = username.lower().rpartition("\\")
        return self._accounts.get(plain) or self._accounts.get(f"{plain}@{domain}.example")

    def _by_password(self, text: str) -> Account | None:
        try:
            username, _, password = base64.b64decode(text, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            return None
        account = self.account(username)
        return account if account and account.password == password else None

    def _by_token(self, transport: BaseTransport, scheme: str, text: str) -> tuple[Account | None, list[str]]:
        self._known.pop(transport, None)
        context = self._begun.pop(transport, None)
        try:
            token = base64.b64decode(text, validate=True)
            if context is None:
                self.handshakes += 1
                context = spnego.server(protocol=scheme.lower(), channel_bindings=self._bindings())
            answer = context.step(token)
            if context.complete and self.certificate is not None and not is_bound(token):
                raise ValueError("Extended Protection is required")
        except (SpnegoError, ValueError, LookupError, struct.error):
            self.refusals += 1
            return None, self.challenges()
        if context.complete:
            self._remember(transport, self.account(context.client_principal or ""))
            return self._known.get(transport), []
        self._begun[transport] = context
        return None, [f"{scheme} {base64.b64encode(answer or b'').decode()}"]

    def _remember(self, transport: BaseTransport, account: Account | None) -> None:
        for known in [*self._known, *self._begun]:
            if known.is_closing():
                self._known.pop(known, None)
                self._begun.pop(known, None)
        if account is not None and len(self._known) < _MOST_CONNECTIONS:
            self._known[transport] = account

    def _bindings(self) -> GssChannelBindings | None:
        if self.certificate is None:
            return None
        digest = hashlib.sha256(self.certificate).digest()
        return GssChannelBindings(application_data=b"tls-server-end-point:" + digest)


def _lines(account: Account) -> str:
    """The account as NTLM may name it: whole, or by domain and name."""
    name, _, domain = account.username.partition("@")
    flat = domain.partition(".")[0].upper()
    return f":{account.username}:{account.password}\n{flat}:{name}:{account.password}\n"


def is_bound(token: bytes) -> bool:
    """Whether an AUTHENTICATE message names the channel it is meant for: zeros say that it names none."""
    token = token[max(token.find(b"NTLMSSP\0"), 0) :]  # perhaps wrapped in SPNEGO
    length, _, start = struct.unpack_from("<HHI", token, 20)  # NtChallengeResponseFields, [MS-NLMP] 2.2.1.3
    pairs = token[start + 16 + 28 : start + length]  # behind the proof and the head of NTLMv2_CLIENT_CHALLENGE
    return any(pairs_of(pairs).get(_CHANNEL_BINDINGS, b""))


def pairs_of(data: bytes) -> Mapping[int, bytes]:
    """The AV_PAIRs of a target information, [MS-NLMP] 2.2.2.1."""
    found: dict[int, bytes] = {}
    at = 0
    while at + 4 <= len(data):
        number, length = struct.unpack_from("<HH", data, at)
        if number == 0:
            break
        found[number] = data[at + 4 : at + 4 + length]
        at += 4 + length
    return found
