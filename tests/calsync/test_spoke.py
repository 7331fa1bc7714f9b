"""What a spoke is told and what it tells: nothing of it prints a content or a token."""

from calsync.spoke import Ability, Act, Page, Write
from protocols.model.card import Card


def test_nothing_of_a_content_is_printed() -> None:
    write = Write(act=Act.CREATE, content=Card(display_name="Secret"), token="7f3a")
    assert "Secret" not in repr(write)
    assert "7f3a" not in repr(write)
    assert "7f3a" not in repr(Page(token="7f3a"))


def test_two_spokes_of_one_kind_are_able_to_do_the_same() -> None:
    assert Ability(fit=lambda content: (content, "")) == Ability(fit=lambda _: (None, "no"))
