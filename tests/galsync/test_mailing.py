"""Tests of galsync/mailing.py: what is told, what is not told twice, and that it arrives."""

from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from galsync.mailing import Mailing, When
from protocols.errors import PeerError
from protocols.model.freebusy import Reason
from protocols.model.mailbox import Mailbox
from service.mail import MailError, MailSecurity, MailServer, send
from tests.galsync.machine import Machine, machine
from tests.galsync.stock import held, person
from tests.service.smtp_server import SmtpServer, smtp_server


class Post:
    """Subjects of what was sent; ``broken`` sends nothing."""

    def __init__(self) -> None:
        self.subjects: list[str] = []
        self.broken = False

    async def send(self, subject: str, body: str) -> None:
        """Keep it."""
        assert body
        if self.broken:
            raise MailError("the mail server is not there")
        self.subjects.append(subject)


async def run(it: Machine, mailing: Mailing) -> bool:
    """Whether the report of a run was sent."""
    report = await it.engine().apply()
    return await mailing.ended(report, it.time.now)


@pytest.mark.parametrize(
    ("when", "sent"),
    [(When.ALWAYS, [True, True, True]), (When.CHANGE, [True, False, True]), (When.FAILURE, [False, False, True])],
)
async def test_changes_and_failures_as_the_setting_says(tmp_path: Path, when: When, sent: list[bool]) -> None:
    post = Post()
    mailing = Mailing(post.send, when)
    async with machine(tmp_path, person("ann")) as it:
        seen = [await run(it, mailing), await run(it, mailing)]
        it.source.errors.append(PeerError(Reason.UNREACHABLE, "no answer"))
        seen.append(await run(it, mailing))
    assert seen == sent
    assert "FAILED" in post.subjects[-1]


async def test_the_same_trouble_is_told_once_a_day(tmp_path: Path) -> None:
    post = Post()
    mailing = Mailing(post.send)
    async with machine(tmp_path, person("ann")) as it:
        it.target.memory.put("", held("ann", sync=None))
        assert [await run(it, mailing) for _ in range(3)] == [True, False, False]
        it.time.now += timedelta(days=1)
        assert [await run(it, mailing) for _ in range(2)] == [True, False]
        it.target.memory.put("", held("bob", sync=None))
        it.source.put(person("bob"))
        assert [await run(it, mailing) for _ in range(2)] == [True, False]


async def test_what_could_not_be_sent_is_told_with_the_next_run(tmp_path: Path) -> None:
    post = Post()
    mailing = Mailing(post.send, When.FAILURE)
    async with machine(tmp_path, person("ann")) as it:
        it.target.memory.put("", held("ann", sync=None))
        post.broken = True
        with pytest.raises(MailError):
            await run(it, mailing)
        post.broken = False
        assert [await run(it, mailing) for _ in range(2)] == [True, False]


async def test_it_arrives(tmp_path: Path) -> None:
    async with machine(tmp_path, person("ann")) as it, smtp_server(SmtpServer()) as here:
        sender = Mailbox.parse("busyline@contoso.example")
        server = MailServer(host="127.0.0.1", port=here.port, sender=sender, security=MailSecurity.NONE)
        to = [Mailbox.parse("ops@contoso.example")]
        posted = partial(send, server, to, now=it.time.now, number=lambda: "1")
        assert await run(it, Mailing(posted))
    [message] = here.taken
    assert message["Subject"].startswith("Busyline staff: all is well")
    assert "ann@a.example" in message.get_content()
