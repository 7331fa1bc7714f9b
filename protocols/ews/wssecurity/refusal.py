"""Why a security header was not believed: one word for the log, and one fault for whoever sent it."""

from typing import Final

from protocols.ews.autodiscover.soap import SOAP12
from protocols.ews.wssecurity.names import WSSE

_WORDS: Final = "The security token could not be authenticated or authorized."


class SecurityRefused(ValueError):  # noqa: N818 - a verdict
    """The message proves nobody. ``reason``: a few words joined by hyphens, never anything that was sent."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def fault(soap: str) -> bytes:
    """The fault for every refusal, in the SOAP version ``soap``: the same bytes, whatever was wrong.

    wsse:FailedAuthentication, OASIS WSS SOAP Message Security 1.1, 12.
    """
    if soap == SOAP12:
        body = (
            "<s:Code><s:Value>s:Sender</s:Value><s:Subcode><s:Value>o:FailedAuthentication</s:Value></s:Subcode></s:Code>"
            f'<s:Reason><s:Text xml:lang="en-US">{_WORDS}</s:Text></s:Reason>'
        )
    else:
        body = f'<faultcode>o:FailedAuthentication</faultcode><faultstring xml:lang="en-US">{_WORDS}</faultstring>'
    return (
        f'<?xml version="1.0" encoding="utf-8"?>\n<s:Envelope xmlns:s="{soap}" xmlns:o="{WSSE}">'
        f"<s:Body><s:Fault>{body}</s:Fault></s:Body></s:Envelope>"
    ).encode()
