"""One registry out of several processes' numbers: sums what can be summed, and says which process the rest is of."""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from operator import add
from typing import Any, Final, Literal, TypeAlias

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.registry import Collector

Join: TypeAlias = Literal["sum", "most", "least", "each"]
"""How the numbers of several processes become one; ``each`` keeps them apart by the label ``worker``."""

GAUGES: Final[Mapping[str, Join]] = {
    "busyline_breaker_open": "sum",
    "busyline_budget_spent": "sum",
    "busyline_cache_bytes": "sum",
    "busyline_cache_entries": "sum",
    "busyline_certificate_days_left": "least",
    "busyline_cluster_up": "least",
    "busyline_connections": "sum",
    "busyline_directory_without_groups": "most",
    "busyline_free_busy_urls": "most",
    "busyline_gal_conflicts": "most",
    "busyline_gal_failed": "most",
    "busyline_gal_interval_seconds": "most",
    "busyline_gal_last_run_seconds": "most",
    "busyline_gal_last_well_seconds": "most",
    "busyline_gal_stopped": "most",
    "busyline_hub_certificate_days_left": "least",
    "busyline_hub_failed": "most",
    "busyline_hub_interval_seconds": "most",
    "busyline_hub_last_run_seconds": "most",
    "busyline_hub_last_well_seconds": "most",
    "busyline_hub_paused_spokes": "most",
    "busyline_hub_stopped": "most",
    "busyline_hub_unwatched": "most",
    "busyline_ledger_waiting": "sum",
    "busyline_line_waiting": "sum",
    "busyline_moves_left_out": "most",
    "busyline_moves_people": "most",
    "busyline_moves_stale": "most",
    "busyline_people_asked": "most",
    "busyline_queue_waiting": "sum",
    "busyline_workers": "sum",
    "busyline_workers_wanted": "sum",
}
"""Every gauge of ours; what is not named is kept apart (those of a process: its memory, its files)."""
_SEEN_BY_ALL: Final = frozenset(
    {"busyline_certificate_swaps", "busyline_certificate_failures", "busyline_moves_refused"}
)  # counters of what each process sees of one and the same thing
_JOINS: Final[Mapping[Join, Callable[[float, float], float]]] = {"sum": add, "most": max, "least": min, "each": add}
_ADDED: Final = frozenset({"counter", "histogram", "summary"})

_Labels: TypeAlias = tuple[tuple[str, str], ...]
_Key: TypeAlias = tuple[str, str, _Labels]  # family, sample, labels


@dataclass(frozen=True, slots=True)
class _Family:
    words: str
    kind: str


@dataclass(slots=True)
class Snapshot:
    """The numbers of one process at one instant."""

    families: dict[str, _Family] = field(default_factory=dict)
    samples: dict[_Key, float] = field(default_factory=dict)


def snapshot(registry: CollectorRegistry) -> list[Any]:
    """What ``registry`` holds now, for :func:`read` in another process; of JSON's types alone."""
    return [
        [
            family.name,
            family.documentation,
            family.type,
            [[s.name, dict(s.labels), _number(s.value)] for s in family.samples],
        ]
        for family in registry.collect()
    ]


def read(families: Iterable[Sequence[Any]]) -> Snapshot:
    """What :func:`snapshot` told. Raises ValueError, TypeError, AttributeError for anything else."""
    found = Snapshot()
    for name, words, kind, samples in families:
        found.families[str(name)] = _Family(str(words), str(kind))
        for sample, labels, value in samples:
            found.samples[str(name), str(sample), tuple(sorted(labels.items()))] = float(value)
    return found


class Joined:
    """The numbers of processes that come and go: what one of them counted stays counted when it has ended."""

    def __init__(self) -> None:
        self._gone = Snapshot()

    def end(self, last: Snapshot) -> None:
        """A process has ended, and ``last`` is the last that was heard of it."""
        self._gone.families |= last.families
        kept = self._gone.samples
        for key, value in last.samples.items():
            if (join := _join(last.families[key[0]], key)) is not None:
                kept[key] = join(kept[key], value) if key in kept else value

    def exposition(self, now: Mapping[str, Snapshot]) -> tuple[bytes, str]:
        """Everything in Prometheus' text format, and its Content-Type; ``now``: by the names of the processes."""
        registry = CollectorRegistry()
        registry.register(_Kept(list(self._joined(now))))
        return generate_latest(registry), CONTENT_TYPE_LATEST

    def _joined(self, now: Mapping[str, Snapshot]) -> Iterator[Metric]:
        told = [("", self._gone), *now.items()]
        families: dict[str, _Family] = reduce(lambda known, one: known | one[1].families, told, {})
        values: dict[str, dict[tuple[str, _Labels], float]] = {name: {} for name in families}
        for worker, one in told:
            for key, value in one.samples.items():
                family, sample, labels = key
                how = _how(families[family], key)
                place = sample, (*labels, ("worker", worker)) if how == "each" else labels
                into = values[family]
                into[place] = _JOINS[how](into[place], value) if place in into else value
        for name, told_of in families.items():
            metric = Metric(name, told_of.words, told_of.kind)
            for (sample, labels), value in values[name].items():
                metric.add_sample(sample, dict(labels), value)
            yield metric


def _how(family: _Family, key: _Key) -> Join:
    name, sample, _ = key
    if sample.endswith("_created"):
        return "least"
    if family.kind not in _ADDED:
        return GAUGES.get(name, "each")
    return "most" if name in _SEEN_BY_ALL else "sum"


def _join(family: _Family, key: _Key) -> Callable[[float, float], float] | None:
    """How to go on counting after the end; None for what ends with its process."""
    if family.kind not in _ADDED or key[0] in _SEEN_BY_ALL:
        return None
    return _JOINS[_how(family, key)]


def _number(value: float) -> float | str:
    return value if math.isfinite(value) else str(value)  # JSON has no others


class _Kept(Collector):
    def __init__(self, families: list[Metric]) -> None:
        self._families = families

    def collect(self) -> Iterable[Metric]:
        return self._families
