"""GetMailTips: who is asked about, and the answer that holds the automatic reply for outsiders and nothing else."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from lxml import etree

from protocols.errors import Fault, RequestError
from protocols.ews.children import Parts, children, named, text_of
from protocols.ews.names import M, T
from protocols.ews.query import Target
from protocols.ews.request import MOST_MAILBOXES, target_of
from protocols.ews.soap import Envelope, enveloped
from protocols.ews.tables import CODES, TEXTS
from protocols.ews.text import escaped
from protocols.model.automatic_replies import AutomaticReply
from protocols.model.freebusy import Reason, Unavailable

Told: TypeAlias = AutomaticReply | Unavailable | None
"""What is known of one mailbox: its reply, none, or nothing."""

_REPLY: Final = "OutOfOfficeMessage"
_WORDS: Final = frozenset(
    {"All", _REPLY, "MailboxFullStatus", "CustomMailTip", "ExternalMemberCount", "TotalMemberCount"}
    | {"MaxMessageSize", "DeliveryRestriction", "ModerationStatus", "InvalidRecipient"}
)
_DENIED: Final = "ErrorAccessDenied"
_FAILED: Final = CODES[Reason.UNREACHABLE]
_CONCEALED: Final = CODES[Reason.FORBIDDEN]
CODES_OF_TIPS: Final = {
    reason: {_CONCEALED: _DENIED, CODES[Reason.PEER_FAILED]: _FAILED}.get(code, code) for reason, code in CODES.items()
}
"""As the codes of free/busy, those that speak of free/busy replaced; what is concealed there is here too."""

_TEXTS: Final = TEXTS | {_DENIED: "The caller may not see the mail tips of the mailbox."}
_OPEN: Final = (
    f'<m:GetMailTipsResponse ResponseClass="Success" xmlns:m="{M}" xmlns:t="{T}">'
    "<m:ResponseCode>NoError</m:ResponseCode><m:ResponseMessages>"
)
_CLOSE: Final = "</m:ResponseMessages></m:GetMailTipsResponse>"


@dataclass(frozen=True, slots=True)
class MailTipsRequest:
    """Whom it is about, in order, duplicates kept; ``replies``: whether it wants their automatic replies."""

    targets: tuple[Target, ...]
    replies: bool


def decode(envelope: Envelope) -> MailTipsRequest:
    """What a GetMailTips asks; who sends is not read, for the credential alone says who asks.

    Without MailTipsRequested all are wanted: exchangelib writes none.

    Raises RequestError: MISSING_ARGUMENT, NO_MAILBOXES, TOO_MANY_MAILBOXES (more than 100), SCHEMA for an unknown tip.
    """
    parts = children(envelope.payload)
    words = text_of(parts.get("MailTipsRequested")).split()
    if not _WORDS.issuperset(words):
        raise RequestError(Fault.SCHEMA, "MailTipsRequested")
    recipients = named(_needed(parts, "Recipients"), "Mailbox")
    if not recipients:
        raise RequestError(Fault.NO_MAILBOXES)
    if len(recipients) > MOST_MAILBOXES:
        raise RequestError(
            Fault.TOO_MANY_MAILBOXES,
            "There are too many target users in the EmailAddress array. "
            f"The allowed size = {MOST_MAILBOXES}; the actual size = {len(recipients)}.",
        )
    return MailTipsRequest(tuple(map(_target, recipients)), not words or bool({"All", _REPLY}.intersection(words)))


def encode(request: MailTipsRequest, told: Sequence[Told]) -> bytes:
    """The whole answer: one message per target, in order. Raises ValueError where ``told`` are not as many.

    An empty reply means that everybody's mail is answered by none; a mailbox of which nothing is known is an Error.
    """
    messages = [_message(*pair, replies=request.replies) for pair in zip(request.targets, told, strict=True)]
    return enveloped([_OPEN.encode(), *messages, _CLOSE.encode()])


def _needed(parts: Parts, name: str) -> etree._Element:
    element = parts.get(name)
    if element is None:
        raise RequestError(Fault.MISSING_ARGUMENT, name)
    return element


def _target(mailbox: etree._Element) -> Target:
    parts = children(mailbox)
    address, routing = text_of(parts.get("EmailAddress")), text_of(parts.get("RoutingType"))
    return target_of(address) if routing.upper() in ("", "SMTP") else Target(address, None)


def _message(target: Target, told: Told, *, replies: bool) -> bytes:
    tag = "m:MailTipsResponseMessageType"
    pending, tip = "", ""
    if isinstance(told, Unavailable):
        code = CODES_OF_TIPS[told.reason]
        head = (
            f'<{tag} ResponseClass="Error"><m:MessageText>{escaped(_TEXTS[code])}</m:MessageText>'
            f"<m:ResponseCode>{code}</m:ResponseCode><m:DescriptiveLinkKey>0</m:DescriptiveLinkKey>"
        )
        pending = _REPLY if replies else ""
    else:
        head = f'<{tag} ResponseClass="Success"><m:ResponseCode>NoError</m:ResponseCode>'
        text = escaped(told.text) if told is not None else ""
        if replies:
            tip = f"<t:OutOfOffice><t:ReplyBody><t:Message>{text}</t:Message></t:ReplyBody></t:OutOfOffice>"
    return (
        f"{head}<m:MailTips><t:RecipientAddress><t:EmailAddress>{escaped(target.asked)}</t:EmailAddress>"
        "<t:RoutingType>SMTP</t:RoutingType></t:RecipientAddress>"
        f"<t:PendingMailTips>{pending}</t:PendingMailTips>{tip}</m:MailTips></{tag}>"
    ).encode()
