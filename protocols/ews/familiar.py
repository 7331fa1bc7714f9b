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
_LONGEST_PREFIX = 101
_LONGEST_MAILBOX = 1_024  # of more, with a long name perhaps, too many would be remembered
_NAME = b"MailboxDataArray"
_ARRAY = _NAME + b">"
_FIRST = b"MailboxData>"
_SPACE = b" \t\r\n"
_STAND_IN = f"{secrets.token_hex(16)}@busyline.invalid"  # a request that could name it could pass off another array
_TEXT = rb"[ !-%'-;=?-\\^-~]*"  # printable ASCII less what could be markup: & < > ]
_S = rb"[ \t\r\n]*"


def _element(name: bytes, content: bytes) -> bytes:
    return rb"<(?P=p)" + name + rb">" + content + rb"</(?P=p)" + name + rb">" + _S


_MAILBOX = re.compile(
    rb"<(?P<p>[A-Za-z][\w.-]{0,99}:|)MailboxData>"
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
)


def decode_familiar(data: bytes) -> AvailabilityRequest | None:
    """Exactly what ``decode(read_envelope(data))`` gives; None where that has to be asked, the errors included."""
    start, end = _array(data)
    if start < 0 or end < 0 or start + len(data) - end > _LONGEST_SHAPE:
        return None
    first = data.find(_FIRST, start, end)
    prefix = data[data.rfind(b"<", start, first) + 1 : first] if first > 0 else b""
    shape = _shape(data[:start], data[end:], prefix) if len(prefix) <= _LONGEST_PREFIX else None
    if shape is None:
        return None
    targets = _targets(data[start:end], prefix)
    if targets is None:
        return None
    return AvailabilityRequest(
        targets=targets,
        question=shape.question,
        view=shape.view,
        zone=shape.zone,
        server_version=shape.server_version,
        request_type=shape.request_type,
    )


def _array(data: bytes) -> tuple[int, int]:
    """Where the content of the array starts and ends, if it is one: :func:`_shape` finds that out. -1: not found."""
    name = data.find(_ARRAY)
    opened = data.rfind(b"<", 0, name)
    tag = data[opened + 1 : name + len(_ARRAY)]
    return name + len(_ARRAY), data.find(b"</" + tag, name)


def _targets(mailboxes: bytes, prefix: bytes) -> tuple[Target, ...] | None:
    """The targets of all ``mailboxes``; None unless they fill the array from end to end, and are not too many."""
    written = mailboxes.split(b"</%bMailboxData>" % prefix)
    if written.pop().strip(_SPACE) or not 0 < len(written) <= MOST_MAILBOXES:
        return None
    if len(max(written, key=len)) > _LONGEST_MAILBOX:
        return None
    targets = [_target(each.lstrip(_SPACE), prefix) for each in written]
    return tuple(targets) if all(targets) else None  # type: ignore[arg-type]  # none of them is None


@lru_cache(maxsize=16_384)
def _target(mailbox: bytes, prefix: bytes) -> Target | None:
    """The target that stands in a MailboxData without its end; None where that is anything but plain."""
    match = _MAILBOX.fullmatch(mailbox)
    if match is None or match["p"] != prefix:
        return None
    return target_of(match["address"].decode("ascii").strip())


@lru_cache(maxsize=512)
def _shape(head: bytes, tail: bytes, prefix: bytes) -> AvailabilityRequest | None:
    """The request around the mailboxes, with one that stands in for them; None where it is not plainly one."""
    if not (_plainly_encoded(head) and _is_plain(head, tail)):
        return None
    email = b"<%bEmail><%bAddress>%b</%bAddress></%bEmail>" % (prefix, prefix, _STAND_IN.encode(), prefix, prefix)
    try:
        envelope = read_envelope(b"%b<%bMailboxData>%b</%bMailboxData>%b" % (head, prefix, email, prefix, tail))
        request = decode(envelope) if envelope.operation == AVAILABILITY else None
    except RequestError:
        return None
    # For meeting times it matters who is what, which is not read. The mailboxes of the request are those of the array
    # that was cut out, and no others.
    plain = request is not None and request.suggestions is None
    return request if request and plain and [target.asked for target in request.targets] == [_STAND_IN] else None


def _is_plain(head: bytes, tail: bytes) -> bool:
    """Whether nothing in them could hide an array, or be another: what stands between them is matched to the letter.

    A comment, a CDATA section or a document type could hide what the patterns look for, another encoding could too;
    ``<MailboxDataArray >`` is an array.
    """
    hiding = any(b"<!" in part or b"\x00" in part for part in (head, tail))
    instructed = head.find(b"<?", 1) >= 0 or b"<?" in tail
    alone = all(part.count(_ARRAY) == part.count(_NAME) == 1 for part in (head, tail))
    return alone and not hiding and not instructed


def _plainly_encoded(head: bytes) -> bool:
    """Whether bytes below 128 are ASCII: no declaration, or one of UTF-8."""
    declaration = head.partition(b"?>")[0] if head.startswith((b"<?xml", b"\xef\xbb\xbf<?xml")) else b""
    encoding = re.search(rb"encoding\s*=\s*[\"']([^\"']*)", declaration)
    return encoding is None or encoding[1].lower() in (b"utf-8", b"us-ascii")
