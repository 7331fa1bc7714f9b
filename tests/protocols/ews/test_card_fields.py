"""A contact of EWS as a Card."""

from hypothesis import given, settings
from lxml import etree

from calsync.spokes.contacts_fit import exchange
from protocols.ews.calendar_shape import TOKEN
from protocols.ews.card_fields import CardContact, card_contact, change, fresh
from protocols.ews.card_paths import SHAPE
from protocols.ews.contact_fields import extended
from protocols.ews.names import M, T
from protocols.ews.schema import mailbox_validator
from protocols.model.card import Card
from simulation.exchange.contact_items import Item, local, path_of, paths_of, values_of, written
from tests.protocols.model.cards import CARDS, CHANGES, NAMES, mixed

_NAMESPACES = f'xmlns:t="{T}" xmlns:m="{M}"'


def parsed(text: str) -> etree._Element:
    """XML with the prefixes of EWS."""
    return etree.fromstring(text.replace(">", f" {_NAMESPACES}>", 1))


def made(wanted: Card) -> Item:
    contact = fresh(wanted, stamp="busyline:merger/1", token="t-1")
    asked = parsed(f"<m:CreateItem><m:Items>{contact}</m:Items></m:CreateItem>")
    mailbox_validator().assertValid(asked)
    return Item("k/+=", values=values_of(asked[0][0]))


def told(item: Item) -> etree._Element:
    properties = parsed(SHAPE).find(f"{{{T}}}AdditionalProperties")
    return parsed(written(item, paths_of(properties)))


def read(item: Item) -> CardContact:
    return card_contact(told(item))


def update(item: Item, updates: str) -> None:
    """Does what an ItemChange says."""
    for each in parsed(f"<t:Updates>{updates}</t:Updates>"):
        path = path_of(each[0])
        if local(each) == "DeleteItemField":
            item.values.pop(path, None)
        else:
            values = values_of(each[1])
            assert set(values) == {path}
            item.values |= values


@settings(max_examples=40, deadline=None)
@given(CARDS)
def test_a_contact_comes_back(wanted: Card) -> None:
    item = made(exchange(wanted))
    assert read(item).card == exchange(wanted)
    assert read(item).stamp == "busyline:merger/1"
    assert extended(told(item), TOKEN) == "t-1"


@settings(max_examples=60, deadline=None)
@given(CARDS, CARDS, CHANGES)
def test_a_change_changes_what_it_names_and_nothing_else(there: Card, wanted: Card, changes: frozenset[str]) -> None:
    item = made(exchange(there))
    item.values["contacts:AssistantName",] = "Mia"
    update(item, change(read(item), exchange(wanted), changes))
    assert read(item).card == mixed(exchange(there), exchange(wanted), changes)
    assert read(item).stamp == "busyline:merger/1"
    assert item.values["contacts:AssistantName",] == "Mia"


def test_everything_can_be_emptied() -> None:
    item = made(
        Card(display_name="A", emails=("a@b.example", "c@d.example"), notes="x", categories=("b",), private=True)
    )
    update(item, change(read(item), Card(), NAMES))
    assert read(item).card == Card()


def test_whatever_stands_there_is_read() -> None:
    element = parsed(
        '<t:Contact><t:ItemId Id="1" ChangeKey="2"/><t:Sensitivity>Confidential</t:Sensitivity>'
        f'<t:Body BodyType="Text">{"a" * 40_000}</t:Body><t:Categories/>'
        '<t:ExtendedProperty><t:ExtendedFieldURI PropertyTag="0x3a45" PropertyType="String"/><t:Value>Dr.</t:Value>'
        "</t:ExtendedProperty><t:EmailAddresses>"
        '<t:Entry Key="EmailAddress2" RoutingType="EX">/o=x/cn=y</t:Entry></t:EmailAddresses>'
        '<t:PhoneNumbers><t:Entry Key="CarPhone">1</t:Entry></t:PhoneNumbers>'
        "<t:LastModifiedTime>2026-11-23T08:00:00Z</t:LastModifiedTime>"
        "<t:Birthday>4501-01-01T00:00:00Z</t:Birthday></t:Contact>"
    )
    contact = card_contact(element)
    assert (contact.card.prefix, contact.card.private, len(contact.card.notes)) == ("Dr.", True, 32_000)
    assert (contact.card.phones, contact.card.birthday, contact.card.emails) == ({}, None, ())
    assert contact.cut == {"emails", "notes"}
    assert contact.changed_at is not None
    assert contact.places == ("", "/o=x/cn=y", "")
