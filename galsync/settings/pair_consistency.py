"""What the sections of tenant pairs say of the rest: directories that are there, and fit, and names that are free."""

from collections.abc import Collection, Iterator, Mapping, Sequence

from galsync.settings.clouds import ExchangeOnlineDirectory, GraphDirectory
from galsync.settings.directories import DirectorySettings
from galsync.settings.files import PowershellDirectory
from galsync.settings.pair_syncs import syncs_of
from galsync.settings.pairs import EndSettings, PairSettings
from service.mistakes import Problem, raise_all


def check_pairs(
    pairs: Sequence[PairSettings], directories: Mapping[str, DirectorySettings], taken: Collection[str]
) -> None:
    """Raises ValidationError with every end that cannot be one, and every name that is ``taken`` by a sync."""
    problems: list[Problem] = []
    names = set(taken)
    for number, pair in enumerate(pairs):
        place = ("pairs", number)
        mine = {pair.name, *(sync.name for sync in syncs_of(pair))}
        if clash := sorted(mine & names):
            problems.append(((*place, "name"), f"{clash[0]} is the name of another pair or sync: choose another"))
        names |= mine
        for key, end in zip(("source", "destination"), pair.ends, strict=True):
            problems += [((*place, key, *rest), text) for rest, text in _end(end, directories)]
    raise_all(problems)


def _end(end: EndSettings, directories: Mapping[str, DirectorySettings]) -> Iterator[Problem]:
    known = ", ".join(sorted(directories)) or "none: write [directories.NAME]"
    directory, exchange = directories.get(end.directory), directories.get(end.exchange)
    if directory is None:
        yield ("directory",), f"no directory is called {end.directory}; there are {known}"
    elif not isinstance(directory, GraphDirectory):
        yield ("directory",), f"{end.directory} ({directory.protocol}) is no tenant of Microsoft 365: name one of graph"
    elif directory.domains and end.domain not in directory.domains:
        yield (
            ("domain",),
            f"{end.directory} has the domains {', '.join(directory.domains)} alone: write one of them, or add it there",
        )
    if exchange is None:
        yield ("exchange",), f"no directory is called {end.exchange}; there are {known}"
    elif not isinstance(exchange, PowershellDirectory | ExchangeOnlineDirectory):
        words = "name one of powershell or exchange-online-undocumented"
        yield ("exchange",), f"{end.exchange} ({exchange.protocol}) is no Exchange Online: {words}"
