"""Turns what stands at a spoke into flat fields and back, and fields into digests, by which they are compared."""

import json
from hashlib import blake2b

from calsync.agreed import Digests
from calsync.card_fields import PHONE, card, card_fields
from calsync.event_fields import event, event_fields
from calsync.items import Content, Fields
from protocols.model.event import Event

_UNNAMED = "(without a subject)"
_BUSY = "(busy, without a subject)"
_NOBODY = "(without a name)"


def fields(content: Content) -> dict[str, str]:
    """The fields of ``content`` (calsync.items.Fields). What is empty, or as it is by default, is left out; so are
    ``meeting`` and ``response`` of an event and of its occurrences, which nobody writes."""
    return event_fields(content) if isinstance(content, Event) else card_fields(content)


def content(fields: Fields) -> Content:
    """The event (where there is a ``when``) or the card of which :func:`fields` makes these; other names are not
    looked at. Raises ValueError for what neither can be, such as an occurrence of what does not repeat."""
    return event(fields) if "when" in fields else card(fields)


def digest(text: str | None) -> bytes:
    """Eight bytes that stand for the value of a field; none for a field that is not there."""
    if text is None:
        return b""
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()


def digests(fields: Fields) -> Digests:
    """A digest for each field."""
    return {name: digest(text) for name, text in fields.items()}


def title(fields: Fields) -> str:
    """What people call an item of these fields: its subject, or whoever is meant by a contact: name, company, address
    or telephone."""
    if not fields or "when" in fields:
        return fields.get("subject") or (_BUSY if fields.get("detail") == "busy" else _UNNAMED)
    named = fields.get("display_name") or " ".join(filter(None, map(fields.get, ("given_name", "surname"))))
    reached = json.loads(fields.get("emails", "[]")) + [text for name, text in fields.items() if name.startswith(PHONE)]
    return named or fields.get("company") or next(iter(reached), _NOBODY)
