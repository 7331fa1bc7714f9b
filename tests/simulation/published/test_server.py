"""The simulated server of files: conditional requests, redirects and the password."""

from datetime import UTC, datetime

import aiohttp

from simulation.estate import Estate
from simulation.published import PublishedServer


async def test_files_validators_and_what_is_gone(estate: Estate) -> None:
    async with PublishedServer(estate) as server, aiohttp.ClientSession() as session:

        async def get(path: str, **headers: str) -> tuple[int, str, str]:
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            async with session.get(server.url + path, headers=named, allow_redirects=False) as answer:
                return answer.status, answer.headers.get("ETag", ""), await answer.text()

        server.put("/a.ics", b"one", datetime(2026, 11, 1, tzinfo=UTC))
        status, etag, text = await get("/a.ics")
        assert (status, text) == (200, "one")
        assert await get("/a.ics", If_None_Match=etag) == (304, etag, "")
        assert (await get("/a.ics", If_Modified_Since="Sun, 01 Nov 2026 00:00:00 GMT"))[0] == 304
        server.put("/a.ics", b"two", datetime(2026, 11, 2, tzinfo=UTC))
        assert (await get("/a.ics", If_None_Match=etag, If_Modified_Since="Mon, 02 Nov 2026 00:00:00 GMT"))[0] == 200
        server.etags = server.dates = False
        assert (await get("/a.ics", If_None_Match=etag))[:2] == (200, "")
        server.redirects["/old.ics"] = "/a.ics"
        assert (await get("/old.ics"))[0] == 302
        server.remove("/a.ics")
        assert (await get("/a.ics"))[0] == 404
        server.password = ("ann", "secret")
        assert (await get("/a.ics"))[0] == 401
        assert (await get("/a.ics", Authorization="Basic YW5uOnNlY3JldA=="))[0] == 404
    assert [call.status for call in server.calls][:2] == [200, 304]
