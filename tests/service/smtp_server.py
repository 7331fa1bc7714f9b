"""A small mail server for tests: TLS or not, with a password or without, and a memory of what it was handed."""

import asyncio
import ssl
from base64 import b64decode
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage


@dataclass
class SmtpServer:
    """``refusals`` are answers to commands that it does not take, by what the line begins with. ``secret`` is user and
    password, without which nobody may send; a ``mute`` one says nothing at all."""

    tls: ssl.SSLContext | None = None
    secret: tuple[str, str] | None = None
    starttls: bool = True
    mute: bool = False
    refusals: Mapping[str, str] = field(default_factory=dict)
    port: int = 0
    taken: list[EmailMessage] = field(default_factory=list)
    to: list[list[str]] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One client, from the greeting to its end."""
        try:
            await _Talk(self, reader, writer).through()
        except (ConnectionError, asyncio.IncompleteReadError, ssl.SSLError, UnicodeDecodeError):
            return
        finally:
            writer.close()


class _Talk:
    def __init__(self, server: SmtpServer, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._server, self._reader, self._writer = server, reader, writer
        self._known = server.secret is None
        self._safe = server.tls is None
        self._to: list[str] = []

    async def through(self) -> None:
        if self._server.mute:
            await self._reader.read()
            return
        await self._say("220 mail.test ESMTP")
        while line := (await self._reader.readline()).decode("ascii").rstrip():
            self._server.said.append(line)
            word = line.split(" ")[0].upper()
            refusal = next(
                (answer for start, answer in self._server.refusals.items() if line.upper().startswith(start.upper())),
                "",
            )
            await self._say(refusal or await self._answer(word, line))
            if word == "STARTTLS" and not refusal:
                assert self._server.tls is not None
                await self._writer.start_tls(self._server.tls)
                self._safe = True
            if word == "QUIT":
                return

    async def _answer(self, word: str, line: str) -> str:
        match word:
            case "EHLO":
                answer = self._offers()
            case "AUTH":
                _, user, password = b64decode(line.split(" ")[2]).decode().split("\0")
                self._known = (user, password) == self._server.secret
                answer = "235 welcome" if self._known else "535 5.7.8 not you"
            case "MAIL":
                self._to = []
                answer = "250 ok" if self._known else "530 5.7.0 who are you"
            case "RCPT":
                self._to.append(line.partition("<")[2].partition(">")[0])
                answer = "250 ok"
            case "DATA":
                answer = await self._taken()
            case _:
                answer = {"STARTTLS": "220 go ahead", "QUIT": "221 goodbye"}.get(word, "250 ok")
        return answer

    def _offers(self) -> str:
        server, offers = self._server, ["250-mail.test"]
        offers += ["250-STARTTLS"] if not self._safe and server.starttls else []
        offers += ["250-AUTH PLAIN"] if server.secret and self._safe else []
        return "\r\n".join([*offers, "250 HELP"])

    async def _taken(self) -> str:
        await self._say("354 go on")
        text = await self._reader.readuntil(b"\r\n.\r\n")
        message = message_from_bytes(text[:-3].replace(b"\r\n..", b"\r\n."), policy=policy.default)
        assert isinstance(message, EmailMessage)
        self._server.taken.append(message)
        self._server.to.append(self._to)
        return "250 taken"

    async def _say(self, line: str) -> None:
        self._writer.write(f"{line}\r\n".encode("ascii"))
        await self._writer.drain()


@asynccontextmanager
async def smtp_server(server: SmtpServer, *, tls: ssl.SSLContext | None = None) -> AsyncIterator[SmtpServer]:
    """It listens on 127.0.0.1 until the block ends; ``tls`` from the beginning."""
    listening = await asyncio.start_server(server.talk, "127.0.0.1", 0, ssl=tls)
    server.port = listening.sockets[0].getsockname()[1]
    async with listening:
        yield server
