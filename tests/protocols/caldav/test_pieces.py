"""Work in pieces comes to the same as work without a rest."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.caldav import item_file, lines
from protocols.caldav.pieces import Pieces, done, undivided
from protocols.errors import PeerError
from tests.protocols.caldav.ics import cal, event
from tests.protocols.caldav.item_samples import START

BITS = ("X:a", "\r\n", "\n", "\r", "\r\n ", "\n\t", "\n\n", "\r\r\n", " ", "\x0b", "BEGIN:VALARM\n", "END:VALARM\n")


def work() -> Pieces[int]:
    yield
    yield
    return 2


async def test_what_it_returns() -> None:
    assert done(work()) == 2
    assert await undivided(work()) == 2


def told(data: bytes) -> list[lines.Block] | str:
    try:
        return lines.calendars(data)
    except PeerError as error:
        return error.detail


@given(st.lists(st.sampled_from(BITS), max_size=30))
def test_a_calendar_is_the_same_in_pieces_of_any_length(bits: list[str]) -> None:
    data = cal(*event(START, uid="a"), *event("".join(bits), uid="b"), *event(START, uid="c"))
    whole = told(data)
    with pytest.MonkeyPatch.context() as patch:
        for length in (1, 7):
            patch.setattr(lines, "_PIECE", length)
            assert told(data) == whole


@pytest.mark.parametrize("parts", [1, 200])
def test_a_long_file_is_read_in_many_pieces(parts: int) -> None:
    file = cal(*(line for number in range(parts) for line in event(START, "COMMENT:" + "x" * 2000, uid=f"{number}@x")))
    rests = sum(1 for _ in item_file.reading(file))
    assert rests >= 2 * parts + 2 * (len(file) // (128 * 1024))
    assert len(done(item_file.reading(file))) == parts
