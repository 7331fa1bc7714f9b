"""Autodiscover of the simulated Exchange in its three dialects: POX, SOAP and JSON."""

from collections.abc import Callable, Mapping
from xml.sax.saxutils import escape

from aiohttp import web
from lxml import etree

from protocols import safexml
from simulation.estate import Estate
from simulation.exchange.soap import VERSION

A = "http://schemas.microsoft.com/exchange/2010/Autodiscover"
WSA = "http://www.w3.org/2005/08/addressing"
_REQUEST = "http://schemas.microsoft.com/exchange/autodiscover/outlook/requestschema/2006"
_RESPONSE = "http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a"
_ERROR = "http://schemas.microsoft.com/exchange/autodiscover/responseschema/2006"
_NO_USER, _INVALID, _NO_PROVIDER = (
    (500, "The e-mail address cannot be found."),
    (600, "Invalid Request"),
    (601, "Provider is not available"),
)


def pox(body: bytes, estate: Estate, ews_url: str) -> web.Response:
    """The XML dialect of Outlook, in which Exchange looks for the Availability service of another forest."""
    try:
        request = safexml.parse(body).find(f"{{{_REQUEST}}}Request")
    except safexml.XmlRefused:
        request = None
    address = None if request is None else request.findtext(f"{{{_REQUEST}}}EMailAddress")
    if request is None or not address:
        return _pox_error(*_INVALID)
    if request.findtext(f"{{{_REQUEST}}}AcceptableResponseSchema") != _RESPONSE:
        return _pox_error(*_NO_PROVIDER)
    person = estate.find(address.strip(), "ews")
    if person is None:
        return _pox_error(*_NO_USER)
    protocols = "".join(
        f"<Protocol><Type>{kind}</Type><Server>mail.fabrikam.example</Server><ASUrl>{ews_url}</ASUrl>"
        f"<EwsUrl>{ews_url}</EwsUrl><OOFUrl>{ews_url}</OOFUrl></Protocol>"
        for kind in ("EXCH", "EXPR")
    )
    return _xml(
        f'<Autodiscover xmlns="{_ERROR}"><Response xmlns="{_RESPONSE}"><User><DisplayName>{escape(person.name)}'
        f"</DisplayName></User><Account><AccountType>email</AccountType><Action>settings</Action>{protocols}"
        "</Account></Response></Autodiscover>"
    )


def settings(
    body: bytes, estate: Estate, ews_url: str, public: Callable[[str], Mapping[str, str] | None] | None = None
) -> web.Response:
    """The SOAP dialect: GetUserSettings for users, GetFederationInformation for a domain that is in no federation.

    ``public`` tells what public folders add of an address; None where it is nobody's.
    """
    try:
        root = safexml.parse(body)
    except safexml.XmlRefused:
        return web.Response(status=400)
    operation = next(iter(root.iterfind(f"{{*}}Body/{{{A}}}*")), None)
    name = "" if operation is None else etree.QName(operation).localname
    if operation is None or name not in ("GetUserSettingsRequestMessage", "GetFederationInformationRequestMessage"):
        return web.Response(status=500, text="", content_type="text/xml")
    if name.startswith("GetFederation"):
        answer = "<ErrorCode>NotFederated</ErrorCode><ErrorMessage>The domain is not federated.</ErrorMessage>"
    else:
        users = "".join(
            _user(user.text or "", operation, estate, ews_url, public) for user in operation.iter(f"{{{A}}}Mailbox")
        )
        answer = f"<ErrorCode>NoError</ErrorCode><ErrorMessage/><UserResponses>{users}</UserResponses>"
    return _soap(etree.QName(root).namespace or "", name.removesuffix("RequestMessage"), answer)


def json_v2(query: Mapping[str, str], ews_url: str) -> web.Response:
    """The JSON dialect, which asks nobody who they are."""
    protocol = query.get("Protocol", query.get("protocol", ""))
    if protocol.lower() not in ("ews", "autodiscoverv1"):
        text = f"The given protocol value '{protocol}' is invalid."
        return web.json_response({"ErrorCode": "InvalidProtocol", "ErrorMessage": text}, status=400)
    return web.json_response({"Protocol": protocol, "Url": ews_url})


def _user(
    address: str,
    operation: etree._Element,
    estate: Estate,
    ews_url: str,
    public: Callable[[str], Mapping[str, str] | None] | None,
) -> str:
    more = public(address) if public is not None else None
    if estate.find(address, "ews") is None and not more:
        return (
            "<UserResponse><ErrorCode>InvalidUser</ErrorCode><ErrorMessage>Invalid user.</ErrorMessage></UserResponse>"
        )
    known = {
        "ExternalEwsUrl": ews_url,
        "InternalEwsUrl": ews_url,
        "EwsSupportedSchemas": "Exchange2007, Exchange2010, Exchange2013, Exchange2016",
        "ExternalEwsVersion": ".".join(f"{part:02}" for part in VERSION),
        "AutoDiscoverSMTPAddress": address,
        "UserDisplayName": address,
        **(more or {}),
    }
    wanted = [element.text or "" for element in operation.iter(f"{{{A}}}Setting")]
    values = "".join(
        f'<UserSetting i:type="StringSetting"><Name>{name}</Name><Value>{escape(known[name])}</Value></UserSetting>'
        for name in wanted
        if name in known
    )
    errors = "".join(
        "<UserSettingError><ErrorCode>SettingIsNotAvailable</ErrorCode><ErrorMessage>Not available.</ErrorMessage>"
        f"<SettingName>{escape(name)}</SettingName></UserSettingError>"
        for name in wanted
        if name not in known
    )
    return (
        "<UserResponse><ErrorCode>NoError</ErrorCode><ErrorMessage>No error.</ErrorMessage>"
        f'<RedirectTarget i:nil="true"/>'
        f"<UserSettingErrors>{errors}</UserSettingErrors><UserSettings>{values}</UserSettings></UserResponse>"
    )


def _soap(soap: str, operation: str, answer: str) -> web.Response:
    names = ("MajorVersion", "MinorVersion", "MajorBuildNumber", "MinorBuildNumber")
    version = "".join(f"<h:{name}>{part}</h:{name}>" for name, part in zip(names, VERSION, strict=True))
    return _xml(
        f'<s:Envelope xmlns:s="{soap}" xmlns:a="{WSA}"><s:Header>'
        f'<a:Action s:mustUnderstand="1">{A}/Autodiscover/{operation}Response</a:Action>'
        f'<h:ServerVersionInfo xmlns:h="{A}" xmlns:i="http://www.w3.org/2001/XMLSchema-instance">{version}'
        "<h:Version>Exchange2016</h:Version></h:ServerVersionInfo></s:Header>"
        f'<s:Body><{operation}ResponseMessage xmlns="{A}" xmlns:i="http://www.w3.org/2001/XMLSchema-instance">'
        f"<Response>{answer}</Response></{operation}ResponseMessage></s:Body></s:Envelope>"
    )


def _pox_error(code: int, message: str) -> web.Response:
    return _xml(
        f'<Autodiscover xmlns="{_ERROR}"><Response><Error Time="21:25:04.8897083" Id="4130155072">'
        f"<ErrorCode>{code}</ErrorCode><Message>{message}</Message><DebugData/></Error></Response></Autodiscover>"
    )


def _xml(text: str) -> web.Response:
    return web.Response(text=f'<?xml version="1.0" encoding="utf-8"?>{text}', content_type="text/xml", charset="utf-8")
