"""A sealed file as a target: the people whom another company shall see, for it alone to open."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from galsync.entries import Form
from galsync.files.disk import PRIVATE
from galsync.files.file_target import Contents, FileTarget
from galsync.files.sealed import Letter, seal, unseal
from galsync.files.sealed_keys import PublicKeys, SealKeys
from galsync.people.limits import PHOTO


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """The format. What is remembered of a file is its serial; the next is greater, and no less than the time in
    seconds, so that it grows also where a file was lost."""

    keys: SealKeys = field(repr=False)
    to: PublicKeys
    domains: tuple[str, ...]
    clock: Callable[[], datetime]

    @property
    def forms(self) -> frozenset[Form]:
        """Contacts, and groups with their members."""
        return frozenset({Form.CONTACT, Form.GROUP})

    @property
    def fields(self) -> None:
        """All."""

    @property
    def photos(self) -> int:
        """As large as anybody's may be."""
        return PHOTO[Form.CONTACT]

    def decode(self, data: bytes) -> Contents:
        """What was sealed by these very keys. Raises UnreadableError."""
        letter = unseal(data, keys=self.keys, sender=self.keys.public)
        return Contents(letter.records, (str(letter.serial),))

    def encode(self, contents: Contents) -> bytes:
        """A new file for the recipient."""
        now = self.clock()
        serial = max(int(now.timestamp()), *(int(last) + 1 for last in contents.layout), 1)
        letter = Letter(domains=self.domains, made=now, serial=serial, records=contents.records)
        return seal(letter, keys=self.keys, to=self.to)


def sealed_target(
    *,
    name: str,
    sync: str,
    path: Path,
    keys: SealKeys,
    to: PublicKeys,
    domains: Sequence[str],
    clock: Callable[[], datetime],
) -> FileTarget:
    """The file at ``path`` as a target of ``sync``, for ``to`` to open; ``domains`` are those that we speak for."""
    sealed = Sealed(keys=keys, to=to, domains=tuple(domains), clock=clock)
    return FileTarget(name=name, sync=sync, path=path, format=sealed, mode=PRIVATE)
