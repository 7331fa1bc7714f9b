"""What [[move_forwarders]] say of directories: ones that are there, and whose mailboxes can forward."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from galsync.settings.active_directory import ActiveDirectory
from galsync.settings.clouds import ExchangeOnlineDirectory, GoogleDirectory
from galsync.settings.directories import DirectorySettings
from galsync.settings.files import PowershellDirectory
from galsync.settings.forwarders import ForwarderSettings
from service.mistakes import Problem, raise_all

FORWARDING: Final = (ActiveDirectory, ExchangeOnlineDirectory, GoogleDirectory, PowershellDirectory)
"""The directories whose mailboxes can be looked at and made to forward."""


def check_forwarders(directories: Mapping[str, DirectorySettings], forwarders: Sequence[ForwarderSettings]) -> None:
    """Raises ValidationError with every forwarder whose directories cannot do what it wants, at its place."""
    problems: list[Problem] = []
    seen: set[tuple[str, str]] = set()
    for number, each in enumerate(forwarders):
        place = ("move_forwarders", number)
        problems += [((*place, key), text) for key, text in _of(each, directories)]
        if (each.move, each.at) in seen:
            problems.append(((*place, "at"), f"forwards the people of {each.move} at {each.at} twice: keep one"))
        seen.add((each.move, each.at))
    raise_all(problems)


def _of(settings: ForwarderSettings, directories: Mapping[str, DirectorySettings]) -> Iterator[tuple[str, str]]:
    known = ", ".join(sorted(directories)) or "none: write [directories.NAME]"
    for key, name in (("at", settings.at), ("beyond", settings.beyond)):
        if name is None:
            continue
        directory = directories.get(name)
        if directory is None:
            yield key, f"no directory is called {name}; there are {known}"
        elif not isinstance(directory, FORWARDING):
            words = "active-directory, exchange-online-undocumented, google or powershell"
            yield key, f"{name} ({directory.protocol}) cannot forward anybody's mail: name one of {words}"
    if settings.at == settings.beyond:
        yield "beyond", f"{settings.at} is the side that people leave: name the one that they go to, or leave it out"
