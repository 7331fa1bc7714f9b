"""Messages over a pipe: whole, in order, bounded, and an end that is told from a message."""

import asyncio
import os
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service import frames
from service.frames import Line, framed, heard, write_now

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


async def read(data: bytes) -> list[dict[str, Any]]:
    stream = asyncio.StreamReader()
    stream.feed_data(data)
    stream.feed_eof()
    found = []
    while (message := await heard(stream)) is not None:
        found.append(message)
    return found


@settings(max_examples=50)
@given(st.lists(st.dictionaries(st.text(max_size=10), JSON, max_size=4), max_size=4))
def test_what_is_told_is_heard(messages: list[dict[str, Any]]) -> None:
    assert asyncio.run(read(b"".join(framed(each) for each in messages))) == messages


@pytest.mark.parametrize("left", [1, 3, 4, 10])
async def test_half_a_message_is_none(left: int) -> None:
    assert await read(framed({"kind": "whole"}) + framed({"kind": "half a message"})[:left]) == [{"kind": "whole"}]


@pytest.mark.parametrize("data", [b"\xff\xff\xff\xff{}", b"\0\0\0\2[]", b"\0\0\0\1{", b"\0\0\0\0"])
async def test_what_is_no_message_is_an_error(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        await read(data)


def test_a_message_too_long_is_not_sent() -> None:
    with pytest.raises(ValueError, match="too long"):
        framed({"told": "x" * frames.LONGEST})


async def test_a_line_tells_and_hears_and_learns_of_the_end() -> None:
    there, here = os.pipe(), os.pipe()
    one, other = await Line.opened(here[0], there[1]), await Line.opened(there[0], here[1])
    assert one.tell({"number": 1})
    assert one.tell({"told": "x" * 1_000_000})
    assert await other.heard() == {"number": 1}
    told = await other.heard()
    assert told is not None
    assert len(told["told"]) == 1_000_000
    one.close()
    assert await other.heard() is None
    other.close()
    await asyncio.sleep(0)


async def test_what_nobody_takes_is_not_kept_without_end() -> None:
    there, here = os.pipe(), os.pipe()
    line = await Line.opened(here[0], there[1])
    told = {"told": "x" * (frames.LONGEST // 3)}
    assert [line.tell(told) for _ in range(4)] == [True, True, True, False]
    for descriptor in (there[0], here[1]):
        os.close(descriptor)
    line.close()
    await asyncio.sleep(0.01)


def test_without_a_loop_it_waits_until_all_is_taken() -> None:
    incoming, outgoing = os.pipe()
    write_now(outgoing, {"kind": "failed"})
    os.close(outgoing)
    with os.fdopen(incoming, "rb") as pipe:
        assert pipe.read() == framed({"kind": "failed"})
