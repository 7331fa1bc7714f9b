"""What an ACME authority is told on the plain port, whichever of several processes it asks: in small files."""

import re
from collections.abc import Iterator, MutableMapping
from pathlib import Path
from typing import Final

from certs.keeping import keep

_TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{1,256}")  # RFC 8555 8.3: base64url, and so a file's name as it stands
_LONGEST: Final = 4096


class SharedAnswers(MutableMapping[str, str]):
    """Key authorizations by their tokens, each a file in ``folder`` for its owner alone.

    A token that is none has no answer, whatever lies at such a path. Writing raises OSError.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __getitem__(self, token: str) -> str:
        try:
            with self._path(token).open("rb") as file:
                return file.read(_LONGEST).decode("ascii")
        except (OSError, UnicodeDecodeError):
            raise KeyError(token) from None

    def __setitem__(self, token: str, told: str) -> None:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        keep(self._path(token), told.encode("ascii"))

    def __delitem__(self, token: str) -> None:
        try:
            self._path(token).unlink()
        except OSError:
            raise KeyError(token) from None

    def __iter__(self) -> Iterator[str]:
        return iter(self._tokens())

    def __len__(self) -> int:
        return len(self._tokens())

    def _tokens(self) -> list[str]:
        found = sorted(self._folder.iterdir()) if self._folder.is_dir() else []
        return [path.name for path in found if _TOKEN.fullmatch(path.name)]

    def _path(self, token: str) -> Path:
        if not _TOKEN.fullmatch(token):
            raise KeyError(token)
        return self._folder / token
