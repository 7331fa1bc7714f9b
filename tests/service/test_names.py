"""Tests of service/names.py: a name can stand in a stamp, or is refused."""

import pytest

from service.names import named


@pytest.mark.parametrize("text", ["staff", "fabrikam-to-contoso", "a.b", "Zürich2"])
def test_a_name_that_can_stand_in_a_stamp(text: str) -> None:
    assert named(text) == text


@pytest.mark.parametrize("text", ["", "a/b", "a b", "-a", "a\n", "a:b"])
def test_a_name_that_cannot(text: str) -> None:
    with pytest.raises(ValueError, match="stands in the stamp"):
        named(text)
