"""A mailbox is an SMTP address in one canonical spelling: its spellings meet in one route and one cache entry."""

import unicodedata
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise
from typing import Self

from protocols.model.invisible import is_invisible, is_mark

_MAX_LOCAL, _MAX_DOMAIN, _MAX_LABEL = 64, 253, 63  # octets: RFC 5321 4.5.3.1, RFC 1035 2.3.4
_MAX_TEXT = 512  # longer than any address with its prefix, before its domain is encoded; no more is ever remembered
_ATOM = frozenset("abcdefghijklmnopqrstuvwxyz0123456789!#$%&'*+-/=?^_`{|}~.")  # RFC 5322 3.2.3, lower case
_LETTERS_DIGITS_HYPHEN = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-_")


@dataclass(frozen=True, slots=True)
class Mailbox:
    """An SMTP address: lower case, domain as A-labels, without ``SMTP:``; equal whatever spelling was asked.

    ``asked`` keeps the address as the caller wrote it, which is what every answer echoes.
    Raises ValueError where the address is not canonical; :meth:`parse` makes it so.
    """

    address: str
    asked: str = field(compare=False)

    def __post_init__(self) -> None:
        if canonical(self.address) != self.address:
            raise ValueError(f"not a canonical SMTP address: {self.address!r}")

    @classmethod
    def parse(cls, text: str) -> Self:
        """The mailbox that ``text`` names. Raises ValueError where it is no SMTP address."""
        return cls(canonical(text), text)

    @property
    def local(self) -> str:
        """What stands before the @."""
        return self.address.rpartition("@")[0]

    @property
    def domain(self) -> str:
        """What stands after the @, as A-labels (RFC 5890)."""
        return self.address.rpartition("@")[2]

    def __str__(self) -> str:
        return self.address


def canonical(text: str) -> str:
    """``text`` as a canonical SMTP address. Raises ValueError where it is none."""
    return _canonical(_bounded(text, "an SMTP address"))


@lru_cache(maxsize=65_536)
def _canonical(address: str) -> str:
    text = address
    if address[:5].upper() == "SMTP:":
        address = address[5:]
    local, at, domain = address.rpartition("@")
    local = local.lower() if local.isascii() else _composed(local)
    fits = 0 < len(local.encode("utf-8", "replace")) <= _MAX_LOCAL and domain[:1].strip() == domain[:1]
    if not (at and fits and _is_local(local)):
        raise ValueError(f"not an SMTP address: {text[:100]!r}")
    return f"{local}@{canonical_domain(domain)}"


def canonical_domain(text: str) -> str:
    """``text`` as a DNS name in lower-case A-labels, without the dot that may end it. ValueError where it is none."""
    return _canonical_domain(_bounded(text, "a DNS name"))


@lru_cache(maxsize=16_384)
def _canonical_domain(text: str) -> str:
    labels = [_a_label(label) for label in text.removesuffix(".").split(".")]
    domain = ".".join(labels)
    if len(domain) > _MAX_DOMAIN:
        raise ValueError(f"domain longer than {_MAX_DOMAIN} octets: {text[:100]!r}")
    return domain


def _bounded(text: str, kind: str) -> str:
    text = text.strip()
    if len(text) > _MAX_TEXT:
        raise ValueError(f"not {kind}: {text[:100]!r}")
    return text


def _a_label(label: str) -> str:
    """One label as RFC 5891 encodes it; the standard library's own codec is IDNA 2003, for which ß is ss."""
    label = _composed(label)
    if label.isascii():
        encoded = label
        fit = all(c in _LETTERS_DIGITS_HYPHEN for c in label)
    else:
        fit = all(c in _LETTERS_DIGITS_HYPHEN or _is_letter(c) for c in label)
        encoded = "xn--" + label.encode("punycode").decode("ascii") if fit else label
    if not fit or not 0 < len(encoded) <= _MAX_LABEL or label[0] == "-" or label[-1] == "-":
        raise ValueError(f"not a DNS label: {label[:100]!r}")
    return encoded


def _composed(text: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).lower())


def _is_local(text: str) -> bool:
    """Dot-atoms of RFC 6531 without what some systems fold away: a second spelling would be a way around a rule."""
    if text.isascii():
        return _ATOM.issuperset(text)
    visible = all(c in _ATOM or (_is_letter(c) and not is_invisible(c)) for c in text)
    alone = any(is_mark(c) and unicodedata.category(before)[0] not in "LMN" for before, c in pairwise(" " + text))
    return visible and not alone and unicodedata.normalize("NFKC", text) == text


def _is_letter(c: str) -> bool:
    return not c.isascii() and unicodedata.category(c)[0] in "LMN"
