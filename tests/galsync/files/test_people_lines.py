"""Tests of galsync/files/people_lines.py: rows as people."""

import pytest

from galsync.files.columns import FIELDS
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


@pytest.mark.parametrize("column", ["stamp", "extra_15", "CustomAttribute7"])
def test_what_carries_a_stamp_is_ours_wherever_stamps_are_written(column: str) -> None:
    reading = people(f"address,{column}\nann@b.example,busyline:x/y:z\n".encode())
    assert (reading.people, reading.left, reading.unsure) == ((), {Left.OURS: 1}, ())


@pytest.mark.parametrize("column", ["display_name", "title", "notes", "web_page"])
def test_a_text_that_looks_like_a_stamp_makes_nobody_vanish(column: str) -> None:
    [ann] = people(f"address,{column}\nann@b.example,busyline:x/y:z\n".encode()).people
    assert ann.texts == {FIELDS[column]: "busyline:x/y:z"}


def test_what_only_begins_like_a_stamp_is_none() -> None:
    [ann] = people(b"address,CustomAttribute7\nann@b.example,busyline: product team\n").people
    assert ann.texts == {Field.EXTRA_7: "busyline: product team"}


def test_a_bad_alias_is_left_out_and_the_person_stays() -> None:
    """As Outlook exports a contact of its own organisation."""
    data = (
        b"E-mail Address,E-mail 2 Address,proxyAddresses\n"
        b"ann@b.example,/o=ExchangeLabs/ou=x/cn=ann,smtp:none;smtp:a@b.example\n"
    )
    reading = people(data)
    assert [(ann.anchor, ann.aliases) for ann in reading.people] == [("ann@b.example", ("a@b.example",))]
    assert (reading.left, reading.unsure) == ({}, ())


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("1,ann@b.example,planet,,", Left.GARBLED),
        ("1,ann@b.example,,Disabled?,", Left.GARBLED),
        ("1,ann@b.example,planet,,SMTP:none", Left.GARBLED),
        ("1,/o=ExchangeLabs/cn=ann,,,", Left.BAD_ADDRESS),
        ("1,,,,SMTP:none;smtp:a@b.example", Left.BAD_ADDRESS),
    ],
)
def test_who_is_there_and_cannot_be_read_is_told_by_the_anchor(line: str, why: Left) -> None:
    reading = people(f"id,address,kind,disabled,proxyAddresses\n{line}\n2,bob@b.example,,,\n".encode())
    assert (reading.left, reading.unsure) == ({why: 1}, ("1",))
    assert [person.anchor for person in reading.people] == ["2"]


def test_without_a_column_of_anchors_it_is_the_address_as_far_as_that_can_be_read() -> None:
    reading = people(b"address,kind\nAnn@B.example,planet\nnone,\n,planet\n")
    assert reading.unsure == ("ann@b.example",)
    assert reading.left == {Left.GARBLED: 2, Left.BAD_ADDRESS: 1}


@pytest.mark.parametrize("lines", [(0, 1), (1, 0)])
def test_who_is_read_in_one_line_is_known_whatever_another_says(lines: tuple[int, int]) -> None:
    both = ["1,ann@b.example,", "1,ann@b.example,planet"]
    reading = people("\n".join(["id,address,kind", *(both[at] for at in lines), ""]).encode())
    assert ([person.anchor for person in reading.people], reading.unsure) == (["1"], ())


def test_named_are_some_of_those_left_out() -> None:
    data = "address\n" + "nobody\n" * (MOST_NAMED + 5)
    reading = people(data.encode())
    assert (len(reading.named), reading.left[Left.BAD_ADDRESS]) == (MOST_NAMED, MOST_NAMED + 5)


def test_two_lines_of_one_anchor_are_refused() -> None:
    with pytest.raises(UnreadableError, match="lines 2 and 4"):
        people(b"id,address\n1,a@b.example\n2,b@b.example\n1,c@b.example\n")
