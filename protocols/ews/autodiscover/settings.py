"""The SOAP dialect of Autodiscover: settings of users and of domains, and of the federation trust, if there is one."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum
from xml.sax.saxutils import escape

from lxml import etree

from protocols.errors import Fault, RequestError
from protocols.ews.autodiscover.soap import AUTODISCOVER, Message, faultless, read_message
from protocols.model.mailbox import canonical, canonical_domain
from protocols.safexml import MAX_NODES, local_name

MAX_TARGETS, MAX_SETTINGS = 100, 100  # exchangelib asks for about 60 settings
_LONGEST_SETTING = 100  # characters: those that are not known are named in the answer of each target
SUPPORTED_SCHEMAS = (
    "Exchange2007, Exchange2007_SP1, Exchange2010, Exchange2010_SP1, Exchange2010_SP2, Exchange2013, "
    "Exchange2013_SP1, Exchange2015, Exchange2016"
)
_XSI = "http://www.w3.org/2001/XMLSchema-instance"


class Kind(Enum):
    """The operations that are answered, by what they ask about."""

    USER = "GetUserSettings"
    DOMAIN = "GetDomainSettings"
    FEDERATION = "GetFederationInformation"


@dataclass(frozen=True, slots=True, kw_only=True)
class Federation:
    """A federation trust: its application URI, its domains (A-labels), and who issues tokens, as (endpoint, URI)."""

    application_uri: str
    domains: frozenset[str]
    issuers: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class SettingsRequest:
    """What is asked about which addresses (USER) or domains, as written, and how the answer is to be addressed."""

    kind: Kind
    targets: tuple[str, ...]
    wanted: tuple[str, ...]
    message: Message


_OPERATIONS = {f"{kind.value}RequestMessage": kind for kind in Kind}
_TARGETS = {Kind.USER: "Mailbox", Kind.DOMAIN: "Domain", Kind.FEDERATION: "Domain"}


def decode(data: bytes, *, max_nodes: int = MAX_NODES) -> SettingsRequest:
    """What is asked, whatever the prefixes and the SOAP version; of ``max_nodes`` elements at most.

    Raises RequestError: MALFORMED, TOO_COMPLEX, SCHEMA, MUST_UNDERSTAND, or UNKNOWN_OPERATION;
    :func:`protocols.ews.autodiscover.soap.encode_fault` puts it into words.
    """
    message = read_message(data, max_nodes=max_nodes)
    payload = message.payload
    kind = _OPERATIONS.get(local_name(payload)) if etree.QName(payload).namespace == AUTODISCOVER else None
    if kind is None:
        raise RequestError(Fault.UNKNOWN_OPERATION, local_name(payload)[:100])
    targets = _texts(payload, _TARGETS[kind])
    return SettingsRequest(kind, targets, tuple(dict.fromkeys(_texts(payload, "Setting"))), message)


def encode(
    request: SettingsRequest,
    ews_url: str,
    *,
    version: str = "15.02.1544.004",
    serves: Callable[[str], bool] = bool,
    federation: Federation | None = None,
) -> bytes:
    """The answer, in the request's SOAP version, to go out with HTTP 200.

    Every address of a domain that we serve (``serves``, asked with A-labels) gets the same settings, and every other
    target an error of its own. Settings that we do not have are SettingIsNotAvailable, and each is answered once; too
    many of them, as too many targets, are an InvalidRequest. Who asks about a domain of ``federation`` is told what
    tokens for us must say, and no other domain of ours; all other domains are NotFederated.
    """
    if request.kind is Kind.FEDERATION:
        body = _federated(request, federation)
    elif not _is_answerable(request):
        words = f"From 1 to {MAX_TARGETS} targets and from 1 to {MAX_SETTINGS} settings must be requested."
        body = _response("InvalidRequest", words, _listed(request.kind, ()))
    else:
        body = _response("NoError", "", _listed(request.kind, _answers(request, ews_url, version, serves)))
    return faultless(request.message, request.kind.value, body, version)


def _federated(request: SettingsRequest, federation: Federation | None) -> str:
    asked = _domain(request.targets[0], Kind.FEDERATION) if len(request.targets) == 1 else None
    if federation is None or asked not in federation.domains:
        return _response("NotFederated", "The domain is not federated.", "")
    issuers = "".join(
        f"<TokenIssuer><Endpoint>{escape(endpoint)}</Endpoint><Uri>{escape(uri)}</Uri></TokenIssuer>"
        for endpoint, uri in federation.issuers
    )
    return _response(
        "NoError",
        "",
        f"<ApplicationUri>{escape(federation.application_uri)}</ApplicationUri>"
        f"<Domains><Domain>{escape(asked)}</Domain></Domains><TokenIssuers>{issuers}</TokenIssuers>",
    )


def _is_answerable(request: SettingsRequest) -> bool:
    few = 0 < len(request.targets) <= MAX_TARGETS and 0 < len(request.wanted) <= MAX_SETTINGS
    return few and max(map(len, request.wanted)) <= _LONGEST_SETTING


def _answers(request: SettingsRequest, ews_url: str, version: str, serves: Callable[[str], bool]) -> Iterable[str]:
    name, refused, words = (
        ("User", "InvalidUser", "Invalid user.")
        if request.kind is Kind.USER
        else ("Domain", "InvalidDomain", "Invalid domain.")
    )
    granted = _status("NoError", "No error.") + _settings(request, ews_url, version, name)
    denied = _status(refused, words) + f"<{name}SettingErrors/><{name}Settings/>"
    for target in request.targets:
        domain = _domain(target, request.kind)
        told = granted if domain is not None and serves(domain) else denied
        yield f"<{name}Response>{told}</{name}Response>"


def _domain(target: str, kind: Kind) -> str | None:
    try:
        return canonical(target).rpartition("@")[2] if kind is Kind.USER else canonical_domain(target)
    except ValueError:
        return None


def _settings(request: SettingsRequest, ews_url: str, version: str, name: str) -> str:
    known = {
        "ExternalEwsUrl": ews_url,
        "InternalEwsUrl": ews_url,
        "ExternalEwsVersion": version,
        "EwsSupportedSchemas": SUPPORTED_SCHEMAS,
    }
    kind = "StringSetting" if request.kind is Kind.USER else "DomainStringSetting"
    found = "".join(
        f'<{name}Setting i:type="{kind}"><Name>{setting}</Name><Value>{escape(known[setting])}</Value></{name}Setting>'
        for setting in request.wanted
        if setting in known
    )
    missing = "".join(
        f"<{name}SettingError><ErrorCode>SettingIsNotAvailable</ErrorCode>"
        "<ErrorMessage>The setting is not available.</ErrorMessage>"
        f"<SettingName>{escape(setting)}</SettingName></{name}SettingError>"
        for setting in request.wanted
        if setting not in known
    )
    return f"<{name}SettingErrors>{missing}</{name}SettingErrors><{name}Settings>{found}</{name}Settings>"


def _response(code: str, words: str, rest: str) -> str:
    return (
        f'<Response xmlns:i="{_XSI}"><ErrorCode>{code}</ErrorCode><ErrorMessage>{words}</ErrorMessage>{rest}</Response>'
    )


def _status(code: str, words: str) -> str:
    return f'<ErrorCode>{code}</ErrorCode><ErrorMessage>{words}</ErrorMessage><RedirectTarget i:nil="true"/>'


def _listed(kind: Kind, answers: Iterable[str]) -> str:
    name = "UserResponses" if kind is Kind.USER else "DomainResponses"
    return f"<{name}>{''.join(answers)}</{name}>"


def _texts(payload: etree._Element, name: str) -> tuple[str, ...]:
    return tuple((found.text or "").strip() for found in payload.iter(f"{{{AUTODISCOVER}}}{name}"))
