"""Lists the syncs of the configuration, and how the last run of each went."""

from pathlib import Path
from typing import Any

from console.configuration import Configuration
from console.gal.work import Chosen, memory
from console.history import last_words, run_json
from console.surroundings import Surroundings
from console.terminal import print_json, screen
from galsync.settings import SyncSettings
from galsync.settings.consistency import form_of
from service.state.settings import SQLITE


async def show_syncs(configuration: Configuration, directory: Path, around: Surroundings, *, as_json: bool) -> None:
    """Every sync in the order of the file; nothing is made where nothing has run yet."""
    rows = [await _row(configuration, directory, around, sync) for sync in configuration.directory_syncs]
    if as_json:
        print_json(rows)
        return
    out = screen()
    if not rows:
        out.print("the configuration has no [[directory_syncs]]: see docs/guides/address-books.md", soft_wrap=True)
    for row in rows:
        told = last_words(row["last_run"])
        paused = ", paused" if row["paused"] else ""
        sources = ", ".join(row["from"])
        out.print(f"{row['name']}: {sources} -> {row['to']} as {row['as']} ({told}{paused})", soft_wrap=True)


async def _row(
    configuration: Configuration, directory: Path, around: Surroundings, sync: SyncSettings
) -> dict[str, Any]:
    form = form_of(sync, configuration.directories[sync.target])
    paused, last = "", None
    if not nothing_yet(configuration, directory):
        chosen = Chosen(configuration=configuration, directory=directory, settings=sync, around=around)
        async with memory(chosen) as ledger:
            paused = await ledger.paused(sync.name)
            runs = await ledger.runs(sync.name, most=1)
            last = run_json(runs[0]) if runs else None
    return {
        "name": sync.name,
        "from": list(sync.sources),
        "to": sync.target,
        "as": form.value if form else None,
        "paused": paused,
        "last_run": last,
    }


def nothing_yet(configuration: Configuration, directory: Path) -> bool:
    """Whether there is no database yet, so that looking does not make one."""
    database = configuration.state.database
    if not isinstance(database, str) or not database.startswith(SQLITE):
        return False
    return not (directory / database.removeprefix(SQLITE)).exists()
