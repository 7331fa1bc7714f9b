"""Sends a report that reports nothing, so that nobody learns only from the first real trouble that reports get lost."""

import platform
import secrets
from functools import partial
from pathlib import Path
from typing import Final

from console.configuration import Configuration
from console.surroundings import Surroundings
from console.terminal import EndingError, print_json, screen
from galsync.wiring.mail import reports_by
from service.mail import MailError

_NO_MAIL: Final = "the configuration has no [mail]: see docs/guides/address-books.md"
_SUBJECT: Final = "Busyline: a report to try the way"
_BODY: Final = """\
Somebody ran `busyline gal mail` on {host}, to see whether reports arrive. Nothing was read or written.

Reports are sent of: {syncs}.
"""
_NOTHING: Final = "nothing yet, since no sync has a schedule"


async def tried(configuration: Configuration, directory: Path, around: Surroundings, *, as_json: bool) -> bool:
    """Whether the mail server took it. Raises SecretError, and EndingError where there is no [mail]."""
    settings = configuration.mail
    if settings is None:
        raise EndingError(_NO_MAIL)
    send = reports_by(settings, directory, clock=around.clock, number=partial(secrets.token_hex, 16))
    place, wrong = settings.server_place, ""
    syncs = ", ".join(sync.name for sync in configuration.scheduled) or _NOTHING
    try:
        await send(_SUBJECT, _BODY.format(host=platform.node(), syncs=syncs))
    except MailError as error:
        wrong = str(error)
    if as_json:
        print_json({"server": place, "to": list(settings.to), "taken": not wrong, "words": wrong})
    elif wrong:
        screen(stderr=True).print(wrong, style="red", soft_wrap=True)
    else:
        told = f"{place} took a report for {', '.join(settings.to)}: see that it arrives, and not among the spam"
        screen().print(told, soft_wrap=True)
    return not wrong
