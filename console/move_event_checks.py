"""Checks what address books and forwarders say of moves: entries at one side alone, mail that goes nowhere."""

from collections.abc import Iterator

from console.configuration import Configuration
from console.findings import Finding, error, note, warning
from galsync.settings import SyncSettings
from galsync.settings.files import PowershellDirectory
from galsync.settings.forwarders import ForwarderSettings
from proxy.settings.moves import MoveSettings

_OTHER = {"from": "to", "to": "from"}


def check_move_events(configuration: Configuration) -> Iterator[Finding]:
    """The syncs, then the forwarders, in the order of the file; nobody is asked."""
    moves = {move.name: (number, move) for number, move in enumerate(configuration.moves, 1)}
    sides: set[tuple[str, str]] = {
        (each.name, each.side) for sync in configuration.directory_syncs for each in sync.moves
    }
    for number, sync in enumerate(configuration.directory_syncs, 1):
        yield from _sync(f"directory_syncs[{number}].moves", sync, sides)
    for number, forwarder in enumerate(configuration.move_forwarders, 1):
        key = f"move_forwarders[{number}]"
        if isinstance(configuration.directories[forwarder.at], PowershellDirectory):
            what = "mail is forwarded, and given back, only once somebody has run the script that is laid for it"
            yield note(f"{key}.at", what, "run it, copy back what it exports, and give `busyline moves apply` again")
        yield from _forwarder(key, forwarder, moves[forwarder.move][1], sides)
    forwarded = {each.move for each in configuration.move_forwarders}
    for name in sorted({name for name, _ in sides} - forwarded, key=lambda name: moves[name][0]):
        what = "its entries flip, and mail that still comes to the side that is left stays there"
        yield note(f"moves[{moves[name][0]}]", what, "write [[move_forwarders]], or see to it otherwise")


def _sync(key: str, sync: SyncSettings, sides: set[tuple[str, str]]) -> Iterator[Finding]:
    for each in sync.moves:
        if (each.name, _OTHER[each.side]) not in sides:
            what = f'no sync says that its sources are on the side "{_OTHER[each.side]}" of {each.name}'
            mend = "write it at the sync of the other direction, or whoever moves is in one address book alone"
            yield warning(key, what, mend)


def _forwarder(
    key: str, settings: ForwarderSettings, move: MoveSettings, sides: set[tuple[str, str]]
) -> Iterator[Finding]:
    if move.rewrite is None and settings.to is None:
        what = f"both sides of {move.name} know people by one address, so that mail would go in a circle"
        yield error(f"{key}.to", what, 'write to, such as "{local}@contoso.onmicrosoft.com"')
    if settings.beyond is None:
        what = "nobody looks whether the new mailbox is there, and whether it forwards back"
        yield note(f"{key}.beyond", what, "name the directory of the side that people go to, where it can tell")
    if (move.name, "from") not in sides:
        what = f"no sync takes the entries of those who have moved by {move.name} out of the new side's address book"
        mend = 'write moves = [{ name = "…", side = "from" }] at the sync that brings them there'
        yield warning(f"{key}.move", what, mend)
