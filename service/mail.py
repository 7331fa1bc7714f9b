"""Sends an e-mail through somebody's own mail server: by TLS, or to this machine, and one way only."""

import asyncio
import re
import smtplib
import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from enum import Enum
from ipaddress import ip_address
from pathlib import Path
from typing import Final, TypeAlias

from protocols.model.mailbox import Mailbox
from service.secrets import Secret
from service.wire_blocking import client_context

Number: TypeAlias = Callable[[], str]
"""Gives a text that no other e-mail of ours has."""
_ENHANCED: Final = re.compile(rb"[245]\.\d{1,3}\.\d{1,3}")  # RFC 3463 2


class MailError(Exception):
    """The e-mail was not taken: what happened, where, and what to do. It holds no secret and nobody's address."""


class MailSecurity(Enum):
    """How the line is protected."""

    SMTPS = "smtps"
    """TLS from the beginning (RFC 8314 3.3)."""
    STARTTLS = "starttls"
    """TLS before anything is said (RFC 3207); a server that does not offer it is left."""
    NONE = "none"
    """Not at all: for a mail server on this very machine."""


PORTS: Final = {MailSecurity.SMTPS: 465, MailSecurity.STARTTLS: 587, MailSecurity.NONE: 25}


@dataclass(frozen=True, slots=True, kw_only=True)
class MailServer:
    """Where e-mails go and as whom. ``ca`` is a private authority (PEM); ``timeout`` is for each step of the talk.

    Raises ValueError where a password or a report would travel in the clear.
    """

    host: str
    sender: Mailbox
    security: MailSecurity = MailSecurity.STARTTLS
    port: int = 0
    user: str = ""
    password: Secret | None = None
    ca: Path | None = None
    timeout: timedelta = timedelta(seconds=30)

    def __post_init__(self) -> None:
        if self.security is MailSecurity.NONE and not _here(self.host):
            raise ValueError('mail travels in the clear to this machine alone: write security = "starttls" or "smtps"')
        if bool(self.user) != (self.password is not None):
            raise ValueError("a user needs a password, and a password a user: write both or neither")

    @property
    def place(self) -> str:
        """For people: host and port."""
        return f"{self.host}:{self.port or PORTS[self.security]}"


async def send(
    server: MailServer, to: Sequence[Mailbox], subject: str, body: str, *, now: datetime, number: Number
) -> None:
    """One e-mail in plain text to all of ``to``.

    Raises MailError, also where somebody of ``to`` was refused (the others have it then), and ValueError where the
    subject is more than a line.
    """
    message = written(server.sender, to, subject, body, now=now, number=number())
    await asyncio.to_thread(_hand_over, server, [each.address for each in to], message)


def written(
    sender: Mailbox, to: Sequence[Mailbox], subject: str, body: str, *, now: datetime, number: str
) -> EmailMessage:
    """The e-mail (RFC 5322), marked as one that nobody wrote (RFC 3834), so that no machine answers it."""
    message = EmailMessage(policy=SMTP)
    message["From"] = f"Busyline <{sender.address}>"
    message["To"] = ", ".join(each.address for each in to)
    message["Subject"] = subject
    message["Date"] = now
    message["Message-ID"] = f"<{number}@{_domain(sender)}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(body)
    return message


def _hand_over(server: MailServer, to: Sequence[str], message: EmailMessage) -> None:
    try:
        with _opened(server) as line:
            if server.user and server.password is not None:
                line.login(server.user, server.password.reveal())
            if refused := line.send_message(message, server.sender.address, to):
                raise _error(server, f"it refused {len(refused)} of {len(to)} recipients", "see [mail] to")
    except (smtplib.SMTPException, OSError, UnicodeError) as error:
        raise _error(server, *_words(error)) from None


def _opened(server: MailServer) -> smtplib.SMTP:
    port, seconds = server.port or PORTS[server.security], server.timeout.total_seconds()
    name = _domain(server.sender)  # the library would ask the name server for ours, and wait for it
    if server.security is MailSecurity.SMTPS:
        context = client_context(server.ca)
        return smtplib.SMTP_SSL(server.host, port, local_hostname=name, timeout=seconds, context=context)
    line = smtplib.SMTP(server.host, port, local_hostname=name, timeout=seconds)
    if server.security is MailSecurity.STARTTLS:
        try:
            line.starttls(context=client_context(server.ca))
        except BaseException:
            line.close()
            raise
    return line


def _domain(sender: Mailbox) -> str:
    return sender.address.rpartition("@")[2]


def _here(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


_ANSWERS: Final = {  # RFC 5321 4.2.3, RFC 4954 6
    530: ("it wants to know who sends", "write [mail.auth]"),
    534: ("it wants another way to sign in", "let this account sign in with a password, or use an app password"),
    535: ("it refuses the user or the password", "see [mail.auth]"),
    550: ("it does not take mail from this sender or to these recipients", "see [mail] from and to"),
    551: ("it does not take mail for these recipients", "see [mail] to"),
    552: ("the report is too big for it", "raise its limit"),
    553: ("it does not take mail from this sender", "see [mail] from: often it has to be the user's own address"),
    554: ("it refuses", "see its log"),
}
_UNKNOWN: Final = ("it refuses for now", "see its log; the next report is tried again")


def _words(error: BaseException) -> tuple[str, str]:
    """What happened and what to do. Of what the server said its numbers are told alone: its text may name people, and
    repeat a password."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, said = next(iter(error.recipients.values()), (551, b""))
        return _numbered(_ANSWERS[551], code, said)
    if isinstance(error, smtplib.SMTPResponseException):
        return _numbered(_ANSWERS.get(error.smtp_code, _UNKNOWN), error.smtp_code, error.smtp_error)
    return next((words for kind, words in _FAILURES if isinstance(error, kind)), _UNKNOWN)


def _numbered(words: tuple[str, str], code: int, said: bytes | str) -> tuple[str, str]:
    enhanced = _ENHANCED.match(said if isinstance(said, bytes) else said.encode())
    return f"{words[0]} ({code}{' ' + enhanced[0].decode() if enhanced else ''})", words[1]


_FAILURES: Final[tuple[tuple[type[BaseException], tuple[str, str]], ...]] = (
    (ssl.SSLCertVerificationError, ("its certificate is not trusted", "see [mail] host and ca")),
    (ssl.SSLError, ("TLS with it fails", 'see [mail] security and port: "smtps" is 465, "starttls" 587 or 25')),
    (
        smtplib.SMTPNotSupportedError,
        ("it offers no STARTTLS, or no way to sign in on such a line", "see [mail] security, and [mail.auth]"),
    ),
    (
        smtplib.SMTPServerDisconnected,
        ("it hung up, or did not answer in time", "see [mail] security and port, and its log"),
    ),
    (TimeoutError, ("no answer in time", "see that it runs, and [mail] security and port")),
    (ConnectionRefusedError, ("nothing listens there", "see [mail] host and port")),
    (UnicodeError, ("an address or a password has letters that it cannot take", "see [mail]")),
    (OSError, ("it cannot be reached", "see [mail] host and port")),
)


def _error(server: MailServer, what: str, remedy: str) -> MailError:
    return MailError(f"the mail server {server.place} did not take the report: {what}; {remedy}")
