"""The words of a request."""

from protocols.ews.query import RANKS, View
from protocols.model.freebusy import Detail


def test_views_know_what_they_hold() -> None:
    assert {view for view in View if view.merged} == {View.MERGED_ONLY, View.FREE_BUSY_MERGED, View.DETAILED_MERGED}
    assert {view for view in View if view.detail is Detail.DETAILS} == {View.DETAILED, View.DETAILED_MERGED}


def test_ranks_grow_with_what_is_returned() -> None:
    assert sorted(RANKS, key=RANKS.__getitem__) == [
        "MergedOnly",
        "FreeBusy",
        "FreeBusyMerged",
        "Detailed",
        "DetailedMerged",
    ]
