"""A reply says something, and shows in no log."""

import pytest

from protocols.model.automatic_replies import AutomaticReply


def test_its_text_is_not_in_its_repr() -> None:
    assert "away" not in repr(AutomaticReply("I am away"))


def test_silence_is_no_reply() -> None:
    with pytest.raises(ValueError, match="says nothing"):
        AutomaticReply(" \n")
