"""What the demo says to try works as printed."""

import asyncio
import shlex

from console.cli import run
from console.demo.merger import Merger
from console.demo.try_it import try_it
from tests.needs import program


async def test_the_curl_line_gets_an_answer_for_both(running: Merger) -> None:
    line = next(line for line in try_it(running) if line.lstrip().startswith("curl "))
    arguments = shlex.split(line)[1:]
    process = await asyncio.create_subprocess_exec(
        program("curl"), "--silent", "--fail", *arguments, stdout=asyncio.subprocess.PIPE
    )
    body, _ = await process.communicate()
    assert process.returncode == 0
    assert body.count(b"NoError") == 2


async def test_the_commands_end_well(running: Merger) -> None:
    lines = [shlex.split(line) for line in try_it(running) if line.lstrip().startswith("busyline ")]
    assert [line[1] for line in lines] == ["lookup", "explain", "setup"]
    for line in lines:
        assert await asyncio.to_thread(run, line[1:]) == 0, line
