"""What every side of a sync is made with: the ways to the network, the clock, and what closes it all."""

from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TypeAlias

from galsync.settings.active_directory import ActiveDirectory, KerberosSignInSettings
from galsync.settings.clouds import ExchangeOnlineDirectory, GoogleDirectory
from galsync.settings.directories import DirectorySettings
from galsync.settings.syncs import SyncSettings
from galsync.sides.exchange_way import ExchangeWay
from protocols.google.patience import Pace
from protocols.graph.clouds import CLOUDS
from protocols.http import Send
from protocols.ldap.searching import Ask
from service.clouds import SendAs, at_google
from service.directory import DirectoryLine, Security
from service.directory_sign_in import KerberosSignIn, PasswordSignIn, SignIn, by_keytab, by_ticket_of
from service.exchange import at_exchange
from service.exchange_sign_in import ExchangeSection
from service.outgoing import NetworkSection, Outgoing
from service.secrets import resolve
from service.tokens import authorized
from service.tokens_microsoft import MicrosoftTokens

Clock: TypeAlias = Callable[[], datetime]
Sleep: TypeAlias = Callable[[float], Awaitable[None]]
Chance: TypeAlias = Callable[[], float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """What is opened is closed by ``stack``; ``directory`` is that of the configuration file."""

    directory: Path
    stack: AsyncExitStack
    clock: Clock
    sleep: Sleep
    chance: Chance

    @property
    def pace(self) -> Pace:
        """How Google is asked again."""
        return Pace(clock=self.clock, sleep=self.sleep, chance=self.chance)

    def outgoing(self, settings: NetworkSection) -> Outgoing:
        """The way to one system."""
        return Outgoing(settings, self.directory, self.stack)

    async def exchange_online(self, settings: ExchangeOnlineDirectory) -> Send:
        """What sends to Exchange Online alone, as the application. Raises SecretError, OSError."""
        network, reference = self.outgoing(settings), settings.certificate or settings.secret
        assert reference is not None  # the settings see to it
        login_url = settings.login_url or CLOUDS[settings.cloud].login
        tokens = MicrosoftTokens(
            network.blocking(only=login_url),
            authority=f"{login_url}/{settings.tenant}",
            client_id=settings.client_id,
            proof=network.secret(reference),
            scope=f"{settings.exchange}/.default",
        )
        return authorized((await network.wire(repeatable=False)).send, tokens, to=settings.exchange)

    async def google(self, settings: GoogleDirectory, api_url: str, *, writes: bool = False) -> SendAs:
        """What sends to one host of Google's, as a person. Raises SecretError, OSError."""
        return await at_google(settings, self.outgoing(settings), api_url=api_url, repeatable=not writes)

    async def google_as_subject(self, settings: GoogleDirectory, scopes: tuple[str, ...]) -> Send:
        """What asks the directory as the administrator. Raises SecretError, OSError."""
        return (await self.google(settings, settings.api_url))(settings.subject, " ".join(scopes))

    async def exchange(
        self, settings: ExchangeSection, *, lanes: int, impersonates: bool, writes: bool = False
    ) -> ExchangeWay:
        """The way into mailboxes of an Exchange server. Raises SecretError, OSError."""
        send = await at_exchange(settings, self.outgoing(settings), lanes=lanes, repeatable=not writes)
        return ExchangeWay(send=send, url=settings.url, clock=self.clock, sleep=self.sleep, impersonates=impersonates)

    async def line(self, settings: ActiveDirectory) -> Ask:
        """The line to a domain controller. Raises SecretError."""
        ca = self.directory / settings.ca if settings.ca else None
        line = DirectoryLine(
            settings.host,
            self._sign_in(settings),
            port=settings.port,
            name=settings.name,
            security=Security(settings.security),
            ca=ca,
            timeout=settings.deadline,
        )
        return (await self.stack.enter_async_context(line)).ask

    def _sign_in(self, settings: ActiveDirectory) -> SignIn:
        auth, host = settings.auth, settings.name or settings.host
        if not isinstance(auth, KerberosSignInSettings):
            return PasswordSignIn(auth.user, resolve(auth.password, self.directory))
        if auth.keytab is not None:
            return by_keytab(self.directory / auth.keytab, auth.principal, host=host)
        if auth.password is not None:
            return by_ticket_of(auth.principal, resolve(auth.password, self.directory), host=host)
        return KerberosSignIn(None, host=host)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part(Lines):
    """The same for one sync, which may go by way of other directories."""

    sync: SyncSettings
    directories: Mapping[str, DirectorySettings]
