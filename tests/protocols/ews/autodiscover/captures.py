"""What real clients send to Autodiscover, byte for byte, and how exchangelib reads what it gets."""

from exchangelib import Configuration, Credentials
from exchangelib.autodiscover.protocol import AutodiscoverProtocol
from exchangelib.properties import UserResponse
from exchangelib.services import GetUserSettings
from exchangelib.version import Version
from lxml import etree

_SETTINGS = """
    ActiveDirectoryServer AlternateMailboxes AutoDiscoverSMTPAddress CasVersion CrossOrganizationSharingEnabled
    EcpDeliveryReportUrlFragment EcpEmailSubscriptionsUrlFragment EcpPublishingUrlFragment
    EcpRetentionPolicyTagsUrlFragment EcpTextMessagingUrlFragment EcpVoicemailUrlFragment EwsSupportedSchemas
    ExchangeRpcUrl ExternalEcpDeliveryReportUrl ExternalEcpEmailSubscriptionsUrl ExternalEcpPublishingUrl
    ExternalEcpRetentionPolicyTagsUrl ExternalEcpTextMessagingUrl ExternalEcpUrl ExternalEcpVoicemailUrl
    ExternalEwsUrl ExternalEwsVersion ExternalImap4Connections ExternalMailboxServer
    ExternalMailboxServerAuthenticationMethods ExternalMailboxServerRequiresSSL ExternalOABUrl
    ExternalPop3Connections ExternalServerExclusiveConnect ExternalSmtpConnections ExternalUMUrl
    ExternalWebClientUrls GroupingInformation InternalEcpDeliveryReportUrl InternalEcpEmailSubscriptionsUrl
    InternalEcpPublishingUrl InternalEcpRetentionPolicyTagsUrl InternalEcpTextMessagingUrl InternalEcpUrl
    InternalEcpVoicemailUrl InternalEwsUrl InternalImap4Connections InternalMailboxServer InternalMailboxServerDN
    InternalOABUrl InternalPop3Connections InternalRpcClientServer InternalServerExclusiveConnect
    InternalSmtpConnections InternalUMUrl InternalWebClientUrls InteropExternalEwsUrl InteropExternalEwsVersion
    MailboxDN MapiHttpEnabled MobileMailboxPolicyInterop PublicFolderServer ShowGalAsDefaultView UserDeploymentId
    UserDisplayName UserDN UserMSOnline
"""

EXCHANGELIB = (
    "<?xml version='1.0' encoding='utf-8'?>\n"
    '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" '
    'xmlns:t="http://schemas.microsoft.com/exchange/services/2006/types" '
    'xmlns:a="http://schemas.microsoft.com/exchange/2010/Autodiscover" '
    'xmlns:wsa="http://www.w3.org/2005/08/addressing" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
    "<s:Header><a:RequestedServerVersion>Exchange2016</a:RequestedServerVersion>"
    "<wsa:Action>http://schemas.microsoft.com/exchange/2010/Autodiscover/Autodiscover/GetUserSettings</wsa:Action>"
    "<wsa:To>https://example.test/autodiscover/autodiscover.svc</wsa:To></s:Header>"
    "<s:Body><a:GetUserSettingsRequestMessage><a:Request><a:Users><a:User><a:Mailbox>alice@example.test</a:Mailbox>"
    "</a:User></a:Users><a:RequestedSettings>"
    + "".join(f"<a:Setting>{name}</a:Setting>" for name in _SETTINGS.split())
    + "</a:RequestedSettings></a:Request></a:GetUserSettingsRequestMessage></s:Body></s:Envelope>"
).encode()

EWS_JAVASCRIPT_API = (
    b'<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/" '
    b'xmlns:a="http://schemas.microsoft.com/exchange/2010/Autodiscover" '
    b'xmlns:wsa="http://www.w3.org/2005/08/addressing" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
    b"<soap:Header><a:RequestedServerVersion>Exchange2013</a:RequestedServerVersion>"
    b"<wsa:Action>http://schemas.microsoft.com/exchange/2010/Autodiscover/Autodiscover/GetUserSettings</wsa:Action>"
    b"<wsa:To>https://autodiscover.example.test/autodiscover/autodiscover.svc</wsa:To></soap:Header>"
    b'<soap:Body><a:GetUserSettingsRequestMessage xmlns:a="http://schemas.microsoft.com/exchange/2010/Autodiscover">'
    b"<a:Request><a:Users><a:User><a:Mailbox>alice@example.test</a:Mailbox></a:User></a:Users>"
    b"<a:RequestedSettings><a:Setting>ExternalEwsUrl</a:Setting><a:Setting>InternalEwsUrl</a:Setting>"
    b"</a:RequestedSettings></a:Request></a:GetUserSettingsRequestMessage></soap:Body></soap:Envelope>"
)


def read_by_exchangelib(data: bytes) -> list[UserResponse]:
    """The users' answers as exchangelib's own parser makes them. Raises what it raises."""
    credentials = Credentials("ann@example.test", "x")
    settings = Configuration(service_endpoint="https://example.test/", credentials=credentials, auth_type="basic")
    service = GetUserSettings(protocol=AutodiscoverProtocol(config=settings))
    root = etree.fromstring(data)
    [message] = service._get_soap_messages(body=root.find("{http://schemas.xmlsoap.org/soap/envelope/}Body"))
    container = service._get_element_container(message, name=service.element_container_name)
    return [service._elem_to_obj(element) for element in container]


def version_by_exchangelib(data: bytes) -> Version:
    """The server's version as exchangelib takes it from the header."""
    header = etree.fromstring(data).find("{http://schemas.xmlsoap.org/soap/envelope/}Header")
    return Version.from_soap_header(requested_api_version="Exchange2016", header=header)
