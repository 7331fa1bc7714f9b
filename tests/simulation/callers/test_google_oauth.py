"""Google posts a form to the endpoint that was typed in, and sends the token as the second word of Authorization."""

from datetime import UTC, datetime

import aiohttp
from aiohttp import web

from simulation.callers.google_oauth import GoogleOAuthCaller

START, END = datetime(2026, 11, 23, tzinfo=UTC), datetime(2026, 11, 24, tzinfo=UTC)


async def test_the_form_goes_first_and_its_token_with_every_question() -> None:
    seen: list[tuple[str, str, str]] = []

    async def answer(request: web.BaseRequest) -> web.Response:
        text = await request.text()
        seen.append((request.path, request.headers.get("Authorization", ""), text[:60]))
        if request.path == "/token":
            return web.json_response({"access_token": "abc"})
        return web.Response(status=401)

    runner = web.ServerRunner(web.Server(answer))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    async with GoogleOAuthCaller(
        url=f"{url}/", token_url=f"{url}/token", client_id="northwind", client_secret="a b"
    ) as caller:
        for _ in range(2):
            assert (await caller.availability(["a@b.example"], START, END))[0].code == "HTTP 401"
        caller.forget()
        async with aiohttp.ClientSession() as session:
            assert await caller.authorization(session) == "Bearer abc"
        assert caller.fetched == 2
    await runner.cleanup()
    form = "grant_type=client_credentials&client_id=northwind&client_secret=a+b"
    assert [(path, shown) for path, shown, _ in seen] == [
        ("/token", ""),
        ("/", "Bearer abc"),
        ("/", "Bearer abc"),
        ("/token", ""),
    ]
    assert seen[0][2] == form[:60]
