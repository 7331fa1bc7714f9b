"""Reads a request of a shape seen before at a fraction of the cost: only its mailboxes are new.

A caller asks in the same words again and again. What stands around the mailboxes is read once, by the parser and the
decoder that read everything else, and remembered; the mailboxes are matched. Whatever is unusual in any way is left to
the parser, so that this room never decides what a request means, or whether it is one.
"""

import re
import secrets
from functools import lru_cache

from protocols.errors import RequestError
from protocols.ews.operations import AVAILABILITY
from protocols.ews.query import AvailabilityRequest, Target
from protocols.ews.request import MOST_MAILBOXES, decode, target_of
from protocols.ews.soap import read_envelope

_LONGEST_SHAPE = 8_192
_NAME = b"MailboxDataArray"
_ARRAY = _NAME + b">"
_STAND_IN = f"{secrets.token_hex(16)}@busyline.invalid"  # a request that could name it could pass off another array
_TEXT = rb"[ !-%'-;=?-\\^-~]*"  # printable ASCII less what could be markup: & < > ]
_S = rb"[ \t\r\n]*"


def _element(name: bytes, content: bytes) -> bytes:
    return rb"<(?P=p)" + name + rb">" + content + rb"</(?P=p)" + name + rb">" + _S


_MAILBOX = re.compile(
    _S
    + rb"<(?P<p>[A-Za-z][\w.-]{0,99}:|)MailboxData>"
    + _S
    + _element(
        b"Email",
        _S
        + rb"(?:%b)?" % _element(b"Name", _TEXT)
        + _element(b"Address", rb"(?P<address>" + _TEXT + rb")")
        + rb"(?:%b)?" % _element(b"RoutingType", rb"SMTP"),
    )
    + rb"(?:%b)?" % _element(b"AttendeeType", rb"[A-Za-z]*")
    + rb"(?:%b)?" % _element(b"ExcludeConflicts", rb"[a-z01]*")
    + rb"</(?P=p)MailboxData>"
    + _S
)


def decode_familiar(data: bytes) -> AvailabilityRequest | None:
    """Exactly what ``decode(read_envelope(data))`` gives; None where that has to be asked, the errors included."""
    # A comment, a CDATA section or a document type could hide what the patterns look for, another encoding could too.
    if b"<!" in data or b"\x00" in data or data.find(b"<?", 1) >= 0 or not _has_one_array(data):
        return None
    start, end = _array(data)
    if start < 0 or end < 0 or start + len(data) - end > _LONGEST_SHAPE:
        return None
    found = _targets(data[start:end])
    if found is None:
        return None
    prefix, targets = found
    shape = _shape(data[:start], data[end:], prefix)
    if shape is None or shape.suggestions is not None:  # for meeting times it matters who is what, which is not read
        return None
    return AvailabilityRequest(
        targets=targets,
        question=shape.question,
        view=shape.view,
        zone=shape.zone,
        server_version=shape.server_version,
        request_type=shape.request_type,
    )


def _has_one_array(data: bytes) -> bool:
    """Whether nothing else can be an array, or look like one: ``<MailboxDataArray >`` is one too."""
    return data.count(_ARRAY) == data.count(_NAME) == 2


def _array(data: bytes) -> tuple[int, int]:
    """Where the content of the array starts and ends, if it is one: :func:`_shape` finds that out. -1: not found."""
    name = data.find(_ARRAY)
    opened = data.rfind(b"<", 0, name)
    tag = data[opened + 1 : name + len(_ARRAY)]
    return name + len(_ARRAY), data.find(b"</" + tag, name)


def _targets(mailboxes: bytes) -> tuple[bytes, tuple[Target, ...]] | None:
    """The prefix of the mailboxes and their targets; None unless they fill ``mailboxes`` from end to end."""
    targets: list[Target] = []
    place, prefix = 0, None
    while place < len(mailboxes):
        match = _MAILBOX.match(mailboxes, place)
        if match is None or len(targets) == MOST_MAILBOXES or prefix not in (None, match["p"]):
            return None
        targets.append(target_of(match["address"].decode("ascii").strip()))
        place, prefix = match.end(), match["p"]
    return (prefix, tuple(targets)) if prefix is not None else None


@lru_cache(maxsize=512)
def _shape(head: bytes, tail: bytes, prefix: bytes) -> AvailabilityRequest | None:
    """The request around the mailboxes, with one that stands in for them; None where it is not plainly one."""
    if not _plainly_encoded(head):
        return None
    email = b"<%bEmail><%bAddress>%b</%bAddress></%bEmail>" % (prefix, prefix, _STAND_IN.encode(), prefix, prefix)
    try:
        envelope = read_envelope(b"%b<%bMailboxData>%b</%bMailboxData>%b" % (head, prefix, email, prefix, tail))
        request = decode(envelope) if envelope.operation == AVAILABILITY else None
    except RequestError:
        return None
    # the mailboxes of the request are those of the array that was cut out, and no others
    return request if request and [target.asked for target in request.targets] == [_STAND_IN] else None


def _plainly_encoded(head: bytes) -> bool:
    """Whether bytes below 128 are ASCII: no declaration, or one of UTF-8."""
    declaration = head.partition(b"?>")[0] if head.startswith((b"<?xml", b"\xef\xbb\xbf<?xml")) else b""
    encoding = re.search(rb"encoding\s*=\s*[\"']([^\"']*)", declaration)
    return encoding is None or encoding[1].lower() in (b"utf-8", b"us-ascii")
