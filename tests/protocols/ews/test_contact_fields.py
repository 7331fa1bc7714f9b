"""Tests of protocols/ews/contact_fields.py."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from protocols.errors import PeerError
from protocols.ews.contact_fields import Contact, change, contact, fresh
from protocols.ews.contact_paths import FIELDS, PATHS, STAMP, our_own
from protocols.ews.names import T
from protocols.ews.schema import mailbox_validator
from protocols.model.freebusy import Reason
from protocols.model.mailbox import Mailbox
from protocols.model.person import Field
from tests.protocols.ews.mailbox_answers import NOW, access, answer, item, message
from tests.protocols.scripted import Peer, run

TEXT = st.text(st.characters(min_codepoint=32, blacklist_categories=("Cs", "Cn", "Co")), min_size=1, max_size=30)


def _read(text: str) -> Contact:
    return contact(etree.fromstring(f'<r xmlns:t="{T}">{text}</r>')[0])


def _as_told(body: str) -> Contact:
    """A new contact as the server would tell it."""
    return _read(body.replace("<t:Contact>", '<t:Contact><t:ItemId Id="k" ChangeKey="v"/>', 1))


@given(st.dictionaries(st.sampled_from(sorted(FIELDS - {Field.WEB_PAGE})), TEXT.filter(lambda text: text.strip())))
def test_what_is_written_is_read(texts: dict[Field, str]) -> None:
    body = fresh(texts, "ann@b.example", stamp="busyline:s/a", category="List")
    told = _as_told(body)
    name = texts.get(Field.DISPLAY_NAME, "ann")
    kept = {key: text.rstrip("\r\n") if key is Field.NOTES else text for key, text in texts.items()}
    assert told.texts == {Field.DISPLAY_NAME: name, **kept}
    assert (told.key, told.version, told.stamp) == ("k", "v", "busyline:s/a")
    assert (told.address, told.file_as) == (Mailbox.parse("ann@b.example"), name.strip())
    _fits(f"<m:Items>{body}</m:Items>")


@given(st.dictionaries(st.sampled_from(sorted(FIELDS)), st.just("") | st.just("text"), min_size=1))
def test_a_change_names_each_field_once(texts: dict[Field, str]) -> None:
    there = _as_told(fresh({Field.DISPLAY_NAME: "Ann"}, "ann@b.example", stamp="s"))
    updates = change(there, texts)
    for key, text in texts.items():
        assert updates.count(PATHS[key].uri) == 1
        assert (f"<t:DeleteItemField>{PATHS[key].uri}" in updates) is not bool(text)


def _fits(inside: str) -> None:
    """By way of a request: the element stands in a schema of its own."""
    peer = Peer(answer("CreateItem", message("CreateItem", f"<m:Items>{item('k')}</m:Items>")))
    run(access(peer).ask("CreateItem", inside, 1, as_of=NOW))
    [asked] = etree.fromstring(peer.requests[0].body).iterfind("{*}Body/*")
    mailbox_validator().assertValid(asked)


def test_an_address_that_becomes_the_first_is_not_told_twice() -> None:
    places = "".join(
        f'<t:Entry Key="EmailAddress{number}">{address}</t:Entry>'
        for number, address in ((1, "Ann@b.example"), (2, "New@b.example"), (3, "mine@c.example"))
    )
    there = _read(item("k", f"<t:EmailAddresses>{places}</t:EmailAddresses>"))
    assert there.addresses == ("ann@b.example", "new@b.example", "mine@c.example")
    updates = change(there, {}, "new@b.example")
    assert '<t:Entry Key="EmailAddress1">new@b.example</t:Entry>' in updates
    assert 'DeleteItemField><t:IndexedFieldURI FieldURI="contacts:EmailAddress" FieldIndex="EmailAddress2"' in updates
    assert "EmailAddress3" not in updates


def test_an_address_that_is_none_is_told_apart() -> None:
    entry = '<t:EmailAddresses><t:Entry Key="EmailAddress1">/o=B/cn=x</t:Entry></t:EmailAddresses>'
    there = _read(item("k", entry))
    assert (there.address, there.addresses, there.unreadable) == (None, (), "/o=B/cn=x")


def test_what_is_blank_or_unknown_is_nothing() -> None:
    inside = (
        '<t:Body BodyType="Text"> \r\n</t:Body><t:ExtendedProperty/><t:JobTitle>  </t:JobTitle><t:Mileage>9</t:Mileage>'
        '<t:PhoneNumbers><t:Entry Key="Telex">1</t:Entry></t:PhoneNumbers>'
        '<t:PhysicalAddresses><t:Entry Key="Home"><t:City>Rome</t:City></t:Entry></t:PhysicalAddresses>'
    )
    there = _read(item("k", inside))
    assert (there.texts, there.stamp) == ({}, "")


def test_a_stamp_is_found_among_others() -> None:
    other = our_own("SomebodyElses", "x")
    assert _read(item("k", other + our_own(STAMP, "busyline:s/a"))).stamp == "busyline:s/a"


@pytest.mark.parametrize("text", ["<t:Contact/>", "<t:Contact><t:ItemId/></t:Contact>"])
def test_a_contact_without_an_id(text: str) -> None:
    with pytest.raises(PeerError) as raised:
        _read(text)
    assert raised.value.reason is Reason.GARBLED
