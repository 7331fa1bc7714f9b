"""Get-Mailbox and Set-Mailbox of the simulated Exchange Online."""

import pytest

from simulation.exchange_online.recipients import Recipients
from simulation.exchange_online.refusals import RefusedError


def test_mailboxes_forward_and_contacts_are_none() -> None:
    recipients = Recipients()
    guid = recipients.put("UserMailbox", "ann@b.example")["Guid"]
    recipients.put("MailContact", "bob@b.example")
    [row] = recipients.run("Get-Mailbox", {"Filter": "EmailAddresses -eq 'smtp:ann@b.example'"})
    assert (row["Guid"], row["ForwardingSmtpAddress"], row["DeliverToMailboxAndForward"]) == (guid, None, False)
    assert recipients.run("Get-Mailbox", {"Filter": "EmailAddresses -eq 'smtp:bob@b.example'"}) == []
    to = {"ForwardingSmtpAddress": "ann@c.example", "DeliverToMailboxAndForward": True}
    assert recipients.run("Set-Mailbox", {"Identity": guid, **to}) == []
    [row] = recipients.run("Get-Mailbox", {"Identity": guid})
    assert (row["ForwardingSmtpAddress"], row["DeliverToMailboxAndForward"]) == ("smtp:ann@c.example", True)
    recipients.run("Set-Mailbox", {"Identity": guid, "ForwardingSmtpAddress": None})
    assert recipients.run("Get-Mailbox", {"Identity": guid})[0]["ForwardingSmtpAddress"] is None


@pytest.mark.parametrize(
    ("name", "asked"),
    [
        ("Get-Mailbox", {"Identity": "nobody"}),
        ("Get-Mailbox", {"Filter": "what"}),
        ("Set-Mailbox", {"Identity": "ann@b.example", "Anything": 1}),
        ("Set-Mailbox", {"Identity": "ann@b.example", "ForwardingSmtpAddress": "nowhere"}),
    ],
)
def test_what_is_refused(name: str, asked: dict[str, object]) -> None:
    recipients = Recipients()
    recipients.put("UserMailbox", "ann@b.example")
    with pytest.raises(RefusedError):
        recipients.run(name, asked)
