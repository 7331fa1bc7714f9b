"""The bare handler sends the very bytes it was given, whatever it is asked."""

from pathlib import Path

import aiohttp

from bench.machine import SERVER, free_port, running


async def test_the_same_bytes_for_every_question(tmp_path: Path) -> None:
    answer, port = b"<a>\xc3\xa9</a>" * 1000, free_port()
    (tmp_path / "answer").write_bytes(answer)
    command = ["-m", "bench.bare", str(port), str(tmp_path / "answer")]
    url = f"http://127.0.0.1:{port}/"
    async with running(command, url, core=SERVER, log=tmp_path / "log"), aiohttp.ClientSession() as session:
        for question in (b"one", b"another" * 10_000):
            async with session.post(url, data=question) as response:
                assert await response.read() == answer
                assert response.headers["Content-Type"] == "text/xml; charset=utf-8"
