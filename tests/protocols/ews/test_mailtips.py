"""GetMailTips: read, refused, and answered with the reply alone."""

import pytest

from protocols.errors import Fault, RequestError
from protocols.ews.mailtips import CODES_OF_TIPS, MailTipsRequest, decode, encode
from protocols.ews.soap import encode_fault, read_envelope
from protocols.ews.tables import CODES
from protocols.model.automatic_replies import AutomaticReply
from protocols.model.freebusy import Reason, Unavailable
from tests.protocols.ews.samples import ANN, soap_request, texts, valid


def asking_tips(*addresses: str, wanted: str = "All", rest: str = "") -> bytes:
    """A GetMailTips about ``addresses``."""
    mailboxes = "".join(
        f"<t:Mailbox><t:EmailAddress>{each}</t:EmailAddress><t:RoutingType>SMTP</t:RoutingType></t:Mailbox>"
        for each in addresses
    )
    return soap_request(
        "<m:GetMailTips><m:SendingAs><t:EmailAddress>bob@northwind.example</t:EmailAddress></m:SendingAs>"
        f"<m:Recipients>{mailboxes}</m:Recipients><m:MailTipsRequested>{wanted}</m:MailTipsRequested>{rest}"
        "</m:GetMailTips>"
    )


def _decoded(data: bytes) -> MailTipsRequest:
    return decode(read_envelope(data))


def test_whom_and_whether_replies_are_wanted() -> None:
    data = asking_tips("Ann@contoso.example", "nobody")
    valid(data)
    asked = _decoded(data)
    assert [(each.asked, each.mailbox) for each in asked.targets] == [("Ann@contoso.example", ANN), ("nobody", None)]
    assert asked.replies
    assert _decoded(asking_tips("a@b.example", wanted="MailboxFullStatus OutOfOfficeMessage")).replies
    assert not _decoded(asking_tips("a@b.example", wanted="MailboxFullStatus CustomMailTip")).replies
    whole = asking_tips("a@b.example")
    start, end = whole.index(b"<m:MailTipsRequested>"), whole.index(b"</m:GetMailTips>")
    assert _decoded(whole[:start] + b"All" + whole[end:]).replies, "as exchangelib asks"


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        (asking_tips(), Fault.NO_MAILBOXES),
        (asking_tips(*["ann@contoso.example"] * 101), Fault.TOO_MANY_MAILBOXES),
        (asking_tips("ann@contoso.example", wanted="Everything"), Fault.SCHEMA),
        (soap_request("<m:GetMailTips/>"), Fault.MISSING_ARGUMENT),
        (soap_request("<m:GetMailTips><m:MailTipsRequested>All</m:MailTipsRequested></m:GetMailTips>"),
         Fault.MISSING_ARGUMENT),
    ],
)  # fmt: skip
def test_what_is_refused(data: bytes, fault: Fault) -> None:
    with pytest.raises(RequestError) as refused:
        _decoded(data)
    assert refused.value.fault is fault
    valid(encode_fault(refused.value))


def test_the_reply_and_nothing_else() -> None:
    asked = _decoded(asking_tips("Ann@contoso.example", "bob@contoso.example"))
    root = valid(encode(asked, [AutomaticReply("Away & <gone>"), None]))
    assert texts(root, "EmailAddress") == ["Ann@contoso.example", "bob@contoso.example"], "as asked"
    assert texts(root, "Message") == ["Away & <gone>", ""]
    assert texts(root, "PendingMailTips") == ["", ""]
    names = {each.tag.rpartition("}")[2] for each in root.iter()}
    assert not names & {"Duration", "MailboxFull", "CustomMailTip", "InvalidRecipient", "TotalMemberCount"}


def test_replies_that_nobody_wants_are_not_told() -> None:
    asked = _decoded(asking_tips("ann@contoso.example", wanted="CustomMailTip"))
    assert not list(valid(encode(asked, [AutomaticReply("Away")])).iter("{*}OutOfOffice"))


def test_each_failure_is_its_mailboxs_own_and_unknown_is_forbidden() -> None:
    reasons = list(Reason)
    asked = _decoded(asking_tips(*["ann@contoso.example"] * len(reasons)))
    root = valid(encode(asked, [Unavailable(mailbox=ANN, reason=reason, detail="secret") for reason in reasons]))
    assert texts(root, "ResponseCode")[1:] == [CODES_OF_TIPS[reason] for reason in reasons]
    assert not [code for code in texts(root, "ResponseCode") if "FreeBusyA" in code or "FreeBusyG" in code]
    concealed = {CODES_OF_TIPS[reason] for reason in Reason if CODES[reason] == CODES[Reason.FORBIDDEN]}
    assert concealed == {"ErrorAccessDenied"}
    assert not [text for text in texts(root, "MessageText") if "secret" in text]


def test_as_many_answers_as_mailboxes() -> None:
    with pytest.raises(ValueError, match="zip"):
        encode(_decoded(asking_tips("ann@contoso.example")), [])
