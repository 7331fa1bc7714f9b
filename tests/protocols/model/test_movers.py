"""Who moves is told with what stands in the attribute, or with nothing."""

from protocols.model.mailbox import Mailbox
from protocols.model.movers import Mover


def test_a_group_says_no_day() -> None:
    assert Mover(Mailbox.parse("ann@contoso.example")).value == ""
