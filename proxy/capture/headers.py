"""What is kept of headers, path and query: every name in its order, values by an allow-list, word by word."""

import re
from collections.abc import Callable, Iterable, Mapping
from ipaddress import ip_address
from typing import Any, Final, TypeAlias
from urllib.parse import parse_qsl, unquote

from proxy.capture import authorization
from proxy.capture.pseudonyms import Pseudonyms
from proxy.capture.words import PATHS, known_action

Field: TypeAlias = tuple[str, str]
_Keep: TypeAlias = Callable[[str, Pseudonyms], Any]

_PLAIN_NAME: Final = re.compile(r"[A-Za-z]{1,30}(-[A-Za-z]{1,30}){0,6}")
_WORD: Final = re.compile(r"([^\s;,=/\":()]+)")
_SEPARATORS: Final = re.compile(r"[^ ;,=/\":()]+")
_NUMBER: Final = re.compile(r"\d{1,5}(\.\d{1,3})?|\d{1,7}", re.ASCII)
_VERSION: Final = re.compile(r"v?\d{1,6}(\.\d{1,6}){0,4}(_\d{1,3})?", re.ASCII)
_LETTERS: Final = re.compile(r"[A-Za-z]{1,32}([-_+][A-Za-z]{1,32}){0,4}")
_LANGUAGE: Final = re.compile(r"[a-z]{2}(-[A-Z]{2})?")
_SHORTEST: Final = 3
_ADDRESS: Final = re.compile(  # what might be one of IPv4; of IPv6, with two colons or more
    r"((?<!\d)\d{1,3}(?:\.\d{1,3}){3}(?!\d)"
    r"|\[?(?<!\w)(?=[0-9A-Fa-f]*:[0-9A-Fa-f]*:)[0-9A-Fa-f:.]{3,60}(?:%[\w.-]{1,40})?\]?)"
)
_QUOTED: Final = re.compile(r"\"([^\"]*)\"")
_CHALLENGES: Final = frozenset(
    {"basic", "bearer", "negotiate", "ntlm", "realm", "charset", "client_id", "trusted_issuers", "error", "token_types"}
)
_SEGMENTS: Final = frozenset(segment for path in PATHS for segment in path.split("/")) | {"v1.0"}

_WORDS: Final = frozenset(
    """* */* text xml html plain json application soap+xml charset action utf-8 utf-16 us-ascii iso-8859-1 boundary
    multipart related mtom gzip deflate br identity compress zstd chunked trailers keep-alive close upgrade te q
    100-continue no-cache no-store max-age true false post get head x-www-form-urlencoded type start-info""".split()  # noqa: SIM905  many words
)
_PRODUCTS: Final = frozenset(
    """asproxy asautodiscover crossforest crosssite emaildomain exch directory orgrelationship exchange microsoft
    exchangeservicesclient exchangelib python-requests python aiohttp java apache-httpclient apache jakarta jax-ws ri
    google google-http-java-client gzip gfe calendar interop mozilla compatible msie windows nt win x64 win64 wow64
    trident net clr office outlook owa ews client http server node undici x86_64 linux os ms ie rv ws u""".split()  # noqa: SIM905  many words
)
_QUERIES: Final[dict[str, frozenset[str]]] = {
    "protocol": frozenset({"ews", "availabilityservice", "autodiscoverv1", "activesync", "rest", "rest2"}),
    "redirectcount": frozenset("0123456789"),
    "email": frozenset(),
    "wsdl": frozenset(),
}


def kept(fields: Iterable[Field], pseudonyms: Pseudonyms, *, host: str = "") -> list[list[Any]]:
    """``[name, value]`` for what may be shown, ``[name]`` for what was there besides; ``host`` is our public one."""
    told: list[list[Any]] = []
    for name, value in fields:
        keep = _VALUES.get(name.lower())
        if name.lower() == "host":
            told.append([name, "ours" if value.lower() == host.lower() else "another"])
        elif keep is not None:
            told.append([name, keep(value, pseudonyms)])
        else:
            told.append([name if _PLAIN_NAME.fullmatch(name) else pseudonyms.text(name.lower())])
    return told


def path(raw: str, pseudonyms: Pseudonyms) -> str:
    """A path with every segment replaced that is not one of ours, in any letter case."""
    segments = []
    for segment in raw.split("/"):
        known = segment.lower() in _SEGMENTS
        segments.append(segment if known else pseudonyms.of(unquote(segment)))
    return "/".join(segments)


