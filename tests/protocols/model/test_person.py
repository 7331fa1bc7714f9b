"""Tests of protocols/model/person.py: what is no person."""

import pytest

from protocols.model.person import Field, Kind, Person


def test_a_person_without_an_anchor_and_an_empty_field_are_refused() -> None:
    with pytest.raises(ValueError, match="without an anchor"):
        Person(anchor="", kind=Kind.USER, primary=None)
    with pytest.raises(ValueError, match="leave it out"):
        Person(anchor="1", kind=Kind.USER, primary=None, texts={Field.TITLE: ""})
