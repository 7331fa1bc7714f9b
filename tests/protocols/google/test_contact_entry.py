"""Which element of a shared contact holds which field."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from protocols.google import contact_entry as entries
from protocols.google.contact_entry import FIRST_TO_GO, GCONTACT, GD, MOST_BYTES, SLOTS
from protocols.model.person import Field
from protocols.safexml import parse

TEXTS = st.text(st.characters(blacklist_categories=["Cs", "Cc"]), min_size=1, max_size=30).filter(str.strip)


def whole(**texts: str) -> etree._Element:
    entry = entries.blank()
    entries.put_stamp(entry, "busyline:x/ad:7")
    entries.put_addresses(entry, "ann@b.example", ["a@b.example"])
    for key, text in texts.items():
        entries.put(entry, Field(key), text)
    return entry


def test_every_field_has_its_place() -> None:
    assert set(SLOTS) == set(Field)
    assert len(set(map(str, SLOTS.values()))) == len(Field)
    assert {Field.DISPLAY_NAME, *FIRST_TO_GO} == set(Field)


@settings(max_examples=50)
@given(st.dictionaries(st.sampled_from(list(Field)), TEXTS))
def test_texts_come_back_through_bytes(texts: dict[Field, str]) -> None:
    entry = whole(**{field.value: text for field, text in texts.items()})
    read = parse(etree.tostring(entry, encoding="utf-8"))
    assert entries.texts(read) == texts
    assert entries.addresses(read) == ("ann@b.example", "a@b.example")
    assert entries.stamp(read) == "busyline:x/ad:7"


def test_as_google_documents_it() -> None:
    entry = whole(display_name="Ann", company="B", office="3", phone="1", notes="n", web_page="https://b.example")
    entries.put_x500(entry, ["/o=B/cn=ann", "/o=C/cn=ann"])
    assert entry.findtext(f"{GD}name/{GD}fullName") == "Ann"
    organisation = entry.find(f"{GD}organization")
    assert organisation is not None
    assert organisation.get("rel") == "http://schemas.google.com/g/2005#work"
    assert organisation.findtext(f"{GD}orgName") == "B"
    assert entry.find(f"{GD}email[@primary='true']").get("address") == "ann@b.example"  # type: ignore[union-attr]
    assert entry.find(f"{GCONTACT}website").get("href") == "https://b.example"  # type: ignore[union-attr]
    properties = {one.get("name"): one.get("value") for one in entry.iterchildren(f"{GD}extendedProperty")}
    assert properties == {"busyline": "busyline:x/ad:7", "busyline-x500": "/o=B/cn=ann\n/o=C/cn=ann"}
    assert entries.x500(entry) == ("/o=B/cn=ann", "/o=C/cn=ann")


def test_what_is_emptied_leaves_no_shell() -> None:
    entry = whole(company="B", title="Lead", phone="1")
    before = len(entry)
    entries.put(entry, Field.TITLE, "")
    assert entries.texts(entry) == {Field.COMPANY: "B", Field.PHONE: "1"}
    entries.put(entry, Field.COMPANY, "")
    entries.put(entry, Field.FAX, "")
    assert len(entry) == before - 1
    entries.put_x500(entry, ["/o=B"])
    entries.put_x500(entry, [])
    assert len(entry) == before - 1


def test_what_else_stands_with_an_address_stays() -> None:
    entry = whole()
    email = entry.find(f"{GD}email")
    assert email is not None
    email.set("label", "desk")
    etree.SubElement(entry, f"{GD}email", address="no address")
    entries.put_addresses(entry, "new@b.example", ["ANN@b.example".lower()])
    told = [(one.get("address"), one.get("primary"), one.get("label")) for one in entry.iterchildren(f"{GD}email")]
    assert told == [("new@b.example", "true", None), ("ann@b.example", "false", "desk")]


def test_what_xml_cannot_say_is_left_out() -> None:
    entry = whole(display_name="A\x00n\ud800n\x0b", notes="a\nb")
    assert entries.texts(entry) == {Field.DISPLAY_NAME: "Ann", Field.NOTES: "a\nb"}


def test_too_large_a_contact_loses_the_least_first_and_never_its_address() -> None:
    entry = whole(**{field.value: f"{field.value} ü<" * 10 for field in Field})
    gone = entries.fit(entry)
    assert entries.weight(entry) <= MOST_BYTES
    assert gone == tuple(field.value for field in FIRST_TO_GO[: len(gone)])
    assert entries.texts(entry).keys() == set(Field) - {Field(name) for name in gone}
    assert entries.fit(entry) == ()


@pytest.mark.parametrize("sign", ["x", "ü", "&"])
def test_in_the_end_even_the_name_is_cut(sign: str) -> None:
    entry = whole(display_name=sign * 3000)
    entries.put_x500(entry, ["/o=" + "y" * 900, "/o=" + "z" * 900])
    gone = entries.fit(entry)
    assert entries.weight(entry) <= MOST_BYTES
    assert gone == ("x500", "x500", "aliases", "display_name")
    assert entries.addresses(entry) == ("ann@b.example",)
    assert entries.stamp(entry) == "busyline:x/ad:7"
    assert set(entries.texts(entry)[Field.DISPLAY_NAME]) == {sign}


def test_what_the_server_says_does_not_count() -> None:
    entry = whole(display_name="Ann")
    before = entries.weight(entry)
    etree.SubElement(entry, f"{entries.ATOM}link", href="x" * 500)
    assert entries.weight(entry) == before
