"""Tests of galsync/files/people_lines.py: rows as people."""

import pytest

from galsync.files.disk import UnreadableError
from galsync.files.people_lines import MOST_NAMED, people
from galsync.steps import Left
from protocols.model.person import Field, Kind


def test_an_export_of_exchange_is_read() -> None:
    data = (
        b"Guid,DisplayName,EmailAddresses,PrimarySmtpAddress,RecipientTypeDetails,legacyExchangeDN,"
        b"HiddenFromAddressListsEnabled\r\n"
        b"g1,Ann,SMTP:Ann@b.example;smtp:a@b.example;X500:/o=old/cn=ann;SIP:ann@b.example,Ann@b.example,UserMailbox,"
        b"/o=B/cn=ann,False\r\n"
        b"g2,Hall,smtp:hall@b.example,,RoomMailbox,,True\r\n"
        b"g3,Guest,SMTP:g@else.example,g@else.example,GuestMailUser,,False\r\n"
    )
    reading = people(data)
    ann, hall = reading.people
    assert (ann.anchor, str(ann.primary), ann.aliases) == ("g1", "ann@b.example", ("a@b.example",))
    assert (ann.x500, ann.sip) == (("/o=B/cn=ann", "/o=old/cn=ann"), "ann@b.example")
    assert (hall.kind, hall.primary, hall.aliases, hall.hidden) == (Kind.ROOM, None, ("hall@b.example",), True)
    assert reading.left == {Left.CONTACT: 1}


def test_texts_are_stripped_unguarded_and_never_empty() -> None:
    [ann] = people(b"address,phone,title,notes\nann@b.example,'+49 30,  Lead ,  \n").people
    assert ann.texts == {Field.PHONE: "+49 30", Field.TITLE: "Lead"}


@pytest.mark.parametrize("column", ["stamp", "notes", "CustomAttribute7"])
def test_what_carries_a_stamp_is_ours_wherever_it_stands(column: str) -> None:
    reading = people(f"address,{column}\nann@b.example,busyline:x/y:z\n".encode())
    assert (reading.people, reading.left) == ((), {Left.OURS: 1})


def test_named_are_some_of_those_left_out() -> None:
    data = "address\n" + "nobody\n" * (MOST_NAMED + 5)
    reading = people(data.encode())
    assert (len(reading.named), reading.left[Left.BAD_ADDRESS]) == (MOST_NAMED, MOST_NAMED + 5)


def test_two_lines_of_one_anchor_are_refused() -> None:
    with pytest.raises(UnreadableError, match="lines 2 and 4"):
        people(b"id,address\n1,a@b.example\n2,b@b.example\n1,c@b.example\n")
