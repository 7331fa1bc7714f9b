"""Our WSDL and XSD."""

import pytest
from lxml import etree

from protocols.ews.schema import document, validator
from tests.protocols.ews.samples import asking, soap_request


@pytest.mark.parametrize("name", ["Services.wsdl", "services.WSDL", "messages.xsd", "TYPES.xsd"])
def test_documents_are_served_in_any_letter_case(name: str) -> None:
    data = document(name, "https://busy.example.com")
    assert data is not None
    assert etree.fromstring(data).tag.startswith("{http")


@pytest.mark.parametrize("name", ["", "envelope.xsd", "../__init__.py", "__init__.py"])
def test_nothing_else_is(name: str) -> None:
    assert document(name, "https://busy.example.com") is None


def test_the_wsdl_says_where_to_ask() -> None:
    data = document("Services.wsdl", 'https://busy.example.com/"&/') or b""
    address = next(etree.fromstring(data).iter("{http://schemas.xmlsoap.org/wsdl/soap/}address"))
    assert address.get("location") == 'https://busy.example.com/"&/EWS/Exchange.asmx'


def test_the_validator_tells_right_from_wrong() -> None:
    assert validator().validate(etree.fromstring(asking()))
    assert not validator().validate(etree.fromstring(asking().replace(b"AttendeeType", b"AttendeeSort")))
    assert not validator().validate(etree.fromstring(soap_request("<m:Unknown/>")))
