"""A caller is a value that nobody changes on its way."""

from dataclasses import FrozenInstanceError

import pytest

from protocols.model.caller import Caller


def test_a_caller_is_a_value() -> None:
    caller = Caller("northwind", "Northwind", "basic interop@northwind.example")
    assert caller == Caller("northwind", "Northwind", "basic interop@northwind.example")
    assert caller != Caller("northwind", "Northwind", "basic other@northwind.example")
    with pytest.raises(FrozenInstanceError):
        caller.name = "contoso"  # type: ignore[misc]


def test_the_person_behind_it_is_unknown_unless_told() -> None:
    assert Caller("northwind", "Northwind", "basic").person == ""
    assert Caller("contoso", "Contoso", "microsoft", person="ann@contoso.example").person == "ann@contoso.example"
