"""Drives ews-javascript-api, the EWS Managed API of the JavaScript world, in a node process of its own."""

from datetime import datetime
from typing import Any

from tests.clients.blocks import Answer, block
from tests.clients.node_runner import told


def free_busy(
    url: str,
    username: str,
    password: str,
    addresses: list[str],
    start: datetime,
    end: datetime,
    zone: str,
    *,
    ca: str | None = None,
    data: str = "FreeBusy",
) -> list[Answer]:
    """Blocks of each address between two naive midnights of the IANA ``zone``, which becomes the process's own.

    ``data`` is FreeBusy, Suggestions or Both. An error of the whole request is its code for every address.
    """
    question = {
        "url": url,
        "username": username,
        "password": password,
        "addresses": addresses,
        "start": start.isoformat(),
        "end": end.isoformat(),
        "data": data,
    }
    answer = _run(question, zone, ca)
    if "error" in answer:
        return [str(answer["error"])] * len(addresses)
    return [_answer(blocks) for blocks in answer["answer"]]


def discovered(url: str, username: str, password: str, address: str, *, ca: str | None = None) -> str:
    """The EWS URL that SOAP Autodiscover at ``url`` gives for ``address``, or the error."""
    question = {"what": "discover", "url": url, "username": username, "password": password, "addresses": [address]}
    answer = _run(question, "Europe/Berlin", ca)
    return str(answer.get("answer") or answer["error"])


def _run(question: dict[str, Any], zone: str, ca: str | None) -> dict[str, Any]:
    return told("ask.cjs", ("ews-javascript-api",), question, ca=ca, zone=zone)


def _answer(blocks: list[list[str]] | str) -> Answer:
    if isinstance(blocks, str):
        return blocks
    aware = [(datetime.fromisoformat(start), datetime.fromisoformat(end), status) for start, end, status in blocks]
    return sorted(block(*each) for each in aware if each[2] != "Free")
