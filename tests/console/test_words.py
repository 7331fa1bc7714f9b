"""Every reason and every status has words of its own."""

from console.words import REASONS, STATUSES
from protocols.model.freebusy import Reason
from protocols.model.intervals import BusyStatus


def test_the_tables_are_whole_and_nothing_is_said_twice() -> None:
    assert set(REASONS) == set(Reason)
    assert set(STATUSES) == set(BusyStatus)
    assert len(set(REASONS.values())) == len(REASONS)
    assert len(set(STATUSES.values())) == len(STATUSES)
