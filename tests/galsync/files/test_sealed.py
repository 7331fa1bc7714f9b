"""Tests of galsync/files/sealed.py: what was sealed is opened by whom it is for; what is proved and wrong is named."""

from dataclasses import replace

import orjson
import pyrage  # type: ignore[import-untyped]
import pytest
from pyrage import x25519

from galsync.entries import Form, Stamp
from galsync.files.disk import UnreadableError
from galsync.files.records import Record
from galsync.files.sealed import CLOSED, FIRST, Letter, seal, unseal
from protocols.model.mailbox import Mailbox
from protocols.model.person import Field
from tests.galsync.sides.sealing import NOW, keys

RECORD = Record(
    stamp=Stamp("to-a", "ad:1"),
    form=Form.CONTACT,
    address=Mailbox.parse("ann@b.example"),
    aliases=("X500:/o=B/cn=ann",),
    texts={Field.DISPLAY_NAME: "Ann\n王"},
    hidden=True,
    members=("bob@b.example",),
    photo=b"\xff\xd8",
)
LETTER = Letter(domains=("b.example",), made=NOW, serial=7, records=(RECORD, Record(), replace(RECORD, photo=b"")))


@pytest.mark.parametrize("reader", ["a", "b"])
def test_both_sides_open_it(reader: str) -> None:
    data = seal(LETTER, keys=keys("b"), to=keys("a").public)
    assert unseal(data, keys=keys(reader), sender=keys("b").public) == LETTER


def test_each_file_has_other_bytes() -> None:
    one, two = (seal(LETTER, keys=keys("b"), to=keys("a").public) for _ in range(2))
    assert one[:60] != two[:60] or one[60:] != two[60:]


def test_nobody_seals_it_anew_for_somebody_else() -> None:
    """a, who may read it, encrypts the very words and signature for c."""
    data = seal(LETTER, keys=keys("b"), to=keys("a").public)
    opened = pyrage.decrypt(data[len(FIRST) :], [keys("a").identity])
    passed = FIRST + pyrage.encrypt(opened, [x25519.Recipient.from_str(keys("c").public.recipient)])
    with pytest.raises(UnreadableError, match=CLOSED):
        unseal(passed, keys=keys("c"), sender=keys("b").public)


HEAD = {"format": 1, "domains": ["b.example"], "made": NOW.isoformat(), "serial": 1, "people": 0}


@pytest.mark.parametrize(
    ("head", "people", "words"),
    [
        ({"format": 2}, [], "of format 2"),
        ({"people": 3}, [], "tells of 3 people and holds 0"),
        ({"made": "2026-11-23"}, [], "ValueError"),
        ({"serial": "1"}, [], "ValueError"),
        ({"domains": None}, [], "TypeError"),
        ({"people": 1}, [{"form": "moon"}], "ValueError"),
        ({"people": 1}, [{}], "KeyError"),
        ({"people": 1}, [{"form": "contact", "address": "none"}], "ValueError"),
        ({"people": 1}, [{"form": "contact", "texts": {"title": ""}}], "ValueError"),
        ({"people": 1}, [{"form": "contact", "texts": {"title": 1}}], "TypeError"),
        ({"people": 1}, [[]], "AttributeError"),
    ],
)
def test_what_the_sender_itself_wrote_wrong_is_named(head: dict[str, object], people: list[object], words: str) -> None:
    lines = [{**HEAD, "to": [keys("a").public.recipient], **head}, *people]
    said = b"".join(orjson.dumps(line) + b"\n" for line in lines)
    closed = pyrage.encrypt(said + keys("b").signing.sign(FIRST + said), [keys("a").identity.to_public()])
    with pytest.raises(UnreadableError, match=words):
        unseal(FIRST + closed, keys=keys("a"), sender=keys("b").public)


@pytest.mark.parametrize("data", [b"", FIRST, FIRST + b"x", b"age-encryption.org/v1\n"])
def test_what_is_no_sealed_file_is_refused_alike(data: bytes) -> None:
    with pytest.raises(UnreadableError, match=CLOSED):
        unseal(data, keys=keys("a"), sender=keys("b").public)
