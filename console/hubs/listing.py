"""Lists the hubs of the configuration, what may be done at each spoke, and how the last run of each went."""

from pathlib import Path
from typing import Any

from calsync.settings import HubSettings, SpokeSettings
from calsync.wiring.opening import ledger_of
from console.configuration import Configuration
from console.gal.listing import nothing_yet
from console.history import last_words, run_json
from console.hubs.work import NONE, ChosenHub, memory
from console.run_troubles import in_words
from console.surroundings import Surroundings
from console.terminal import print_json, screen
from service.plain_line import one_line


async def show_hubs(configuration: Configuration, directory: Path, around: Surroundings, *, as_json: bool) -> None:
    """Every hub in the order of the file; nothing is made where nothing has run yet."""
    rows = [await _row(configuration, directory, around, hub) for hub in configuration.hubs]
    others = await _others(configuration, directory, around)
    if as_json:
        print_json(rows + [_left_out(name) for name in others])
        return
    out = screen()
    if not rows:
        out.print(NONE, soft_wrap=True)
    for name in others:
        words = f"{one_line(name)}: not in the settings any more, and its copies stand: write its section again, then "
        out.print(f"{words}`busyline calendar purge {one_line(name)}`", style="yellow", soft_wrap=True)
    for row in rows:
        paused = f", paused: {one_line(row['paused'])}" if row["paused"] else ""
        out.print(f"{row['hub']}: {row['kind']} ({last_words(row['last_run'])}{paused})", soft_wrap=True)
        if row["last_run"] and row["last_run"]["words"]:
            out.print(f"  {one_line(row['last_run']['words'])}", style="yellow", soft_wrap=True)
        for spoke in row["spokes"]:
            may = ", ".join(spoke["may"]) or "nothing"
            paused = f"; paused: {one_line(spoke['paused'])}" if spoke["paused"] else ""
            gives = "is read" if spoke["read"] else "is not read"
            out.print(f"  {spoke['spoke']} ({spoke['protocol']}): {gives}; may {may}{paused}", soft_wrap=True)


async def _others(configuration: Configuration, directory: Path, around: Surroundings) -> list[str]:
    """The hubs that the state knows and the settings do not."""
    if nothing_yet(configuration, directory):
        return []
    named = {hub.name for hub in configuration.hubs}
    with in_words():
        async with ledger_of(configuration.state, directory, clock=around.clock) as ledger:
            return [name for name in await ledger.hubs() if name not in named]


async def _row(configuration: Configuration, directory: Path, around: Surroundings, hub: HubSettings) -> dict[str, Any]:
    paused, last = dict.fromkeys(("", *hub.spokes), ""), None
    if not nothing_yet(configuration, directory):
        chosen = ChosenHub(configuration=configuration, directory=directory, settings=hub, around=around)
        async with memory(chosen) as ledger:
            paused = {name: await ledger.paused(hub.name, name) for name in paused}
            runs = await ledger.runs(hub.name, most=1)
            last = run_json(runs[0]) if runs else None
    return {
        "hub": hub.name,
        "in_settings": True,
        "kind": hub.kind,
        "schedule": str(hub.schedule),
        "paused": paused[""],
        "last_run": last,
        "spokes": [_spoke(name, spoke, paused[name]) for name, spoke in hub.spokes.items()],
    }


def _left_out(name: str) -> dict[str, Any]:
    """The row of a hub that the settings do not name: nothing is known of it but that its copies stand."""
    nothing: dict[str, Any] = {"kind": None, "schedule": None, "paused": "", "last_run": None, "spokes": []}
    return {"hub": name, "in_settings": False, **nothing}


def _spoke(name: str, spoke: SpokeSettings, paused: str) -> dict[str, Any]:
    return {
        "spoke": name,
        "protocol": spoke.protocol,
        "read": spoke.read,
        "may": [word for word in ("create", "change", "delete") if getattr(spoke.get, word)],
        "paused": paused,
    }
