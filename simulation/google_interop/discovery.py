"""Autodiscover of the simulated Calendar Interop, in both dialects of XML."""

from xml.sax.saxutils import escape

from aiohttp import web

from protocols import safexml
from simulation.estate import Estate

_REQUEST = "http://schemas.microsoft.com/exchange/autodiscover/outlook/requestschema/2006"
_RESPONSE = "http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a"
_ENVELOPE = "http://schemas.microsoft.com/exchange/autodiscover/responseschema/2006"
_A = "http://schemas.microsoft.com/exchange/2010/Autodiscover"
_SOAP = "http://schemas.xmlsoap.org/soap/envelope/"


def pox(body: bytes, estate: Estate, ews_url: str) -> web.Response:
    """The plain dialect: one EXPR protocol with the address, or why there is none."""
    address = _text(body, f"{{{_REQUEST}}}EMailAddress")
    if estate.find(address, "google") is None and not address.startswith("interop@"):
        return _xml(
            f'<Autodiscover xmlns="{_ENVELOPE}"><Response><Error Time="10:00:00.0000000" Id="1">'
            "<ErrorCode>500</ErrorCode><Message>The email address can't be found.</Message><DebugData/></Error>"
            "</Response></Autodiscover>"
        )
    url = escape(ews_url)
    return _xml(
        f'<Autodiscover xmlns="{_ENVELOPE}"><Response xmlns="{_RESPONSE}"><Account><AccountType>email</AccountType>'
        f"<Action>settings</Action><Protocol><Type>EXPR</Type><ASUrl>{url}</ASUrl></Protocol></Account></Response>"
        "</Autodiscover>"
    )


def soap(body: bytes, estate: Estate, ews_url: str) -> web.Response:
    """GetUserSettings of one user."""
    address = _text(body, f"{{{_A}}}Mailbox")
    if estate.find(address, "google") is None and not address.startswith("interop@"):
        user = "<ErrorCode>InvalidUser</ErrorCode><ErrorMessage>Invalid user.</ErrorMessage>"
    else:
        user = (
            "<ErrorCode>NoError</ErrorCode><ErrorMessage/><UserSettings><UserSetting><Name>ExternalEwsUrl</Name>"
            f"<Value>{escape(ews_url)}</Value></UserSetting></UserSettings>"
        )
    return _xml(
        f'<s:Envelope xmlns:s="{_SOAP}"><s:Body><GetUserSettingsResponseMessage xmlns="{_A}"><Response>'
        f"<ErrorCode>NoError</ErrorCode><ErrorMessage/><UserResponses><UserResponse>{user}</UserResponse>"
        "</UserResponses></Response></GetUserSettingsResponseMessage></s:Body></s:Envelope>"
    )


def _text(body: bytes, name: str) -> str:
    try:
        found = safexml.parse(body).find(f".//{name}")
    except safexml.XmlRefused:
        return ""
    return "" if found is None else (found.text or "").strip()


def _xml(text: str) -> web.Response:
    return web.Response(text=f'<?xml version="1.0" encoding="utf-8"?>{text}', content_type="text/xml", charset="utf-8")
