"""Envelopes and faults as Exchange writes them, made anew here so that our own codec is measured by another."""

from xml.sax.saxutils import escape

from aiohttp import web

SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
M = "http://schemas.microsoft.com/exchange/services/2006/messages"
T = "http://schemas.microsoft.com/exchange/services/2006/types"
E = "http://schemas.microsoft.com/exchange/services/2006/errors"
NS = {"s": SOAP, "m": M, "t": T}
VERSION = (15, 2, 1748, 24)

_SERVER_VERSION = (
    '<h:ServerVersionInfo MajorVersion="{}" MinorVersion="{}" MajorBuildNumber="{}" MinorBuildNumber="{}"'
    ' Version="V2017_07_11" xmlns:h="' + T + '" xmlns="' + T + '"/>'
).format(*VERSION)
TEXTS = {
    "ErrorServerBusy": "The server cannot service this request right now. Try again later.",
    "ErrorInvalidOperation": "The operation is not valid.",
    "ErrorInternalServerError": "An internal server error occurred. The operation failed.",
    "ErrorMailboxDataArrayEmpty": "The MailboxDataArray is empty.",
    "ErrorMissingArgument": "A required argument is missing.",
    "ErrorTimeZone": "The time zone is missing or invalid.",
    "ErrorInvalidTimeInterval": "The start time of the time interval must be earlier than its end time.",
    "ErrorInvalidFreeBusyViewType": "The requested free/busy view is not valid.",
    "ErrorInvalidMergedFreeBusyInterval": "Specify an interval that is less than the free/busy time window and between"
    " 5 and 1440 minutes.",
    "ErrorSchemaValidation": "The request failed schema validation.",
}


class SoapFault(Exception):  # noqa: N818 - SOAP calls it a fault
    """The request as a whole is refused, with the code that Exchange uses."""

    def __init__(self, code: str, text: str = "", *, back_off: float | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.text = text or TEXTS[code]
        self.back_off = back_off  # seconds


def envelope(body: str) -> web.Response:
    """An answer with the version of the server in its header."""
    text = (
        '<?xml version="1.0" encoding="utf-8"?>'
        f'<s:Envelope xmlns:s="{SOAP}"><s:Header>{_SERVER_VERSION}</s:Header>'
        f'<s:Body xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema">'
        f"{body}</s:Body></s:Envelope>"
    )
    return web.Response(text=text, content_type="text/xml", charset="utf-8")


def fault(error: SoapFault) -> web.Response:
    """A fault as the EWS of Exchange 2010 and later sends it, with status 500."""
    back_off = ""
    if error.back_off is not None:
        milliseconds = int(error.back_off * 1000)
        back_off = (
            f'<t:MessageXml xmlns:t="{T}"><t:Value Name="BackOffMilliseconds">{milliseconds}</t:Value></t:MessageXml>'
        )
    text = escape(error.text)
    body = (
        f'<s:Fault><faultcode xmlns:a="{T}">a:{error.code}</faultcode>'
        f'<faultstring xml:lang="en-US">{text}</faultstring>'
        f'<detail><e:ResponseCode xmlns:e="{E}">{error.code}</e:ResponseCode>'
        f'<e:Message xmlns:e="{E}">{text}</e:Message>'
        f"{back_off}</detail></s:Fault>"
    )
    response = envelope(body)
    response.set_status(500)
    return response
