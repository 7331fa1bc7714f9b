"""One mailbox without an answer, as it is written: always the same bytes for the same code."""

from protocols.errors import RequestError
from protocols.ews.names import E
from protocols.ews.soap import fault_text
from protocols.ews.tables import CODES, EXCEPTION_CODES, FAULT_CODES, SUGGESTIONS_FAILED, TEXTS
from protocols.ews.text import escaped
from protocols.model.freebusy import Reason


def _message(code: str, text: str) -> str:
    number = EXCEPTION_CODES.get(code)
    inner = f'<m:MessageXml><e:ExceptionCode xmlns:e="{E}">{number}</e:ExceptionCode></m:MessageXml>' if number else ""
    return (
        f'<m:ResponseMessage ResponseClass="Error"><m:MessageText>{escaped(text)}</m:MessageText>'
        f"<m:ResponseCode>{code}</m:ResponseCode><m:DescriptiveLinkKey>0</m:DescriptiveLinkKey>{inner}</m:ResponseMessage>"
    )


def _free_busy_response(code: str, text: str) -> bytes:
    # Even an error carries a view, of type None, which no reader may take for free.
    return (
        f"<m:FreeBusyResponse>{_message(code, text)}"
        "<m:FreeBusyView><t:FreeBusyViewType>None</t:FreeBusyViewType></m:FreeBusyView></m:FreeBusyResponse>"
    ).encode()


FAILURES = {reason: _free_busy_response(code, TEXTS[code]) for reason, code in CODES.items()}
"""The FreeBusyResponse of each reason (prefixes ``m`` and ``t``), in UTF-8 like all that is written here."""

NO_SUGGESTIONS = (
    f"<m:SuggestionsResponse>{_message(SUGGESTIONS_FAILED, TEXTS[SUGGESTIONS_FAILED])}</m:SuggestionsResponse>"
).encode()

INCOMPLETE = FAILURES[Reason.INCOMPLETE]


def refused(error: RequestError) -> bytes:
    """The FreeBusyResponse of a mailbox where the whole request is refused."""
    return _free_busy_response(FAULT_CODES[error.fault], fault_text(error))
