"""The words of the settings: what an address, a pattern or a URL must look like, and what a section is."""

import re
from functools import partial
from pathlib import Path
from typing import Annotated, Final, TypeVar
from urllib.parse import SplitResult, urlsplit

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Strict

from protocols.model.mailbox import canonical, canonical_domain

ALIAS = "{alias}"
"""The template of a route whose connector knows people by their aliases."""
FILE: Final = "file:"
"""Stands before the path of a file where other text could stand as well."""
T = TypeVar("T")
_HOST = re.compile(r"[\w.-]+|[0-9a-f:.]+")  # letters of any language; the brackets of IPv6 are gone


def url_such_as(example: str) -> AfterValidator:
    """What checks an address; ``example`` is what whoever wrote something else is shown."""
    return AfterValidator(partial(_url, example=example))


def _url(text: str, example: str) -> str:
    parts = urlsplit(text)
    local = parts.hostname in {"localhost", "127.0.0.1", "::1"}
    if parts.hostname and parts.scheme == "http" and not local:
        raise ValueError("not an https address: http:// is for this machine (127.0.0.1) alone, so write https://")
    if not parts.hostname or parts.scheme not in {"https", "http"}:
        raise ValueError(f'not an https address: write for example "{example}"')
    if parts.username or parts.password or parts.query or parts.fragment:
        raise ValueError("an address here has no user, no ? and no #: write those nowhere but in their own keys")
    return text.rstrip("/")


def _public_url(text: str) -> str:
    parts = urlsplit(text if text.isprintable() else "")  # it drops tabs and line ends in silence
    if parts.scheme not in {"https", "http"} or not parts.hostname or parts.path not in {"", "/"}:
        raise ValueError('write scheme and host alone, such as "https://busy.example.com"')
    if parts.username or parts.query or parts.fragment or not _HOST.fullmatch(parts.hostname) or not _port(parts):
        raise ValueError('write scheme and host alone, such as "https://busy.example.com"')
    return text.rstrip("/")


def _port(parts: SplitResult) -> bool:
    try:
        return parts.port != 0
    except ValueError:
        return False


def _mailbox(text: str) -> str:
    try:
        return canonical(text)
    except ValueError:
        raise ValueError(f'"{text}" is no address: write one such as "fb1@contoso.example"') from None


def _subject(text: str) -> str:
    if text == "target":
        return text
    try:
        return canonical(text)
    except ValueError:
        raise ValueError(f'"{text}" is no address: write the address to act as, or "target"') from None


def _pattern(text: str) -> str:
    """An address, a domain or ``*.domain``, in its canonical spelling."""
    try:
        if "@" in text:
            return canonical(text)
        if text.startswith("*."):
            return "*." + canonical_domain(text[2:])
        return canonical_domain(text)
    except ValueError:
        raise ValueError(f'"{text}" matches nothing: write an address, a domain, or "*.domain"') from None


def _room_pattern(text: str) -> str:
    local, at, domain = text.rpartition("@")
    if not (at and local and domain) or set(" \t[]") & set(text):
        raise ValueError(f'"{text}" matches no address: write an address, with * for any part: "*@rooms.example.com"')
    return text.lower()


def some(values: tuple[T, ...]) -> tuple[T, ...]:
    if not values:  # said here, because a length would be found too short as well where an entry is wrong
        raise ValueError("write at least one")
    return values


def _domain(text: str) -> str:
    try:
        return canonical_domain(text)
    except ValueError:
        raise ValueError(f'"{text}" is no domain: write one such as "northwind.example"') from None


def _rewrites(written: object) -> object:
    """A template, or one for each of several connectors."""
    templates = written.values() if isinstance(written, dict) else (written,)
    if not all(isinstance(template, str) for template in templates):
        raise ValueError('write a template such as "{local}@g.northwind.example", or a table of them by connector')
    return (
        {str(name): _rewrite(text) for name, text in written.items()}
        if isinstance(written, dict)
        else _rewrite(str(written))
    )


def _rewrite(text: str) -> str:
    if text == ALIAS:
        return text
    if "@" not in text or {"{", "}"} & set(text.replace("{local}", "").replace("{domain}", "")):
        raise ValueError(f'"{text}" is no template: write for example "{{local}}@g.northwind.example"')
    _mailbox(text.replace("{local}", "someone").replace("{domain}", "example.com"))
    return text


def _path(path: Path) -> Path:
    if "\0" in str(path):  # no system has such a file, and each tells of it by another error
        raise ValueError("a path has no NUL (\\u0000) in it: write the path as the system shows it")
    return path


def without_file(written: object) -> object:
    """A path as it stands, or behind the ``file:`` that other keys want before one."""
    return written.removeprefix(FILE).strip() if isinstance(written, str) else written


Whole = Annotated[int, Strict()]
"""A whole number: neither text nor true or false."""
Number = Annotated[float, Strict()]
"""The same with or without a point."""
Switch = Annotated[bool, Strict()]
"""true or false: neither text nor a number."""
FilePath = Annotated[Path, BeforeValidator(without_file), AfterValidator(_path)]
Url = Annotated[str, url_such_as("https://server.example.com")]
EwsUrl = Annotated[str, url_such_as("https://mail.example.com/EWS/Exchange.asmx")]
DavUrl = Annotated[str, url_such_as("https://dav.example.com")]
PublicUrl = Annotated[str, AfterValidator(_public_url)]
Address = Annotated[str, AfterValidator(_mailbox)]
Subject = Annotated[str, AfterValidator(_subject)]
Domain = Annotated[str, AfterValidator(_domain)]
Pattern = Annotated[str, AfterValidator(_pattern)]
MayAsk = Annotated[str, AfterValidator(lambda text: text if text == "*" else _pattern(text))]
RoomPattern = Annotated[str, AfterValidator(_room_pattern)]
Rewrite = Annotated[str | dict[str, str], BeforeValidator(_rewrites)]
Template = Annotated[str, AfterValidator(_rewrite)]


class Section(BaseModel):
    """A section of the configuration: unknown keys are errors, and nothing changes once it is read."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True, hide_input_in_errors=True)