def query(raw: str, pseudonyms: Pseudonyms) -> str:
    """A query with the names and values of Autodiscover's, and a pseudonym for every other."""
    told = []
    for name, value in parse_qsl(raw, keep_blank_values=True, errors="replace")[:50]:
        known = _QUERIES.get(name.lower())
        shown = value if value == "" or (known is not None and value.lower() in known) else pseudonyms.of(value)
        told.append((name if known is not None else pseudonyms.text(name)) + (f"={shown}" if shown else ""))
    return "&".join(told)


def _split(value: str, word: Callable[[str], str]) -> str:
    parts = _WORD.split(value)
    return "".join(word(part) if number % 2 else _SEPARATORS.sub("?", part) for number, part in enumerate(parts))


def _vocabulary(value: str, pseudonyms: Pseudonyms) -> str:
    def word(text: str) -> str:
        shown = text.lower() in _WORDS or _NUMBER.fullmatch(text) or _LANGUAGE.fullmatch(text)
        return text if shown else pseudonyms.text(text)

    return _split(value, word)


def _agent(value: str, pseudonyms: Pseudonyms) -> str:
    """Products and versions: words of letters, unless they were replaced elsewhere, and numbers with dots.

    Of a word of two letters one cannot tell whether it is a name: it must be known. Addresses look like versions.
    """

    def personal(part: str) -> bool:
        return part.lower() not in _PRODUCTS and (len(part) < _SHORTEST or pseudonyms.replaced(part))

    def word(text: str) -> str:
        if text.lower() in _PRODUCTS or _VERSION.fullmatch(text):
            return text
        shown = _LETTERS.fullmatch(text) and not any(map(personal, re.split("[-_+]", text)))
        return text if shown else pseudonyms.text(text)

    pieces = re.split(_ADDRESS, value[:500])
    return "".join(
        (_address(piece, pseudonyms) if number % 2 else None) or _split(piece, word)
        for number, piece in enumerate(pieces)
    )


def _address(text: str, pseudonyms: Pseudonyms) -> str | None:
    """The pseudonym of an address of IP, with brackets, zone or port, as of one that came alone; None for any other."""
    bare = text.strip("[].")
    for one in (bare, bare.rpartition(":")[0]):
        try:
            address = ip_address(re.sub(r"(?<![\dA-Fa-f])0+(?=\d)", "", one) if "." in one else one)
        except ValueError:
            continue
        return pseudonyms.network(str(address))
    return None


def _action(value: str, pseudonyms: Pseudonyms) -> str:
    bare = value.strip().strip('"')
    return value if not bare or known_action(bare) else value.replace(bare, pseudonyms.of(bare))


def _networks(value: str, pseudonyms: Pseudonyms) -> str:
    return ", ".join(pseudonyms.network(one.strip()) for one in value.split(","))


def _media_type(value: str, pseudonyms: Pseudonyms) -> str:
    """As the vocabulary, and the action that SOAP 1.2 puts here."""
    before, action, rest = value.partition('action="')
    uri, quote, after = rest.partition('"')
    told = _vocabulary(before, pseudonyms)
    return f"{told}{action}{_action(uri, pseudonyms)}{quote}{_vocabulary(after, pseudonyms)}" if action else told


def _challenge(value: str, pseudonyms: Pseudonyms) -> str:
    """Our own: schemes, the names of their parameters, our realm and Microsoft's identifiers are shown."""

    def word(text: str) -> str:
        return text if text.lower() in _CHALLENGES else pseudonyms.text(text)

    told = []
    for number, part in enumerate(_QUOTED.split(value)):
        if number % 2 == 0:
            told.append(_split(part, word))
        else:
            told.append(f'"{part if part in ("", "Busyline") else authorization.everybodys(part, pseudonyms)}"')
    return "".join(told)


def _pseudonym(value: str, pseudonyms: Pseudonyms) -> str:
    return pseudonyms.of(value.strip()) if value.strip() else ""


_VALUES: Final[Mapping[str, _Keep]] = {
    "authorization": authorization.kept,
    "user-agent": _agent,
    "soapaction": _action,
    "content-type": _media_type,
    **dict.fromkeys(("accept", "accept-encoding", "accept-language", "accept-charset"), _vocabulary),
    **dict.fromkeys(("content-encoding", "content-length", "transfer-encoding", "te", "expect"), _vocabulary),
    **dict.fromkeys(("connection", "cache-control", "pragma", "return-client-request-id"), _vocabulary),
    **dict.fromkeys(("retry-after", "x-soap-enabled", "allow"), _vocabulary),  # ours
    **dict.fromkeys(("x-anchormailbox", "client-request-id", "x-clientstatistics"), _pseudonym),
    "x-forwarded-for": _networks,
    "www-authenticate": _challenge,
}
"""By lower-case name; of every other header no more than the name is kept."""
