"""Sends the reports by the mail server of the settings."""

from functools import partial
from pathlib import Path

from galsync.mailing import Send
from galsync.settings.mail import MailSettings
from galsync.wiring.parts import Clock
from service import mail
from service.mail import MailServer
from service.secrets import resolve


def reports_by(settings: MailSettings, directory: Path, *, clock: Clock, number: mail.Number) -> Send:
    """What sends subject and body to whoever gets the reports; ``number`` gives a text that is never the same.

    Raises SecretError.
    """
    password = resolve(settings.auth.password, directory) if settings.auth else None
    return partial(_sent, settings.server(password, directory), settings, clock, number)


async def _sent(
    server: MailServer, settings: MailSettings, clock: Clock, number: mail.Number, subject: str, body: str
) -> None:
    await mail.send(server, settings.recipients, subject, body, now=clock(), number=number)
