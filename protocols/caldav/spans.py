"""Stretches of time as a set: joined, cut to a window, and what is left of it without them."""

from collections.abc import Iterable

from protocols.model.window import TimeWindow


def union(spans: Iterable[TimeWindow], window: TimeWindow) -> tuple[TimeWindow, ...]:
    """The parts of ``spans`` within ``window``, sorted, those that overlap or adjoin as one."""
    found: list[TimeWindow] = []
    for span in sorted(part for span in spans if (part := span.clip(window)) is not None):
        if found and span.start <= found[-1].end:
            found[-1] = TimeWindow(found[-1].start, max(found[-1].end, span.end))
        else:
            found.append(span)
    return tuple(found)


def gaps(spans: Iterable[TimeWindow], window: TimeWindow) -> tuple[TimeWindow, ...]:
    """The parts of ``window`` that none of ``spans`` covers, sorted."""
    found, start = [], window.start
    for span in union(spans, window):
        if start < span.start:
            found.append(TimeWindow(start, span.start))
        start = span.end
    if start < window.end:
        found.append(TimeWindow(start, window.end))
    return tuple(found)
