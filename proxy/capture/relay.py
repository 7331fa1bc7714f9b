"""Carries what a capture may keep from the process that answered to the one that captures; in memory only."""

import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any, Final

from proxy.capture.heard import Heard

KIND: Final = "heard"


class Relay:
    """Hears for somebody else, while that one listens; ``tell`` says whether the message was taken."""

    def __init__(self, tell: Callable[[Mapping[str, Any]], bool]) -> None:
        self._tell = tell
        self.listening = False

    def hear(self, heard: Heard) -> None:
        """Hand it on; what nobody takes is not captured."""
        self._tell(written(heard))


def written(heard: Heard) -> dict[str, Any]:
    """A message of JSON's types alone; it holds secrets, and is for a pipe between two of our processes.

    The fields are JSON within: headers may be no text in UTF-8, which only this way of writing bears.
    """
    body = None if heard.body is None else _ascii(heard.body)
    told = asdict(heard) | {"at": heard.at.isoformat(), "body": body, "answer": _ascii(heard.answer)}
    return {"kind": KIND, "told": json.dumps(told)}


def read(message: Mapping[str, Any]) -> Heard:
    """What :func:`written` told. Raises ValueError, KeyError, TypeError for anything else."""
    told = json.loads(message["told"])
    return Heard(
        **told
        | {
            "at": datetime.fromisoformat(told["at"]),
            "headers": _pairs(told["headers"]),
            "answer_headers": _pairs(told["answer_headers"]),
            "body": None if told["body"] is None else base64.b64decode(told["body"]),
            "answer": base64.b64decode(told["answer"]),
            "tls": tuple(told["tls"]),
        }
    )


def _ascii(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _pairs(told: list[list[str]]) -> tuple[tuple[str, str], ...]:
    return tuple((name, value) for name, value in told)
