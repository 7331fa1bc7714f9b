"""A contact as the simulated Exchange keeps it."""

import pytest
from lxml import etree

from simulation.exchange.contact_items import Item, Path, item_id, path_of, paths_of, values_of, written
from simulation.exchange.soap import SoapFault, T

WHOLE = (
    '<t:Contact><t:Body BodyType="Text">A &amp; B</t:Body><t:Categories><t:String>One</t:String><t:String>2</t:String>'
    '</t:Categories><t:ExtendedProperty><t:ExtendedFieldURI PropertySetId="AB" PropertyName="Mark" '
    'PropertyType="String"/><t:Value>mine</t:Value></t:ExtendedProperty><t:FileAs>Ann</t:FileAs><t:EmailAddresses>'
    '<t:Entry Key="EmailAddress1">ann@b.example</t:Entry></t:EmailAddresses><t:PhysicalAddresses>'
    '<t:Entry Key="Business"><t:Street>S</t:Street><t:City>C</t:City></t:Entry></t:PhysicalAddresses></t:Contact>'
)
VALUES: dict[Path, str] = {
    ("item:Body",): "A & B",
    ("item:Categories",): "One\n2",
    ("ext", "ab", "Mark", "String"): "mine",
    ("contacts:FileAs",): "Ann",
    ("contacts:EmailAddress", "EmailAddress1"): "ann@b.example",
    ("contacts:PhysicalAddress:Street", "Business"): "S",
    ("contacts:PhysicalAddress:City", "Business"): "C",
}


def _read(text: str) -> etree._Element:
    return etree.fromstring(f'<r xmlns:t="{T}">{text}</r>')[0]


def test_what_is_read_is_written_again() -> None:
    assert values_of(_read(WHOLE)) == VALUES
    told = _read(written(Item("k", version=7, values=VALUES), list(VALUES)))
    assert told[0].get("ChangeKey") == "7"
    told.remove(told[0])
    assert values_of(told) == VALUES


def test_what_is_not_asked_for_is_not_told() -> None:
    item = Item("a&b", "DistributionList", values=VALUES)
    assert _read(written(item, [("contacts:FileAs",)])).findtext("{*}FileAs") == "Ann"
    assert len(_read(written(item, [("contacts:FileAs",)]))) == 2
    assert _read(item_id(item)).get("Id") == "a&b"


@pytest.mark.parametrize(
    "inside",
    [
        "<t:FileAs/><t:Body/>",
        "<t:NoSuchThing/>",
        "<t:FileAs/><t:FileAs/>",
        "<t:EmailAddresses><t:Entry>a</t:Entry></t:EmailAddresses>",
        '<t:PhysicalAddresses><t:Entry Key="Business"><t:City/><t:Street/></t:Entry></t:PhysicalAddresses>',
        "<t:ExtendedProperty/>",
        "<t:BusinessHomePage>no page</t:BusinessHomePage>",
    ],
)
def test_what_the_schema_does_not_allow(inside: str) -> None:
    with pytest.raises(SoapFault, match="ErrorSchemaValidation"):
        values_of(_read(f"<t:Contact>{inside}</t:Contact>"))


def test_the_names_of_properties() -> None:
    assert paths_of(None) == []
    assert path_of(_read('<t:FieldURI FieldURI="item:Body"/>')) == ("item:Body",)
    with pytest.raises(SoapFault):
        path_of(_read("<t:Other/>"))
