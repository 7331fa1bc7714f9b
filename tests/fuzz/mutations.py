"""Changes an input the way markup is changed: tags, elements and texts instead of bits; the same for the same seed."""

import random
import re
from collections.abc import Callable
from typing import TypeAlias

_TOKENS = re.compile(rb"(<[^>]*>|[.&\n])")  # tags, and what joins the parts of a token or a query
_VALUES = (
    b"", b" ", b"0", b"-1", b"30", b"1440", b"99999999999999999999", b"true", b"None", b"DetailedMerged", b"UTC",
    b"2026-11-23T00:00:00", b"2026-11-23T24:00:00", b"0001-01-01T00:00:00Z", b"9999-12-31T23:59:59+14:00", b"12:00:00",
    b"ann@fabrikam.example", b"SMTP:x@y.example", b"a@" + b"b" * 70 + b".example", b"/o=x", b"Sunday", b"e30", b"1e999",
    b"\xc3\x9f@\xc3\xbc.example", b"\xff", b"\x00", b"]]>", b"&#x10FFFF;", b"&#xD800;", b"W. Europe Standard Time",
)  # fmt: skip
_PIECES = (
    b"<!-- x -->", b"<![CDATA[<a>]]>", b"<?x y?>", b"<!DOCTYPE a>", b"<x/>", b"<t:Email/>", b"&amp;", b"&x;", b" a='b'",
    b"<m:MailboxDataArray>", b"</m:MailboxDataArray>", b"<?xml version='1.0' encoding='utf-16'?>", b"\xef\xbb\xbf",
    b' xmlns="urn:x"', b' s:mustUnderstand="1"', b' Id="x"', b"=", b"+", b"%00", b"{", b'"', b"\r\n",
)  # fmt: skip
Tokens: TypeAlias = list[bytes]


def mutated(data: bytes, chance: random.Random, longest: int) -> bytes:
    """``data`` with one to four changes, at most ``longest`` bytes of it."""
    tokens = _TOKENS.split(data)
    for _ in range(chance.randint(1, 4)):
        chance.choice(_CHANGES)(tokens, chance)
    return b"".join(tokens)[:longest]


def _span(tokens: Tokens, chance: random.Random) -> slice:
    start = chance.randrange(len(tokens) + 1)
    return slice(start, start + chance.choice((1, 1, 2, 3, 5, 9, 20)))


def _drop(tokens: Tokens, chance: random.Random) -> None:
    del tokens[_span(tokens, chance)]


def _repeat(tokens: Tokens, chance: random.Random) -> None:
    span = _span(tokens, chance)
    tokens[span.start : span.start] = tokens[span] * chance.choice((1, 1, 2, 10))


def _move(tokens: Tokens, chance: random.Random) -> None:
    span = _span(tokens, chance)
    moved = tokens[span]
    del tokens[span]
    place = chance.randrange(len(tokens) + 1)
    tokens[place:place] = moved


def _say(tokens: Tokens, chance: random.Random) -> None:
    texts = [number for number, token in enumerate(tokens) if token and not token.startswith(b"<")]
    if texts:
        tokens[chance.choice(texts)] = chance.choice(_VALUES)


def _insert(tokens: Tokens, chance: random.Random) -> None:
    tokens.insert(chance.randrange(len(tokens) + 1), chance.choice(_PIECES))


def _bend(tokens: Tokens, chance: random.Random) -> None:
    if not tokens:
        return
    number = chance.randrange(len(tokens))
    token = bytearray(tokens[number])
    if token:
        token[chance.randrange(len(token))] = chance.randrange(256)
        tokens[number] = bytes(token)


_CHANGES: tuple[Callable[[Tokens, random.Random], None], ...] = (_drop, _repeat, _move, _say, _insert, _bend)
