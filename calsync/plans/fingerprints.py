"""Recognises the same appointment or person in another copy, whoever made it: by times and subject, or by names."""

import json
import re
from hashlib import blake2b
from itertools import islice
from typing import Final

from calsync.items import Fields
from calsync.plans.details import BUSY, NOTHING, labelled, level, masked, stricter
from calsync.rules import Detail, HubRules, Kind

SHADOW: Final = "Busy"
"""The subject of a copy that tells the times alone."""
_HIDDEN: Final = "\0"
_HEAD: Final = re.compile(r"[\s\])}>:|]+")
_MOST_HEADS: Final = 4


def fingerprint(fields: Fields, rules: HubRules) -> bytes:
    """Eight bytes that equal copies share, whatever their zone, letter case, spaces, and any prefix or redaction that
    this hub puts on; b"" for what has no subject, or no name, and is like too many others."""
    if level(fields) == NOTHING:
        return b""
    if "when" in fields:
        said = [_times(fields["when"]), fields.get("rule", ""), _subject(fields, rules)]
    else:
        emails = json.loads(fields.get("emails", "[]"))
        said = [_named(fields, rules), *(address.lower() for address in emails[:1])]
    if not said[-1]:
        return b""
    return blake2b("\1".join(said).encode("utf-8", "surrogatepass"), digest_size=8).digest()


def tails(fields: Fields, rules: HubRules) -> list[tuple[str, bytes]]:
    """What the subject of an event begins with, and the fingerprint of the same without that, shortest beginning first:
    what it is a copy of, if another program puts that before each subject that it copies."""
    subject = fields.get("subject", "") if "when" in fields else ""
    cuts = [found.end() for found in islice(_HEAD.finditer(subject), _MOST_HEADS)]
    ends = [(_flat(subject[:cut]), {**fields, "subject": subject[cut:]}) for cut in cuts if subject[cut:]]
    return [(head, fingerprint(end, rules)) for head, end in ends if _subject(end, rules) not in ("", _HIDDEN)]


def shadow(fields: Fields, rules: HubRules) -> bytes:
    """The fingerprint of those copies of ``fields`` that tell its times, or somebody's names, alone; b"" where this hub
    makes none, or where that is its fingerprint anyway."""
    hides = any(each.gets.create and (each.gets.subject or each.gets.detail is Detail.BUSY) for each in rules.spokes)
    if not hides or not fields or stricter(level(fields), BUSY) == level(fields):
        return b""
    return outline(fields, rules)


def outline(fields: Fields, rules: HubRules) -> bytes:
    """The fingerprint of the times, or of somebody's names, alone; b"" where there are no names."""
    return fingerprint(labelled(masked(fields, BUSY, rules.kind), BUSY), rules)


def times_alone(fields: Fields, rules: HubRules) -> bool:
    """Whether nothing but the times, or the names of a contact, tells what this is."""
    if "when" in fields:
        return _subject(fields, rules) == _HIDDEN
    return masked(fields, BUSY, Kind.CONTACTS) == fields


def bare(text: str, rules: HubRules) -> str:
    """A subject without any prefix that this hub puts before one."""
    prefixes = sorted({spoke.gets.prefix for spoke in rules.spokes if spoke.gets.prefix.strip()}, key=len, reverse=True)
    while (found := next((prefix for prefix in prefixes if text.startswith(prefix)), None)) is not None:
        text = text.removeprefix(found)
    return text


def _times(text: str) -> str:
    values = json.loads(text)
    return " ".join(values[name] for name in ("first", "until", "start", "end") if name in values)


def _subject(fields: Fields, rules: HubRules) -> str:
    subject = _flat(bare(fields.get("subject", ""), rules))
    hiding = {_flat(SHADOW), *(_flat(spoke.gets.subject) for spoke in rules.spokes if spoke.gets.subject)}
    return _HIDDEN if subject in hiding or stricter(level(fields), BUSY) == level(fields) else subject


def _named(fields: Fields, rules: HubRules) -> str:
    parts = (fields.get(name, "") for name in ("given_name", "surname"))
    return _flat(" ".join(filter(None, parts))) or _flat(bare(fields.get("display_name", ""), rules))


def _flat(text: str) -> str:
    return " ".join(text.casefold().split())
