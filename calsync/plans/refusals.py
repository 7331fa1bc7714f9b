"""Keeps one field that a spoke refuses from holding up the others: they are written without it, one part at a time."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Final

from calsync.agreed import ANEW, Agreed, Digests, Link
from calsync.contents import digests
from calsync.event_fields import AT, FRAME
from calsync.items import Fields

NOT_NOW: Final = "cannot be written now, though the rules let the hub: it waits until its server lets us"
"""In ``Link.left``: the item is planned again as soon as that spoke can be written, and not before."""
REFUSED: Final = "the spoke refuses it: "
PART: Final = "the spoke refuses a part of it: "
"""What ``Link.left`` begins with as long as it is not known which part that is: each is tried by itself then."""


def kept(link: Link) -> str:
    """What ``link.left`` says of a copy that the spoke refused to take, or could not take yet; "" where that is
    something else."""
    return link.left if link.left.startswith((REFUSED, PART, NOT_NOW)) and not link.version else ""


def refused_removal(link: Link) -> bool:
    """Whether the spoke refused to remove what stands there: of a change that it refused it is known which fields."""
    return bool(link.version) and link.left.startswith(REFUSED) and not link.barred


def undone(agreed: Agreed) -> bool:
    """Whether something of the item may still be to be written, at once or when a spoke can be written again."""
    return agreed.pending or any(link.left == NOT_NOW for link in agreed.links.values())


def barred(link: Link, stands: Digests, differ: Iterable[str]) -> frozenset[str]:
    """Those of ``differ`` that the spoke refused as they are to stand there."""
    return frozenset(name for name in differ if link.barred.get(name) == stands.get(name, ANEW))


def first_part(differ: Iterable[str]) -> set[str]:
    """What of ``differ`` is tried first: all that says when it is, else one field."""
    times = {name for name in differ if name in FRAME or name.startswith(AT)}
    return times or {min(differ)}


def without(link: Link, fields: Fields, changes: frozenset[str], words: str) -> Link:
    """``link`` after the spoke refused to write ``changes``, which are as in ``fields``."""
    if first_part(changes) != changes:
        return replace(link, left=PART + words)
    stands = digests(fields)
    found = replace(link, barred={**link.barred, **{name: stands.get(name, ANEW) for name in changes}})
    return replace(found, left=(PART if _open(found, stands, changes) else REFUSED) + words)


def held(link: Link, stands: Digests, changes: frozenset[str]) -> dict[str, bytes]:
    """By field the digest of what was asked last, of those that a write of ``changes`` left out: they were refused, or
    are tried by themselves. ANEW where nothing was asked. ``stands`` are the digests of all that shall stand there."""
    names = _open(link, stands, changes) if link.left.startswith(PART) else frozenset()
    return {name: link.asked.get(name, ANEW) for name in {*names, *barred(link, stands, link.barred)} - changes}


def said(left: str, still: Mapping[str, bytes]) -> str:
    """What ``Link.left`` says where ``still`` is barred, and all else is written."""
    return (REFUSED + left.removeprefix(PART).removeprefix(REFUSED)) if still and left else ""


def _open(link: Link, stands: Digests, changes: frozenset[str]) -> frozenset[str]:
    """The fields that are another than was asked last, and were not refused."""
    differ = {name for name in {*stands, *link.asked} if stands.get(name, b"") != link.asked.get(name, b"")} - changes
    return frozenset(differ - barred(link, stands, differ))
