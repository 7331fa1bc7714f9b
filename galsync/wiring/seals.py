"""The other side of sealed files: its public keys, out of the file that holds the line it printed."""

from pathlib import Path

from galsync.files.disk import UnreadableError, read
from galsync.files.sealed_keys import PublicKeys, parse
from galsync.settings.files import SealedDirectory
from protocols.model.freebusy import Reason


def partner_of(settings: SealedDirectory, directory: Path) -> PublicKeys:
    """Whose signature counts, and for whom is sealed. Raises UnreadableError."""
    path = directory / settings.partner
    data = read(path, most=4096)
    if data is None:
        raise UnreadableError(
            f"{path} is not there: put the line there that the other side printed", Reason.UNREACHABLE
        )
    try:
        return parse(data.decode("ascii").strip())
    except ValueError as error:
        raise UnreadableError(f"{path} does not hold the line that the other side printed: {error}") from error
