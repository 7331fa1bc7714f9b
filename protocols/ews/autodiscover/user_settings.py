"""The SOAP dialect of Autodiscover as one who asks: GetUserSettings for the address of EWS ([MS-OXWSADISC] 3.1.4)."""

from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape

from lxml import etree

from protocols.errors import PeerError
from protocols.ews.autodiscover.pox import PoxAnswer, code_told
from protocols.ews.autodiscover.soap import ADDRESSING, AUTODISCOVER, SOAP11
from protocols.model.freebusy import Reason
from protocols.safexml import XmlRefused, local_name, parse

ACTION = f"{AUTODISCOVER}/Autodiscover/GetUserSettings"
_WANTED = ("ExternalEwsUrl", "InternalEwsUrl")  # in the order in which they are taken
_UNKNOWN_USERS = frozenset({"InvalidUser", "InvalidDomain"})


def encode_request(address: str, url: str, settings: Sequence[str] = _WANTED) -> bytes:
    """A request about ``address`` to the service at ``url``: for the address of EWS, or for other ``settings``."""
    wanted = "".join(f"<a:Setting>{name}</a:Setting>" for name in settings)
    return (
        f'<?xml version="1.0" encoding="utf-8"?>\n<s:Envelope xmlns:s="{SOAP11}" xmlns:a="{AUTODISCOVER}"'
        f' xmlns:wsa="{ADDRESSING}"><s:Header><a:RequestedServerVersion>Exchange2013</a:RequestedServerVersion>'
        f"<wsa:Action>{ACTION}</wsa:Action><wsa:To>{escape(url)}</wsa:To></s:Header><s:Body>"
        f"<a:GetUserSettingsRequestMessage><a:Request><a:Users><a:User><a:Mailbox>{escape(address)}</a:Mailbox>"
        f"</a:User></a:Users><a:RequestedSettings>{wanted}</a:RequestedSettings></a:Request>"
        "</a:GetUserSettingsRequestMessage></s:Body></s:Envelope>"
    ).encode()


def read(data: bytes) -> PoxAnswer:
    """What a server answered. Raises PeerError as :func:`protocols.ews.autodiscover.pox.read` does."""
    user = _user(data)
    code, target = _text(user, "ErrorCode"), _text(user, "RedirectTarget")
    if code == "RedirectAddress" and target:
        return PoxAnswer(redirect_address=target)
    if code == "RedirectUrl" and target:
        return PoxAnswer(redirect_url=target)
    found = _settings(user)
    url = next((found[name] for name in _WANTED if found.get(name)), None)
    if url is None:
        raise PeerError(Reason.GARBLED, "Autodiscover: no availability URL in the answer")
    return PoxAnswer(ews_url=url)


def read_settings(data: bytes) -> Mapping[str, str]:
    """The settings that a server told of a user, by name; one that it does not have is left out. Raises PeerError, also
    where it leads to somewhere else: whoever asks for single settings knows whom to ask."""
    return _settings(_user(data))


def _user(data: bytes) -> etree._Element:
    try:
        root = parse(data)
    except XmlRefused as error:
        raise PeerError(Reason.GARBLED, f"Autodiscover: {error}") from None
    user = next(root.iter(f"{{{AUTODISCOVER}}}UserResponse"), None)
    if user is None or local_name(root) != "Envelope":
        code = _text(root, "ErrorCode")
        reason = Reason.PEER_FAILED if code not in ("", "NoError") else Reason.GARBLED
        raise PeerError(reason, f"Autodiscover: no answer about the user: {code_told(code)}")
    return user


def _settings(user: etree._Element) -> dict[str, str]:
    code = _text(user, "ErrorCode")
    if code != "NoError":
        unknown = code in _UNKNOWN_USERS
        raise PeerError(Reason.NO_SUCH_MAILBOX if unknown else Reason.PEER_FAILED, f"Autodiscover: {code_told(code)}")
    return {_text(each, "Name"): _text(each, "Value") for each in user.iter(f"{{{AUTODISCOVER}}}UserSetting")}


def _text(element: etree._Element, name: str) -> str:
    return (element.findtext(f".//{{{AUTODISCOVER}}}{name}") or "").strip()
