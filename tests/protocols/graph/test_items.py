"""Items and digits: what each means, and what is unknown."""

from datetime import timedelta

import pytest

from protocols.graph.items import DIGITS, STATUSES, Blocks, from_items, from_view
from protocols.model.intervals import BusyInterval, BusyStatus, EventDetails
from protocols.model.window import TimeWindow
from tests.protocols.graph.samples import WINDOW, at, item, moment

HALF_HOUR = timedelta(minutes=30)
MORNING = TimeWindow(at(23, 9), at(23, 11))


def test_every_status_can_come() -> None:
    assert set(STATUSES.values()) == set(BusyStatus)
    assert set(DIGITS.values()) == set(BusyStatus) - {BusyStatus.WORKING_ELSEWHERE}


@pytest.mark.parametrize("word", [*STATUSES, "workingElsewhere", "Busy"])
def test_a_known_status(word: str) -> None:
    blocks = from_items([item(at(23, 9), at(23, 10), word)], details=False)
    status = STATUSES[word.lower()]
    window = TimeWindow(at(23, 9), at(23, 10))
    block = BusyInterval(window, status)
    assert blocks == Blocks((block,) if status else (), (), (block,))


@pytest.mark.parametrize("word", ["unknown", "somethingNew", None, 7])
def test_an_unknown_status_makes_its_time_unknown(word: str) -> None:
    blocks = from_items([item(at(23, 9), at(23, 10), word)], details=False)
    assert (blocks.intervals, blocks.unknown) == ((), (TimeWindow(at(23, 9), at(23, 10)),))


@pytest.mark.parametrize(
    ("zone", "hour"), [("UTC", 9), ("tzone://Microsoft/Utc", 9), ("Europe/Berlin", 8), ("Pacific Standard Time", 17)]
)
def test_a_zone_other_than_utc_is_honoured(zone: str, hour: int) -> None:
    start, end = moment(at(23, 9), zone), moment(at(23, 10), zone)
    [block] = from_items([item(at(1, 1), at(1, 2)) | {"start": start, "end": end}], details=False).intervals
    assert block.window == TimeWindow(at(23, hour), at(23, hour + 1))


def test_an_offset_is_honoured() -> None:
    times = {"start": {"dateTime": "2026-11-23T10:00:00+01:00"}, "end": {"dateTime": "2026-11-23T10:00:00Z"}}
    [block] = from_items([item(at(1, 1), at(1, 2)) | times], details=False).intervals
    assert block.window == TimeWindow(at(23, 9), at(23, 10))


@pytest.mark.parametrize("zone", ["Mars/Olympus", "", None])
def test_a_zone_nobody_knows_makes_the_time_unknown_wherever_it_may_be(zone: str) -> None:
    times = {"start": moment(at(24, 9), zone), "end": moment(at(24, 10), zone)}
    blocks = from_items([item(at(1, 1), at(1, 2)) | times], details=False)
    assert (blocks.intervals, blocks.unknown) == ((), (TimeWindow(at(23, 19), at(24, 22)),))


def test_an_item_of_no_length_takes_no_time() -> None:
    assert from_items([item(at(23, 9), at(23, 9))], details=False) == Blocks()


@pytest.mark.parametrize(
    "broken",
    [None, 7, "start end", {}, item(at(23, 10), at(23, 9)), {"start": {}, "end": {}}, {"start": None, "end": None}],
)
def test_an_item_that_cannot_be_read_raises(broken: object) -> None:
    with pytest.raises((ValueError, TypeError, KeyError, AttributeError)):
        from_items([broken], details=False)


def test_details_only_where_they_are_wanted_and_nothing_of_a_private_item() -> None:
    open_one = item(at(23, 9), at(23, 10), subject="Plan", location="Room 1")
    private = open_one | {"isPrivate": True}
    unsaid = {name: value for name, value in open_one.items() if name != "isPrivate"}
    found = from_items([open_one, private, unsaid], details=True).intervals
    assert [block.details for block in found] == [
        EventDetails(subject="Plan", location="Room 1"),
        EventDetails(private=True),
        EventDetails(private=True),
    ]
    assert {block.details for block in from_items([open_one, private], details=False).intervals} == {None}


def test_a_view_alone() -> None:
    blocks = from_view("0123", MORNING, HALF_HOUR, Blocks(), whole=True)
    assert blocks.intervals == tuple(
        BusyInterval(TimeWindow(at(23, hour, minute), at(23, hour, minute) + HALF_HOUR), status)
        for (hour, minute), status in zip(
            ((9, 30), (10, 0), (10, 30)), (BusyStatus.TENTATIVE, BusyStatus.BUSY, BusyStatus.OUT_OF_OFFICE), strict=True
        )
    )
    assert blocks.unknown == ()


@pytest.mark.parametrize("digit", ["4", "5", "?", "é"])
def test_a_digit_of_two_meanings_is_unknown(digit: str) -> None:
    blocks = from_view(f"0{digit}{digit}0", MORNING, HALF_HOUR, Blocks(), whole=True)
    assert (blocks.intervals, blocks.unknown) == ((), (TimeWindow(at(23, 9, 30), at(23, 10, 30)),))


def test_beyond_the_last_digit_nothing_is_known() -> None:
    assert from_view("00", MORNING, HALF_HOUR, Blocks(), whole=True).unknown == (TimeWindow(at(23, 10), at(23, 11)),)
    assert from_view("00", MORNING, HALF_HOUR, Blocks(), whole=False).unknown == ()
    assert from_view("0" * 10_000_000, MORNING, HALF_HOUR, Blocks(), whole=True) == Blocks()


def test_items_go_before_digits_and_digits_fill_what_no_item_explains() -> None:
    items = from_items([item(at(23, 9, 10), at(23, 9, 40), "oof")], details=False)
    seen = from_view("2222", MORNING, HALF_HOUR, items, whole=False)
    added = [block for block in seen.intervals if block not in items.intervals]
    assert added == [BusyInterval(TimeWindow(at(23, 10), at(23, 11)), BusyStatus.BUSY)]
    assert from_view("2200", MORNING, HALF_HOUR, items, whole=False).intervals == items.intervals


@pytest.mark.parametrize("digit", ["1", "2", "3"])
@pytest.mark.parametrize("word", ["free", "workingElsewhere", "tentative", "busy", "oof", "unknown"])
def test_an_item_explains_no_digit_stronger_than_itself(word: str, digit: str) -> None:
    items = from_items([item(at(23, 9), at(23, 10), word)], details=False)
    seen = from_view(digit * 2 + "00", MORNING, HALF_HOUR, items, whole=False)
    explained = (STATUSES.get(word.lower()) or BusyStatus.FREE) >= DIGITS[digit]
    more = () if explained else (BusyInterval(TimeWindow(at(23, 9), at(23, 10)), DIGITS[digit]),)
    assert seen.intervals == items.intervals + more
    assert seen.unknown == items.unknown


def test_of_two_items_in_a_cell_the_stronger_explains_it() -> None:
    items = from_items(
        [item(at(23, 9), at(23, 9, 5), "oof"), item(at(23, 9), at(23, 9, 30), "tentative")], details=False
    )
    assert from_view("3000", MORNING, HALF_HOUR, items, whole=False) == items


def test_a_free_item_explains_only_free_time_and_what_the_fourth_digit_may_mean() -> None:
    free = from_items([item(WINDOW.start, WINDOW.end, "free")], details=False)
    assert from_view("4040", MORNING, HALF_HOUR, free, whole=False) == free
