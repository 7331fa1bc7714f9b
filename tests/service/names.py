"""What names lead to, for tests: the name service of the machine is taken out of play."""

import socket
from collections.abc import Sequence
from typing import Any

import pytest


def lead(monkeypatch: pytest.MonkeyPatch, **names: Sequence[str]) -> list[str]:
    """From now on ``names`` (a ``_`` stands for a dot) lead there, all else leads nowhere; who was looked up, in order.

    IP addresses go on leading to themselves.
    """
    known = {name.replace("_", "."): addresses for name, addresses in names.items()}
    asked: list[str] = []
    real = socket.getaddrinfo

    def getaddrinfo(host: Any, port: Any, *arguments: Any, **options: Any) -> list[Any]:
        name = host.decode() if isinstance(host, bytes) else host
        if name not in known:
            return real(host, port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
        asked.append(name)
        return [found for address in known[name] for found in real(address, port, type=socket.SOCK_STREAM)]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    return asked
