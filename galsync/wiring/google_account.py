"""The contacts of one Google account as a target, in the name of whoever signed in for it."""

from collections.abc import Sequence

from galsync.settings.google_account import GoogleAccountDirectory
from galsync.side import Target
from galsync.sides.google_contacts_target import GoogleContactsTarget
from galsync.wiring.parts import Part
from protocols.google import personal_contacts
from service import google_account as google_account_of
from service.outgoing import Outgoing
from service.person_google import DesktopApplication


def application_of(settings: GoogleAccountDirectory, network: Outgoing) -> DesktopApplication:
    """The application that somebody signs in through, for contacts and nothing else. Raises SecretError."""
    return google_account_of.application_of(settings, network, personal_contacts.SCOPE)


async def google_account(name: str, settings: GoogleAccountDirectory, part: Part) -> Target:
    """The target. Raises SecretError, OSError (a CA file); that nobody has signed in is said when it is asked."""
    api_url = settings.people_url or personal_contacts.API_URL
    network, scope = part.outgoing(settings), personal_contacts.SCOPE
    send = await google_account_of.at_google_account(
        settings, network, scope, name=name, api_url=api_url, repeatable=False
    )

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
