"""A file of people that needs no trust on its way: signed by who sends it, encrypted for who shall read it.

::

    busyline sealed people 1 ⏎
    age (https://age-encryption.org/v1), X25519, for the recipient and for the sender, of:
        {"format": 1, "domains": […], "made": instant, "serial": n, "to": ["age1…"], "people": count} ⏎
        one JSON object a person ⏎ …
        64 bytes: Ed25519 (RFC 8032) over the first line of the file and all that was encrypted before

The recipients stand in what is signed, so that nobody can seal it anew for somebody else. ``serial`` grows with every
file: an older one that is brought again is seen. The sender is a recipient as well, to know what it sent.

Whatever fails before the signature is proved is one and the same error: neither who damages a file nor who guesses
learns anything from it. What is read afterwards was said by the sender.
"""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import orjson
import pyrage  # type: ignore[import-untyped]
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from pyrage import x25519

from galsync.entries import Form, Stamp
from galsync.files.disk import UnreadableError
from galsync.files.records import Record
from galsync.files.sealed_keys import PublicKeys, SealKeys
from protocols.model.freebusy import Reason
from protocols.model.mailbox import Mailbox
from protocols.model.person import Field

FIRST: Final = b"busyline sealed people 1\n"
FORMAT: Final = 1
_SIGNATURE: Final = 64
CLOSED: Final = "it cannot be opened: it is damaged, sealed for somebody else, or not by the sender that is named"


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What a sealed file says: which domains its sender speaks for, when it was made, and everybody in it."""

    domains: tuple[str, ...]
    made: datetime
    serial: int
    records: Sequence[Record]


def seal(letter: Letter, *, keys: SealKeys, to: PublicKeys) -> bytes:
    """The file for ``to``, signed with ``keys``; with other bytes each time."""
    recipients = sorted({to.recipient, keys.public.recipient})
    head = {
        "format": FORMAT,
        "domains": letter.domains,
        "made": letter.made.isoformat(),
        "serial": letter.serial,
        "to": recipients,
        "people": len(letter.records),
    }
    said = b"".join(orjson.dumps(line) + b"\n" for line in (head, *map(_written, letter.records)))
    signature = keys.signing.sign(FIRST + said)
    closed: bytes = pyrage.encrypt(said + signature, [x25519.Recipient.from_str(each) for each in recipients])
    return FIRST + closed


def unseal(data: bytes, *, keys: SealKeys, sender: PublicKeys) -> Letter:
    """What ``sender`` says to the holder of ``keys``. Raises UnreadableError: in one way for all that is not proved."""
    said = _proved(data, keys, sender)
    try:
        head, *people = [orjson.loads(line) for line in said.splitlines()]
        if head["format"] != FORMAT:
            raise UnreadableError(f"it is of format {head['format']}, which this version does not know")
        if keys.public.recipient not in head["to"]:
            raise UnreadableError(CLOSED, Reason.UNAUTHORIZED)
        if head["people"] != len(people):
            raise UnreadableError(f"it tells of {head['people']} people and holds {len(people)}", Reason.INCOMPLETE)
        made = datetime.fromisoformat(head["made"])
        if made.tzinfo is None or not isinstance(head["serial"], int):
            raise ValueError("no instant or no serial")
        records = tuple(map(_record, people))
        return Letter(domains=tuple(head["domains"]), made=made, serial=head["serial"], records=records)
    except UnreadableError:
        raise
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UnreadableError(f"it was sealed by the sender, but cannot be read: {type(error).__name__}") from error


def _proved(data: bytes, keys: SealKeys, sender: PublicKeys) -> bytes:
    try:
        if not data.startswith(FIRST):
            raise ValueError("no sealed file")
        opened: bytes = pyrage.decrypt(data[len(FIRST) :], [keys.identity])
        said, signature = opened[:-_SIGNATURE], opened[-_SIGNATURE:]
        Ed25519PublicKey.from_public_bytes(sender.verifies).verify(signature, FIRST + said)
    except (ValueError, pyrage.DecryptError, InvalidSignature):
        raise UnreadableError(CLOSED, Reason.UNAUTHORIZED) from None
    return said


def _written(record: Record) -> Mapping[str, Any]:
    told = {
        "stamp": record.stamp.text if record.stamp else None,
        "form": record.form.value,
        "address": str(record.address) if record.address else None,
        "aliases": record.aliases,
        "texts": {key.value: text for key, text in record.texts.items()},
        "hidden": record.hidden,
        "members": record.members,
        "photo": base64.b64encode(record.photo).decode(),
    }
    return {name: value for name, value in told.items() if value}


def _record(told: Mapping[str, Any]) -> Record:
    return Record(
        stamp=Stamp.read(told.get("stamp")),
        form=Form(told["form"]),
        address=Mailbox.parse(told["address"]) if "address" in told else None,
        aliases=_strings(told.get("aliases", [])),
        texts={Field(key): text for key, text in zip(told.get("texts", {}), _values(told), strict=True)},
        hidden=told.get("hidden", False) is True,
        members=_strings(told.get("members", [])),
        photo=base64.b64decode(told.get("photo", ""), validate=True),
    )


def _values(told: Mapping[str, Any]) -> tuple[str, ...]:
    texts = _strings(list(told.get("texts", {}).values()))
    if not all(texts):
        raise ValueError("an empty text")
    return texts


def _strings(values: Sequence[Any]) -> tuple[str, ...]:
    if not all(isinstance(value, str) for value in values):
        raise TypeError("no text")
    return tuple(values)
