"""Tests of bench/galsync/mailbox_server.py: a server of its own, which counts."""

import aiohttp

from bench.galsync.mailbox_server import address, mailbox_server


async def test_it_counts_what_stands_there() -> None:
    with mailbox_server(2, 0.0) as server:
        headers = {"Authorization": f"Bearer {server.token}"}
        async with aiohttp.ClientSession(headers=headers) as session:
            url = f"{server.url}/v1.0/users/{address(1)}/contacts"
            async with session.post(url, json={"displayName": "Ann"}) as answer:
                assert answer.status == 201
            async with session.get(f"{server.url}/v1.0/users/{address(2)}/contacts") as answer:
                assert answer.status == 404
            counts = server.counts()
            async with session.get(url) as answer:
                assert answer.status == 200
    assert (counts.contacts, counts.mailboxes, counts.requests, counts.most_at_once) == (1, 0, 2, 1)
