"""Tests of service/mail.py, with a server of SMTP: what arrives, what never travels in the clear, and what is told."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest

from protocols.model.mailbox import Mailbox
from service.mail import MailError, MailSecurity, MailServer, send, written
from service.secrets import Secret
from tests.clients.tls import Authority, authority
from tests.service.smtp_server import SmtpServer, smtp_server

NOW = datetime(2026, 3, 2, 3, tzinfo=UTC)
OPS = Mailbox.parse("ops@contoso.example")
SENDER = Mailbox.parse("busyline@contoso.example")
PASSWORD = Secret("pass word%")


@pytest.fixture(scope="module")
def tls(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return authority(tmp_path_factory.mktemp("tls"))


def mail_server(to: SmtpServer, **others: Any) -> MailServer:
    given: dict[str, Any] = {"host": "127.0.0.1", "port": to.port, "sender": SENDER, "security": MailSecurity.NONE}
    return MailServer(**given | others)


async def sent(server: MailServer, *to: Mailbox, subject: str = "Busyline staff: all is well", body: str = "x") -> None:
    await send(server, to or (OPS,), subject, body, now=NOW, number=lambda: "run-7")


@pytest.mark.parametrize("security", [MailSecurity.SMTPS, MailSecurity.STARTTLS])
async def test_it_arrives_by_tls_and_with_a_password(tls: Authority, security: MailSecurity) -> None:
    from_the_start = security is MailSecurity.SMTPS
    here = SmtpServer(tls=None if from_the_start else tls.server, secret=("ops", PASSWORD.reveal()))
    async with smtp_server(here, tls=tls.server if from_the_start else None):
        whole = mail_server(here, security=security, user="ops", password=PASSWORD, ca=Path(tls.ca))
        await sent(whole, OPS, Mailbox.parse("dev@contoso.example"), body="Grüße\n.\nvon hier\n")
    [message] = here.taken
    assert here.to == [["ops@contoso.example", "dev@contoso.example"]]
    assert message.get_content().splitlines() == ["Grüße", ".", "von hier"]
    assert message["Subject"] == "Busyline staff: all is well"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Message-ID"] == "<run-7@contoso.example>"
    assert message["Date"].datetime == NOW


async def test_nothing_is_said_to_a_server_that_offers_no_tls(tls: Authority) -> None:
    here = SmtpServer(secret=("ops", "x"), starttls=False)
    async with smtp_server(here):
        with pytest.raises(MailError, match="offers no STARTTLS"):
            await sent(mail_server(here, security=MailSecurity.STARTTLS, user="ops", password=PASSWORD))
    assert [line.split(" ")[0].upper() for line in here.said] == ["EHLO"]


async def test_nothing_is_said_to_somebody_else(tls: Authority) -> None:
    here = SmtpServer()
    async with smtp_server(here, tls=tls.server):
        with pytest.raises(MailError, match="certificate is not trusted; see \\[mail\\] host and ca"):
            await sent(mail_server(here, security=MailSecurity.SMTPS))
    assert here.said == []


@pytest.mark.parametrize(
    ("start", "answer", "words"),
    [
        ("AUTH", "535 5.7.8 pass word%", "user or the password"),
        ("AUTH", "534 5.7.9 no", "another way to sign in"),
        ("MAIL", "553 5.7.1 ann@contoso.example owns this", "from this sender"),
        ("MAIL", "451 4.3.0 later", "refuses for now"),
        ("RCPT", "550 5.1.1 no ops@contoso.example here", "for these recipients"),
        ("DATA", "554 5.6.0 spam", "it refuses"),
        ("DATA", "552 5.3.4 long", "too big"),
    ],
)
async def test_what_is_refused_is_told_in_our_words(tls: Authority, start: str, answer: str, words: str) -> None:
    here = SmtpServer(tls=tls.server, secret=("ops", PASSWORD.reveal()), refusals={start: answer})
    async with smtp_server(here):
        whole = mail_server(here, security=MailSecurity.STARTTLS, user="ops", password=PASSWORD, ca=Path(tls.ca))
        with pytest.raises(MailError, match=words) as told:
            await sent(whole)
    assert f"127.0.0.1:{here.port}" in str(told.value)
    assert f"({' '.join(answer.split(' ')[:2])}); " in str(told.value)
    for hidden in ("@", "pass word", "ops "):
        assert hidden not in str(told.value)


async def test_whoever_is_refused_is_counted_and_the_others_have_it() -> None:
    here = SmtpServer(refusals={"RCPT TO:<gone@": "550 5.1.1 gone"})
    async with smtp_server(here):
        with pytest.raises(MailError, match="refused 1 of 2 recipients"):
            await sent(mail_server(here), OPS, Mailbox.parse("gone@contoso.example"))
    assert here.to == [["ops@contoso.example"]]


async def test_a_server_that_wants_a_password_where_none_is_written() -> None:
    here = SmtpServer(secret=("ops", "x"))
    async with smtp_server(here):
        with pytest.raises(MailError, match=r"who sends \(530 5\.7\.0\); write \[mail\.auth"):
            await sent(mail_server(here))


async def test_nobody_there() -> None:
    async with smtp_server(SmtpServer()) as here:
        gone = mail_server(here)
    with pytest.raises(MailError, match="nothing listens there"):
        await sent(gone)


async def test_a_server_that_speaks_no_tls_where_it_should() -> None:
    async with smtp_server(SmtpServer()) as here:
        with pytest.raises(MailError, match="TLS with it fails"):
            await sent(mail_server(here, security=MailSecurity.SMTPS))


async def test_nobody_answers() -> None:
    async with smtp_server(SmtpServer(mute=True)) as here:
        with pytest.raises(MailError, match="did not answer in time"):
            await sent(mail_server(here, timeout=timedelta(milliseconds=200)))


async def test_a_password_that_cannot_be_said(tls: Authority) -> None:
    async with smtp_server(SmtpServer(tls=tls.server, secret=("ops", "x"))) as here:
        ca, umlaut = Path(tls.ca), Secret("ü")
        with pytest.raises(MailError, match="letters that it cannot take"):
            await sent(mail_server(here, security=MailSecurity.STARTTLS, user="ops", password=umlaut, ca=ca))


def test_mail_travels_in_the_clear_to_this_machine_alone() -> None:
    here = MailServer(host="localhost", sender=SENDER, security=MailSecurity.NONE)
    assert (here.place, replace(here, host="::1", port=26).place) == ("localhost:25", "::1:26")
    for host in ("mail.contoso.example", "192.0.2.1"):
        with pytest.raises(ValueError, match="starttls"):
            MailServer(host=host, sender=SENDER, security=MailSecurity.NONE)


@pytest.mark.parametrize("given", [{"user": "ops"}, {"password": PASSWORD}])
def test_user_and_password_come_together(given: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="both or neither"):
        MailServer(host="mail.contoso.example", sender=SENDER, **given)


def test_a_subject_is_one_line() -> None:
    with pytest.raises(ValueError, match="linefeed"):
        written(SENDER, [OPS], "well\r\nBcc: eve@evil.example", "", now=NOW, number="1")


def test_any_text_is_one_that_can_be_read_again() -> None:
    body = "long " * 300 + "\nX500:/o=Ü\n"
    bare = written(SENDER, [OPS], "Übersicht " * 30, body, now=NOW, number="1").as_bytes()
    again = message_from_bytes(bare, policy=policy.default)
    assert again.get_content().replace("\r\n", "\n") == body
    assert max(len(line) for line in bare.splitlines()) <= 998


def test_the_password_is_not_shown() -> None:
    assert "pass" not in repr(MailServer(host="m.example", sender=SENDER, user="ops", password=PASSWORD)).replace(
        "password", ""
    )
