"""Tests of galsync/files/ldif_contacts.py: records as entries of Active Directory."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from galsync.entries import Entry, Form, Stamp
from galsync.files.disk import UnreadableError
from galsync.files.file_target import Contents
from galsync.files.ldif import decoded, encoded
from galsync.files.ldif_contacts import Ldif
from galsync.files.records import Record, updated
from protocols.ldap.attributes import FIELDS
from protocols.model.mailbox import Mailbox
from protocols.model.person import Field

FORMAT = Ldif("OU=Partners,DC=a,DC=example")
BOSS = Mailbox.parse("boss@b.example")


def test_every_field_but_the_manager_has_an_attribute() -> None:
    assert set(Field) - set(FIELDS) == {Field.MANAGER}
    assert len(set(FIELDS.values())) == len(FIELDS)


def test_an_address_with_signs_of_a_dn_is_escaped() -> None:
    record = Record(
        stamp=Stamp("s", "a:1"), form=Form.MAIL_CONTACT, address=Mailbox.parse("a+b=c@b.example"), hidden=True
    )
    data = FORMAT.encode(Contents((record,)))
    assert b"dn: CN=a\\+b\\=c@b.example,OU=Partners,DC=a,DC=example\n" in data
    assert FORMAT.decode(data).records == (record,)


def test_attributes_that_an_administrator_added_stay() -> None:
    data = b"dn: CN=x\nadminDescription: busyline:s/a:1\nmail: a@b.example\nroomNumber: 7\nroomNumber: 8\n"
    written = FORMAT.encode(FORMAT.decode(data))
    assert b"roomNumber: 7\nroomNumber: 8\n" in written


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"dn: CN=x\nadminDescription: busyline:s/a:1\nmail: none\n", "no mail that can be read"),
        (b"dn: CN=x\njpegPhoto:: /9j/\n", "has bytes in jpegPhoto"),
    ],
)
def test_an_entry_that_cannot_be_given_back_is_refused(data: bytes, words: str) -> None:
    with pytest.raises(UnreadableError, match=words):
        FORMAT.decode(data)


ANN = b"""\
dn: CN=Ann Lee,OU=Elsewhere,DC=a
objectClass: top
objectClass: person
objectClass: organizationalPerson
objectClass: contact
objectClass: mailRecipient
cn: Ann Lee
adminDescription: busyline:s/a:1
mail: a@b.example
targetAddress: SMTP:a@b.example
proxyAddresses: smtp:second@b.example
proxyAddresses: SMTP:A@b.example
proxyAddresses: SMTP:other@b.example
proxyAddresses: sip:a@b.example
proxyAddresses: x500:/o=Old/cn=ann
proxyAddresses: EUM:1234;phone-context=x
proxyAddresses: smtp:sip:half@b.example
telephoneNumber: 1
telephoneNumber: 2
displayName: Ann
msExchHideFromAddressLists: FALSE
"""
BOB = b"""\
dn: CN=bob@b.example,OU=Partners,DC=a,DC=example
mail: bob@b.example
adminDescription: busyline:s/a:2
objectClass: contact
title: Lead
"""
FILE = b"version: 1\n\n" + ANN + b"\n" + BOB


def test_an_entry_to_which_nothing_is_done_is_given_back_verbatim() -> None:
    told = FORMAT.decode(FILE)
    assert FORMAT.encode(told) == FILE
    ann, bob = told.records
    after = updated(bob, Entry(anchor="a:2", form=Form.MAIL_CONTACT, address=BOSS), None, frozenset({"title"}))
    data = FORMAT.encode(Contents((ann, after)))
    assert ANN in data
    assert BOB not in data
    assert b"title:" not in data


def test_of_an_entry_that_is_changed_all_stays_but_what_is_changed() -> None:
    [ann, _] = FORMAT.decode(FILE).records
    wanted = Entry(anchor="a:1", form=Form.MAIL_CONTACT, address=BOSS, texts={Field.DISPLAY_NAME: "Anne"})
    data = FORMAT.encode(Contents((updated(ann, wanted, None, frozenset({"display_name"})),)))
    lines = {line for line in ANN.splitlines() if not line.startswith((b"msExch", b"proxyAddresses: SMTP:"))}
    now = {b"displayName: Anne", b"proxyAddresses: SMTP:a@b.example", b"proxyAddresses: smtp:other@b.example"}
    assert set(data.splitlines()) == lines - {b"displayName: Ann"} | now | {b"version: 1", b""}
    assert data.count(b"telephoneNumber") == 2


def test_a_changed_entry_comes_back_as_it_is() -> None:
    [ann, bob] = FORMAT.decode(FILE).records
    changed = (replace(ann, raw=None), replace(bob, raw=None))
    assert FORMAT.decode(FORMAT.encode(Contents(changed))).records == changed


def test_prefixes_are_told_whatever_their_capitals() -> None:
    [ann, _] = FORMAT.decode(FILE).records
    assert ann.addresses >= {
        "a@b.example",
        "second@b.example",
        "other@b.example",
        "sip:a@b.example",
        "x500:/o=old/cn=ann",
    }
    assert "smtp:other@b.example" not in ann.addresses


def test_the_name_that_was_made_of_an_address_follows_it() -> None:
    [_, bob] = FORMAT.decode(FILE).records
    data = FORMAT.encode(Contents((replace(bob, address=BOSS, raw=None),)))
    assert b"dn: CN=boss@b.example,OU=Partners,DC=a,DC=example\n" in data
    assert b"bob@b.example" not in data


@pytest.mark.parametrize("stamp", [b"", b"adminDescription: busyline:s/a:1\nmail: a@b.example\n"])
@pytest.mark.parametrize("broken", [b"dn:: Q049/w==\n%s", b"dn: CN=x\n%sdisplayName:: /w==\n"])
def test_bytes_that_are_no_text_are_refused_with_words(stamp: bytes, broken: bytes) -> None:
    with pytest.raises(UnreadableError, match=r"has bytes in (dn|displayName)"):
        FORMAT.decode(broken % stamp)


def test_an_entry_of_ours_without_mail_and_with_a_broken_name_is_refused_with_words() -> None:
    with pytest.raises(UnreadableError, match="has bytes in dn"):
        FORMAT.decode(b"dn:: Q049/w==\nadminDescription: busyline:s/a:1\n")


NAMES = (
    *("cn", "CN", "objectClass", "proxyAddresses", "proxyaddresses", "targetAddress", "title", "Title", "displayName"),
    *("msExchHideFromAddressLists", "adminDescription", "mail", "roomNumber", "title;lang-de"),
)
attributes = st.tuples(
    st.sampled_from(NAMES),
    st.sampled_from(
        ["SMTP:a@b.example", "smtp:x@b.example", "SIP:a@b.example", "smtp:sip:a", "X500:/o=B", "x@b.example"]
    )
    | st.sampled_from(["contact", "TRUE", "FALSE", "a@b.example", "busyline:s/a:1", "busyline:t/b:2", "", ":", "=x"])
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=5),
)
HEADS = (
    [("dn", "CN=a@b.example,OU=Partners,DC=a,DC=example"), ("cn", "a@b.example")],
    [("dn", "CN=Ann,DC=a"), ("cn", "Ann")],
    [("dn", "CN=Ann,DC=a")],
)
OURS = [("mail", "a@b.example"), ("adminDescription", "busyline:s/a:1")]
entries = st.tuples(
    st.sampled_from(HEADS),
    st.sampled_from([OURS, OURS[:1], [("mail", "b@b.example")]]),
    st.lists(attributes, max_size=8),
).map(lambda parts: [pair for part in parts for pair in part])


@given(st.lists(entries, max_size=3))
def test_any_file_is_given_back_verbatim(written: list[list[tuple[str, str]]]) -> None:
    data = encoded(written)
    assert FORMAT.encode(FORMAT.decode(data)) == data


@given(st.lists(entries, max_size=3))
def test_any_entry_that_was_written_anew_reads_the_same_and_loses_no_value(
    written: list[list[tuple[str, str]]],
) -> None:
    told = FORMAT.decode(encoded(written)).records
    data = FORMAT.encode(Contents(tuple(replace(record, raw=None) for record in told)))
    assert FORMAT.decode(data).records == told
    for before, after in zip(written, decoded(data), strict=True):
        lost = {value.lower().removeprefix("smtp:") for _, value in before if value and value not in ("TRUE", "FALSE")}
        lost -= {str(value).lower().removeprefix("smtp:") for _, value in after}
        assert not lost - {value.lower().removeprefix("smtp:") for name, value in before if name in REPLACED}


REPLACED = ("targetAddress", "msExchHideFromAddressLists")
