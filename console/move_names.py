"""Sees to it that every move which an address-book sync or a forwarder names is one of [[moves]]."""

from collections.abc import Iterator, Sequence

from galsync.settings import SyncSettings
from galsync.settings.forwarders import ForwarderSettings
from proxy.settings.moves import ASK, MoveSettings
from service.mistakes import Problem, raise_all


def check_moves_named(
    moves: Sequence[MoveSettings], syncs: Sequence[SyncSettings], forwarders: Sequence[ForwarderSettings]
) -> None:
    """Raises ValidationError at each place that names a move which is not there, or one that tells nobody's name: with
    either of them no entry would ever flip, in silence."""
    raise_all(list(_problems({move.name: move for move in moves}, syncs, forwarders)))


def _problems(
    moves: dict[str, MoveSettings], syncs: Sequence[SyncSettings], forwarders: Sequence[ForwarderSettings]
) -> Iterator[Problem]:
    for number, sync in enumerate(syncs):
        for each in sync.moves:
            if words := _wrong(each.name, moves):
                yield ("directory_syncs", number, "moves"), words
    for number, forwarder in enumerate(forwarders):
        if words := _wrong(forwarder.move, moves):
            yield ("move_forwarders", number, "move"), words


def _wrong(name: str, moves: dict[str, MoveSettings]) -> str:
    if name not in moves:
        known = ", ".join(moves) or "none: write [[moves]]"
        return f'no move is called "{name}"; there are {known}'
    if moves[name].people == ASK:
        return f'the move "{name}" names nobody (people = "ask"): give it a list, a group or an attribute'
    return ""
