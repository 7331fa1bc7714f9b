"""Checks of guests as entries: that they are accounts is said, and that something shows them in the address lists."""

from collections.abc import Iterator, Mapping

from console.findings import Finding, note, warning
from galsync.settings import DirectorySettings, SyncSettings
from galsync.settings.clouds import ExchangeOnlineDirectory, GraphDirectory


def check_guests(
    key: str, sync: SyncSettings, target: GraphDirectory, directories: Mapping[str, DirectorySettings]
) -> Iterator[Finding]:
    """What is doubtful with guests of ``sync``, whose key is ``key``, in ``target``."""
    what = "guests are accounts of this organisation that can be given access to what is in it"
    yield note(f"{key}.as", what, "see that nobody is given more than an entry")
    place = f"directories.{sync.target}"
    if not target.shown_by:
        what = f"the guests of {sync.name} stand in no address list: Exchange hides them, and nothing shows them"
        mend = 'write shown_by = "NAME", and [directories.NAME] with protocol = "powershell"'
        yield warning(place, what, mend)
        return
    other = directories[target.shown_by]
    if isinstance(other, ExchangeOnlineDirectory) and other.tenant.lower() != target.tenant.lower():
        what = f"{target.shown_by} is of the tenant {other.tenant}, and {sync.target} of {target.tenant}"
        yield warning(f"{place}.shown_by", what, "write the same tenant in the same way in both")
