"""The file of free/busy URLs: whose they are, the digest of each one's token, and when it was made."""

import fcntl
import hashlib
import os
import re
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Self
from urllib.parse import quote

from protocols.model.mailbox import canonical
from proxy.list_files import check, text_of

PATH: Final = "/freebusy/"
PARAMETER: Final = "token"
SUFFIX: Final = ".ifb"
_TOKEN_BYTES: Final = 32
_DIGEST: Final = re.compile(r"sha256:[0-9a-f]{64}")
_COMMENT: Final = re.compile(r"(?:^|\s)#(?:\s|$)")  # an address may hold a # itself
_HEAD: Final = """\
# Free/busy URLs: whose, the digest of the token, when it was made. The tokens themselves are kept nowhere.
# Written by `busyline publish`; a line that is removed is a URL that shows nothing from the next second on.
"""
_EXAMPLE: Final = "ann@contoso.example sha256:<64 hexadecimal digits> 2026-11-20T12:00:00Z"


@dataclass(frozen=True, slots=True)
class PublishedUrl:
    """One URL: the address it shows (canonical), the digest of its token, and when it was made."""

    address: str
    digest: bytes = field(repr=False)
    made: datetime

    @classmethod
    def of_line(cls, line: str) -> Self:
        """What stands on a line of the file. Raises ValueError."""
        address, digest, made = line.split()
        if not _DIGEST.fullmatch(digest):
            raise ValueError("not a digest")
        at = datetime.fromisoformat(made)
        if at.tzinfo is None:
            raise ValueError("a time without its zone")
        return cls(canonical(address), bytes.fromhex(digest.removeprefix("sha256:")), at)

    def line(self) -> str:
        """The line of the file."""
        return f"{self.address} sha256:{self.digest.hex()} {self.made.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}\n"


def new_token() -> str:
    """256 random bits, in letters that every client leaves as they are."""
    return secrets.token_urlsafe(_TOKEN_BYTES)


def digest_of(token: str) -> bytes:
    """What is kept of ``token``: it is random, so that nobody finds it again by trying."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()


def url_of(public_url: str, address: str, token: str) -> str:
    """The URL to hand out."""
    return f"{public_url}{PATH}{quote(address, safe='@')}{SUFFIX}?{PARAMETER}={token}"


def read(path: Path) -> tuple[PublishedUrl, ...]:
    """All URLs of the file, in its order; none where there is no file. Raises ListFileError for all lines at once."""
    if not path.exists():
        return ()
    found: dict[bytes, PublishedUrl] = {}
    wrong: list[str] = []
    for number, text in enumerate(text_of(path).splitlines(), 1):
        if not (line := _COMMENT.split(text, 1)[0].strip()):
            continue
        try:
            url = PublishedUrl.of_line(line)
        except ValueError:  # which would repeat the line
            wrong.append(f'{path}:{number}: is no URL: write "{_EXAMPLE}", or remove the line and publish again')
            continue
        if found.setdefault(url.digest, url).address != url.address:
            wrong.append(f"{path}:{number}: has the digest of another line: publish each address for itself")
    check(path, wrong)
    return tuple(found.values())


@contextmanager
def changing(path: Path) -> Iterator[None]:
    """Nobody else changes the file meanwhile. Raises OSError where its directory is not there."""
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)  # which also gives the lock back


def rewrite(path: Path, urls: Iterable[PublishedUrl]) -> None:
    """The file with ``urls`` and no others, for its owner's eyes alone; whoever reads it sees the old one or the new.

    Written by root it belongs to whom the old one, or else the directory, belongs to. Raises OSError.
    """
    new = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            if os.geteuid() == 0:
                owner = (path if path.exists() else path.parent).stat()
                os.fchown(file.fileno(), owner.st_uid, owner.st_gid)
            file.write(_HEAD + "".join(url.line() for url in urls))
            file.flush()
            os.fsync(file.fileno())
        new.replace(path)
    except BaseException:
        new.unlink(missing_ok=True)
        raise
