"""Opens the fronts beside EWS: each dialect's paths, behind the same entrance and the same desks."""

from typing import Final

from proxy.server import Front
from proxy.wiring.google_front import google_front
from proxy.wiring.graph_front import graph_front
from proxy.wiring.house import Dialect, Fronts, House
from proxy.wiring.outbox import outbox
from proxy.wiring.published import published

__all__ = ["Dialect", "Fronts", "House", "dialects"]

_DIALECTS: Final[tuple[Dialect, ...]] = (google_front, graph_front, outbox, published)


def dialects(house: House) -> Fronts:
    """The fronts of all dialects together."""
    paths: dict[str, Front] = {}
    prefixes: dict[str, Front] = {}
    for dialect in _DIALECTS:
        fronts = dialect(house)
        paths.update(fronts.paths)
        prefixes.update(fronts.prefixes)
    return Fronts(paths, prefixes)
