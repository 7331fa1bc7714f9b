"""A line to the directory of these tests."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from protocols.ldap.operations import Search
from service.directory import DirectoryLine, Security
from service.directory_sign_in import PasswordSignIn
from service.secrets import Secret
from tests.clients.tls import Authority
from tests.service.directory_server import (
    Asked,
    Server,
    entry,
    reference,
    result,
    serving,
)

SEARCHING = Search(base="DC=b")
PASSWORD = "hunter2-in-the-open"


async def answering(server: Server, asked: Asked, writer: asyncio.StreamWriter) -> None:
    writer.write(entry(asked, "cn=a") + reference(asked, "ldap://x") + entry(asked, "cn=b") + result(asked))


def line(server: Server, tls: Authority, **more: object) -> DirectoryLine:
    options: dict[str, object] = {"port": server.port, "ca": Path(tls.ca), **more}
    return DirectoryLine("127.0.0.1", PasswordSignIn("svc@b", Secret(PASSWORD)), **options)  # type: ignore[arg-type]


@asynccontextmanager
async def lined(server: Server, tls: Authority, **more: object) -> AsyncIterator[DirectoryLine]:
    plain = more.get("security") is Security.START_TLS
    async with serving(server, plain=plain), line(server, tls, **more) as found:
        yield found


async def heard(server: Server, kind: str) -> None:
    """Waits until the server has been asked so."""
    async with asyncio.timeout(10):
        while kind not in server.kinds():
            server.heard.clear()
            await server.heard.wait()
