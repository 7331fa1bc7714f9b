"""What the machine could do at best: aiohttp on uvloop, reading each request and sending the very same bytes."""

import asyncio
import signal
import sys
from pathlib import Path

import uvloop
from aiohttp import web


async def serve(port: int, answer: bytes) -> None:
    """Serve ``answer`` on loopback to whatever is asked, until told to end."""
    headers = {"Content-Type": "text/xml; charset=utf-8"}

    async def handle(request: web.BaseRequest) -> web.Response:
        await request.read()
        return web.Response(body=answer, headers=headers)

    ended = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, ended.set)
    runner = web.ServerRunner(web.Server(handle, access_log=None))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    await ended.wait()
    await runner.cleanup()


if __name__ == "__main__":
    uvloop.run(serve(int(sys.argv[1]), Path(sys.argv[2]).read_bytes()))
