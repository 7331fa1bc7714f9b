"""The qualified names."""

from protocols.ews.names import local, messages, soap, types


def test_names_are_on_the_wire_with_http() -> None:
    assert messages("a") == "{http://schemas.microsoft.com/exchange/services/2006/messages}a"
    assert types("a") == "{http://schemas.microsoft.com/exchange/services/2006/types}a"
    assert soap("a") == "{http://schemas.xmlsoap.org/soap/envelope/}a"


def test_the_local_part_of_a_name_with_and_without_namespace() -> None:
    assert local(messages("Ids")) == "Ids"
    assert local("Ids") == "Ids"
