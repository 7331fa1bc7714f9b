"""One Google account whose owner signed in for us: how the settings write it, and the way in that follows."""

from typing import Annotated, Protocol, TypeAlias

from pydantic import Field

from protocols.http import Send
from service.connections import Connections
from service.outgoing import Outgoing
from service.person_google import AUTH_URL, TOKEN_URL, DesktopApplication, GooglePersonTokens
from service.secrets import SecretReference
from service.tokens import authorized
from service.words import Section, Url


class GoogleApplicationSettings(Section):
    """The OAuth client through which somebody signs in, of Google's kind "Desktop app"."""

    client_id: str = Field(min_length=1, description="its client id", examples=["1234.apps.googleusercontent.com"])
    secret: SecretReference = Field(
        description="where its client secret lies, which proves nothing and is wanted all the same",
        examples=["file:google-application.secret"],
    )


Application: TypeAlias = Annotated[
    GoogleApplicationSettings,
    Field(
        description="the OAuth client, of the kind Desktop app, that its owner signs in through",
        examples=[{"client_id": "1234.apps.googleusercontent.com", "secret": "file:google-application.secret"}],
    ),
]
SignInUrl: TypeAlias = Annotated[Url | None, Field(description="another page to sign in at", examples=[AUTH_URL])]
RenewalUrl: TypeAlias = Annotated[
    Url | None,
    Field(description="another address where a sign-in is redeemed and renewed", examples=[TOKEN_URL]),
]


class GoogleAccount(Protocol):
    """What a section says of it, whatever else."""

    @property
    def application(self) -> GoogleApplicationSettings:
        """The application that its owner signs in through."""
        ...

    @property
    def sign_in_url(self) -> str | None:
        """Where, if not at Google."""
        ...

    @property
    def renewal_url(self) -> str | None:
        """Where a sign-in is renewed, if not at Google."""
        ...


def application_of(settings: GoogleAccount, network: Outgoing, *scopes: str) -> DesktopApplication:
    """The application that somebody signs in through, for ``scopes`` and nothing else. Raises SecretError."""
    return DesktopApplication(
        client_id=settings.application.client_id,
        secret=network.secret(settings.application.secret),
        scopes=scopes,
        auth_url=settings.sign_in_url or AUTH_URL,
        token_url=settings.renewal_url or TOKEN_URL,
    )


async def at_google_account(
    settings: GoogleAccount, network: Outgoing, *scopes: str, name: str, api_url: str, repeatable: bool = True
) -> Send:
    """A ``Send`` to ``api_url`` alone, in the name of whoever signed in by ``busyline connect`` for ``name``.

    ``repeatable`` is for questions alone: what writes is sent once. Raises SecretError, OSError (the CA file); that
    nobody has signed in is said when it is asked.
    """
    application = application_of(settings, network, *scopes)
    tokens = GooglePersonTokens(
        network.blocking(only=application.token_url),
        application=application,
        connections=Connections.at(network.directory),
        name=name,
    )
    return authorized((await network.wire(repeatable=repeatable)).send, tokens, to=api_url)
