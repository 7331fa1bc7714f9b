"""Stretches of time as pairs of seconds: joined, shared, left over. What is worked, taken and hidden is counted so."""

from collections.abc import Iterable
from typing import TypeAlias

Spans: TypeAlias = tuple[tuple[int, int], ...]
"""Stretches of time in seconds since 1970: ordered, apart from one another."""


def joined(spans: Iterable[tuple[int, int]]) -> Spans:
    """The same time in as few stretches as there can be; those that touch are one."""
    made: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if made and start <= made[-1][1]:
            made[-1] = made[-1][0], max(made[-1][1], end)
        elif start < end:
            made.append((start, end))
    return tuple(made)


def in_both(one: Spans, other: Spans) -> Spans:
    """The time that lies in stretches of both."""
    shared: list[tuple[int, int]] = []
    left, right = 0, 0
    while left < len(one) and right < len(other):
        start, end = max(one[left][0], other[right][0]), min(one[left][1], other[right][1])
        if start < end:
            shared.append((start, end))
        if one[left][1] < other[right][1]:
            left += 1
        else:
            right += 1
    return tuple(shared)


def outside(spans: Spans, taken: Spans) -> Spans:
    """The time of ``spans`` that lies in none of ``taken``."""
    left: list[tuple[int, int]] = []
    over = 0
    for start, end in spans:
        while over < len(taken) and taken[over][1] <= start:
            over += 1
        at, here = start, over
        while here < len(taken) and taken[here][0] < end:
            if at < taken[here][0]:
                left.append((at, taken[here][0]))
            at = taken[here][1]
            here += 1
        if at < end:
            left.append((at, end))
    return tuple(left)
