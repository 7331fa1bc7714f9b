"""The line to a directory: LDAP inside verified TLS, signed in, many questions at once, every failure a PeerError."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from enum import Enum
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import structlog

from protocols.errors import PeerError
from protocols.ldap.operations import Control, Request
from protocols.ldap.replies import Reply
from protocols.model.freebusy import Reason
from service.directory_connection import Connection
from service.directory_sign_in import SignIn
from service.directory_tunnel import Tunnel, connected, told
from service.secrets import SecretError
from service.wire_blocking import client_context

_log = structlog.get_logger("busyline.directory")


class Security(Enum):
    """How the line is protected. Without protection nothing is ever sent."""

    LDAPS = "ldaps"
    START_TLS = "starttls"


PORTS: Final = {Security.LDAPS: 636, Security.START_TLS: 389}


def is_available() -> bool:
    """Whether the library of the extra ``ldap`` is installed."""
    return find_spec("ldap") is not None


def require() -> None:
    """Raises SecretError with words where python-ldap is not installed."""
    if not is_available():
        raise SecretError(
            "LDAP is not installed: run `make ldap`, or on a server "
            "pip install --require-hashes -r requirements-ldap.lock (it builds against libldap2-dev and libsasl2-dev)"
        )


class DirectoryLine:
    """An asynchronous context; :meth:`ask` is the ``Ask`` of protocols/ldap.

    Connects at the first question, and anew after a line was lost; what was on its way then is a PeerError, and nothing
    is asked twice. ``host`` is where to connect to, ``name`` whose certificate is expected there (``host`` where
    empty), checked against ``ca`` (PEM) or the system's authorities. A sign-in that was refused is not tried again: a
    wrong password locks accounts out. ``timeout`` is for one question and its whole answer. Raises SecretError where
    python-ldap is not installed.
    """

    def __init__(
        self,
        host: str,
        sign_in: SignIn,
        *,
        port: int = 0,
        name: str = "",
        security: Security = Security.LDAPS,
        ca: Path | None = None,
        timeout: timedelta = timedelta(minutes=2),
    ) -> None:
        require()
        self._host, self._port = host, port or PORTS[security]
        self._name = name or host
        self._sign_in = sign_in
        self._security = security
        self._ca = ca
        self._seconds = timeout.total_seconds()
        self._line: Connection | None = None
        self._opening = asyncio.Lock()
        self._refused: PeerError | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._line is not None:
            await self._line.close()

    async def ask(self, request: Request, controls: Sequence[Control] = ()) -> Reply:
        """The whole answer to ``request``, whatever its result code.

        Raises PeerError(UNREACHABLE | TIMEOUT | UNAUTHORIZED | GARBLED) where none came, FilterError.
        """
        line = await self._open()
        return await line.ask(request, controls, self._seconds)

    async def _open(self) -> Connection:
        async with self._opening:
            if self._refused is not None:
                raise self._refused
            if self._line is not None and self._line.lost is not None:
                await self._line.close()
                self._line = None
            if self._line is None:
                self._line = await self._signed_in()
            return self._line

    async def _signed_in(self) -> Connection:
        line = Connection(self._host, await self._connected())
        try:
            await line.start()
            await self._sign_in.sign_in(
                lambda request, controls: line.ask(request, controls, self._seconds), line.certificate
            )
        except BaseException as error:
            await line.close()
            if isinstance(error, PeerError) and error.reason is Reason.UNAUTHORIZED:
                self._refused = error
            raise
        _log.info("directory", host=self._host, security=self._security.value)
        return line

    async def _connected(self) -> Tunnel:
        try:
            async with asyncio.timeout(self._seconds):
                context = client_context(self._ca)
                start_tls = self._security is Security.START_TLS
                return await connected(self._host, self._port, self._name, context, start_tls=start_tls)
        except OSError as error:
            raise told(self._host, error) from None
