"""What a worker is to be: the configuration as it was checked, not as its file may read by now, and where to listen."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Self

from console.configuration import Configuration, parsed, text_of
from proxy.auth.shared_replays import Seen
from service.addresses import ListenAddress
from service.logs import Style

Listening = Mapping[str, tuple[ListenAddress, ...]]
"""Real addresses by key of [server]."""
KEYS = ("listen", "plain_listen")
"""Where every worker listens; the metrics are the parent's."""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """``text`` stood in the file ``path``; ``listening`` is where, once the sockets are made.

    ``seen``: where all workers remember the signed messages that they answered.
    """

    path: Path
    text: str = field(repr=False)
    style: Style
    workers: int
    listening: Listening = field(default_factory=dict)
    seen: Seen | None = None

    @classmethod
    def read(cls, path: Path, *, style: Style, workers: int | None) -> Self:
        """As the file reads now; ``workers`` of the command line count before its own. Raises ConfigurationError."""
        text = text_of(path)
        found = parsed(path, text)
        return cls(path=path, text=text, style=style, workers=workers or found.server.workers)

    @classmethod
    def told(cls, message: Mapping[str, Any]) -> Self:
        """What :meth:`message` told."""
        seen = message.get("seen")  # a parent of an older version has none
        return cls(
            path=Path(message["path"]),
            text=message["text"],
            style=message["style"],
            workers=message["workers"],
            listening={key: addresses(written) for key, written in message["listening"].items()},
            seen=None if seen is None else Seen.told(seen),
        )

    def message(self) -> dict[str, Any]:
        """For a worker."""
        listening = {key: [[each.host, each.port] for each in found] for key, found in self.listening.items()}
        return {
            "kind": "plan",
            "path": str(self.path),
            "text": self.text,
            "style": self.style,
            "workers": self.workers,
            "listening": listening,
            "seen": None if self.seen is None else self.seen.message(),
        }

    @cached_property
    def configuration(self) -> Configuration:
        """With the real addresses in place of those that are written. Raises ConfigurationError."""
        found = parsed(self.path, self.text)
        server = found.server.model_copy(update=dict(self.listening))
        return found.model_copy(update={"server": server})

    @cached_property
    def written(self) -> Listening:
        """The addresses as they stand in the file."""
        server = parsed(self.path, self.text).server
        return {"listen": server.listen, "plain_listen": server.plain_listen}

    @property
    def directory(self) -> Path:
        """What the files of the configuration are relative to."""
        return self.path.resolve().parent

    def at(self, listening: Listening) -> "Plan":
        """The same at real addresses."""
        return replace(self, listening=listening)


def addresses(written: Sequence[Sequence[Any]]) -> tuple[ListenAddress, ...]:
    """The addresses that a message tells."""
    return tuple(ListenAddress(str(host), int(port)) for host, port in written)
