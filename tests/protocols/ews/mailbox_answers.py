"""Answers of an Exchange server to what is asked of a mailbox, made by hand."""

from datetime import UTC, datetime
from typing import Final

from protocols.ews.mailbox_access import MailboxAccess
from protocols.http import HttpResponse
from tests.protocols.ews.test_operation import answered
from tests.protocols.scripted import Peer

URL: Final = "https://mail.b.example/EWS/Exchange.asmx"
NOW: Final = datetime(2026, 11, 23, tzinfo=UTC)


def access(peer: Peer, *, impersonates: bool = True) -> MailboxAccess:
    """The way into Ann's mailbox."""
    return MailboxAccess(send=peer, url=URL, mailbox="ann@b.example", impersonates=impersonates)


def message(operation: str, inside: str = "", code: str = "NoError", wait: int | None = None) -> str:
    """One response message, of success unless ``code`` says otherwise; ``wait`` in milliseconds."""
    kind = "Success" if code == "NoError" else "Error"
    back_off = ""
    if wait is not None:
        back_off = f'<m:MessageXml><t:Value Name="BackOffMilliseconds">{wait}</t:Value></m:MessageXml>'
    return (
        f'<m:{operation}ResponseMessage ResponseClass="{kind}"><m:ResponseCode>{code}</m:ResponseCode>'
        f"{back_off}{inside}</m:{operation}ResponseMessage>"
    )


def answer(operation: str, *messages: str) -> HttpResponse:
    """A whole answer."""
    return answered(
        f"<m:{operation}Response><m:ResponseMessages>{''.join(messages)}</m:ResponseMessages></m:{operation}Response>"
    )


def page(array: str, *entries: str, total: int, last: bool = True) -> str:
    """A RootFolder."""
    return (
        f'<m:RootFolder TotalItemsInView="{total}" IncludesLastItemInRange="{str(last).lower()}"><t:{array}>'
        f"{''.join(entries)}</t:{array}></m:RootFolder>"
    )


def item(key: str, inside: str = "", element: str = "Contact", version: str = "1") -> str:
    """A contact, or something else."""
    return f'<t:{element}><t:ItemId Id="{key}" ChangeKey="{version}"/>{inside}</t:{element}>'
