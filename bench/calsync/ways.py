"""The way of a hub to one simulated system: with a token, and each request counted by what it asks for."""

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Protocol
from urllib.parse import urlsplit

from protocols.http import HttpRequest, HttpResponse
from service.reach import ANYWHERE
from service.wire import Wire


@dataclass(slots=True, kw_only=True)
class Counts:
    """``requests`` by what was asked, and the octets of the bodies that went and came."""

    requests: Counter[str] = field(default_factory=Counter)
    sent: int = 0
    got: int = 0

    def clear(self) -> None:
        """Nothing was asked so far."""
        self.requests.clear()
        self.sent = self.got = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """``send`` asks with ``authorization``; ``named`` tells what a request is counted as."""

    wire: Wire
    authorization: str = field(repr=False)
    named: Callable[[HttpRequest], str]
    counts: Counts = field(default_factory=Counts)

    async def send(self, request: HttpRequest) -> HttpResponse:
        """One request and its answer."""
        self.counts.requests[self.named(request)] += 1
        self.counts.sent += len(request.body)
        headers = request.headers.set("Authorization", self.authorization)
        answer = await self.wire.send(HttpRequest(request.method, request.url, headers, request.body))
        self.counts.got += len(answer.body)
        return answer


class Clock(Protocol):
    """What a measurement goes by."""

    def clock(self) -> datetime:
        """What it shows."""
        ...

    async def sleep(self, seconds: float) -> None:
        """So long, by this clock."""
        ...


@dataclass(frozen=True, slots=True)
class Faster:
    """A clock that goes ``speed`` times as fast as ours, from ``begun`` on, and a sleep that is as much shorter."""

    begun: datetime
    speed: float
    started: datetime = field(default_factory=lambda: datetime.now(UTC))

    def clock(self) -> datetime:
        """What it shows."""
        return self.begun + (datetime.now(UTC) - self.started) * self.speed

    async def sleep(self, seconds: float) -> None:
        """So long, by this clock."""
        await asyncio.sleep(seconds / self.speed)


@asynccontextmanager
async def wire() -> AsyncIterator[Wire]:
    """To this machine and with patience: what is late is measured, not given up."""
    async with Wire(timeout=timedelta(minutes=5), reach=ANYWHERE, environ={}) as found:
        yield found


def google(request: HttpRequest) -> str:
    """What is asked of the Calendar API: "changes" (a listing since a token), "listing" (of everything), else the
    method."""
    parts = urlsplit(request.url)
    if request.method == "GET" and parts.path.endswith("/events"):
        return "changes" if "syncToken=" in parts.query else "listing"
    return {"GET": "look", "POST": "import", "PATCH": "patch"}.get(request.method, request.method)


def graph(request: HttpRequest) -> str:
    """What is asked of Graph: the last word of the path."""
    return urlsplit(request.url).path.rpartition("/")[2]


def people(request: HttpRequest) -> str:
    """What is asked of the People API: "google changes" (a listing since a token), "google listing" (of everything),
    else "google" and the word after the colon."""
    parts = urlsplit(request.url)
    if parts.path.endswith("/connections"):
        return "google changes" if "syncToken=" in parts.query else "google listing"
    return f"google {parts.path.rpartition(':')[2]}"


def outlook(request: HttpRequest) -> str:
    """What is asked of Graph about contacts: "graph changes" (since a token), "graph look" (a batch that only reads),
    "graph write" (any other), or "graph listing"."""
    parts = urlsplit(request.url)
    if parts.path.endswith("/$batch"):
        methods = {part["method"] for part in json.loads(request.body)["requests"]}
        return "graph look" if methods <= {"GET"} else "graph write"
    return "graph changes" if "deltatoken" in parts.query else "graph listing"


def exchange(request: HttpRequest) -> str:
    """The operation that is asked of Exchange."""
    return request.headers.get("SOAPAction", "").rpartition("/")[2].rstrip('"')
