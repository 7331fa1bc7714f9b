"""Tests of galsync/files/ldif_contacts.py: records as entries of Active Directory."""

import pytest

from galsync.entries import Form, Stamp
from galsync.files.disk import UnreadableError
from galsync.files.file_target import Contents
from galsync.files.ldif_contacts import Ldif
from galsync.files.records import Record
from protocols.ldap.attributes import FIELDS
from protocols.model.mailbox import Mailbox
from protocols.model.person import Field

FORMAT = Ldif("OU=Partners,DC=a,DC=example")


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
