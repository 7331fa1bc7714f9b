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
