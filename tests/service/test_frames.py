"""Messages over a pipe: whole, in order, bounded, and an end that is told from a message."""

import asyncio
import os
import sys
from concurrent.futures import ThreadPoolExecutor
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
    await one.close()
    assert await other.heard() is None
    await other.close()


TELLING = """
import os, sys, uvloop
from service.frames import Line
async def tell():
    line = await Line.opened(os.dup(0), os.dup(1))
    line.tell({"told": "x" * 5_000_000})
    await line.close()
uvloop.run(tell())
"""


async def test_what_a_process_tells_last_is_heard() -> None:
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", TELLING, stdin=pipe, stdout=pipe)
    assert process.stdout is not None
    told = await heard(process.stdout)
    assert told is not None
    assert len(told["told"]) == 5_000_000
    assert await heard(process.stdout) is None
    assert await process.wait() == 0


async def test_whoever_hangs_up_waits_until_all_is_taken() -> None:
    there, here = os.pipe(), os.pipe()
    one, other = await Line.opened(here[0], there[1]), await Line.opened(there[0], here[1])
    assert one.tell({"told": "x" * 1_000_000})
    closing = asyncio.create_task(one.close())
    await asyncio.sleep(0)
    assert not closing.done()
    assert await other.heard() is not None
    await closing
    await other.close()


async def test_what_nobody_takes_is_not_kept_without_end() -> None:
    there, here = os.pipe(), os.pipe()
    line = await Line.opened(here[0], there[1])
    told = {"told": "x" * (frames.LONGEST // 3)}
    assert [line.tell(told) for _ in range(4)] == [True, True, True, False]
    for descriptor in (there[0], here[1]):
        os.close(descriptor)
    await line.close()  # nor is there anybody to wait for


def test_without_a_loop_it_waits_until_all_is_taken() -> None:
    incoming, outgoing = os.pipe()
    write_now(outgoing, {"kind": "failed"})
    os.close(outgoing)
    with os.fdopen(incoming, "rb") as pipe:
        assert pipe.read() == framed({"kind": "failed"})


def test_it_waits_at_a_pipe_that_a_loop_had_before() -> None:
    incoming, outgoing = os.pipe()
    os.set_blocking(outgoing, False)
    told = {"words": "x" * 1_000_000}

    def write() -> None:
        try:
            write_now(outgoing, told)
        finally:
            os.close(outgoing)

    with os.fdopen(incoming, "rb") as pipe, ThreadPoolExecutor(1) as others:
        writing = others.submit(write)
        assert pipe.read() == framed(told)
        writing.result()
