"""LDIF as a target: mail contacts for a directory that only its own administrator writes."""

from pathlib import Path

from galsync.files.disk import MOST, PRIVATE
from galsync.files.file_target import FileTarget
from galsync.files.ldif_contacts import Ldif


def ldif_target(*, name: str, sync: str, path: Path, unit: str, mode: int = PRIVATE, most: int = MOST) -> FileTarget:
    """The file at ``path`` as a target of ``sync``: everybody who shall stand below ``unit``, an organisational unit's
    DN. ``ldifde -i -k -f FILE`` and ``ldapadd -c -f FILE`` add who is missing; they change and remove nobody."""
    return FileTarget(name=name, sync=sync, path=path, format=Ldif(unit), mode=mode, most=most)
