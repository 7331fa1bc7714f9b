"""Documents with one thing wrong in them, for proving that a damaged answer is never taken for free time."""

import copy
from collections.abc import Iterator
from typing import Any

from hypothesis import strategies as st

from protocols.model.freebusy import Answer, Availability
from protocols.model.window import TimeWindow

JUNK: tuple[Any, ...] = (None, 17, "junk", {}, True)


def mutated(document: dict[str, Any], *, spare: frozenset[str] = frozenset()) -> st.SearchStrategy[dict[str, Any]]:
    """``document`` with one member dropped or replaced by junk of another kind; members named in ``spare`` stay."""
    places = list(_places(document, ()))
    return st.builds(
        lambda path, junk, drop: _damage(document, path, junk, drop=drop),
        st.sampled_from([path for path in places if not spare.intersection(path)]),
        st.sampled_from(JUNK),
        st.booleans(),
    )


def covered(answer: Answer, busy: TimeWindow) -> bool:
    """Whether ``answer`` shows no part of ``busy`` as free."""
    if not isinstance(answer, Availability):
        return True
    needed = busy.clip(answer.window)
    known = [interval.window for interval in answer.intervals if interval.status] + list(answer.unknown)
    return needed is None or _fills(sorted(known), needed)


def _fills(windows: list[TimeWindow], needed: TimeWindow) -> bool:
    start = needed.start
    for window in windows:
        if window.start <= start < window.end:
            start = window.end
    return start >= needed.end


def _places(node: Any, path: tuple[str | int, ...]) -> Iterator[tuple[str | int, ...]]:
    children = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, child in children:
        if isinstance(node, dict):
            yield (*path, key)
        yield from _places(child, (*path, key))


def _damage(document: dict[str, Any], path: tuple[str | int, ...], junk: Any, *, drop: bool) -> dict[str, Any]:
    damaged = copy.deepcopy(document)
    *parents, last = path
    node: Any = damaged
    for key in parents:
        node = node[key]
    if drop:
        del node[last]
    else:
        node[last] = junk
    return damaged
