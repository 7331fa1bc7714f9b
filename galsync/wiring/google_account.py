"""The contacts of one Google account as a target, in the name of whoever signed in for it."""

from collections.abc import Sequence

from galsync.settings.google_account import GoogleAccountDirectory
from galsync.side import Target
from galsync.sides.google_contacts_target import GoogleContactsTarget
from galsync.wiring.parts import Part
from protocols.google import personal_contacts
from service.connections import Connections
from service.outgoing import Outgoing
from service.person_google import AUTH_URL, TOKEN_URL, DesktopApplication, GooglePersonTokens
from service.tokens import authorized


def application_of(settings: GoogleAccountDirectory, network: Outgoing) -> DesktopApplication:
    """The application that somebody signs in through, for contacts and nothing else. Raises SecretError."""
    return DesktopApplication(
        client_id=settings.application.client_id,
        secret=network.secret(settings.application.secret),
        scopes=(personal_contacts.SCOPE,),
        auth_url=settings.sign_in_url or AUTH_URL,
        token_url=settings.renewal_url or TOKEN_URL,
    )


async def google_account(name: str, settings: GoogleAccountDirectory, part: Part) -> Target:
    """The target. Raises SecretError, OSError (a CA file); that nobody has signed in is said when it is asked."""
    network, api_url = part.outgoing(settings), settings.people_url or personal_contacts.API_URL
    application = application_of(settings, network)
    tokens = GooglePersonTokens(
        network.blocking(only=application.token_url),
        application=application,
        connections=Connections.at(part.directory),
        name=name,
    )
    send = authorized((await network.wire(repeatable=False)).send, tokens, to=api_url)

    async def owner() -> Sequence[str]:
        return (settings.account,)

    return GoogleContactsTarget(
        name,
        sync=part.sync.name,
        group=settings.list,
        users=owner,
        send_as=lambda _: send,
        pace=part.pace,
        api_url=api_url,
    )
