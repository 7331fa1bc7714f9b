"""Counters and histograms for what is counted with every request: an addition each, made into metrics at a scrape."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import accumulate, chain, repeat

from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector
from prometheus_client.utils import floatToGoString


class Tally(Collector):
    """A counter: prometheus-client's own takes a lock and checks its labels at each addition."""

    def __init__(self, name: str, words: str, labels: Sequence[str]) -> None:
        self._name, self._words, self._labels = name, words, tuple(labels)
        self._counts: defaultdict[tuple[str, ...], int] = defaultdict(int)

    def add(self, labels: tuple[str, ...], number: int = 1) -> None:
        """Count ``number`` more under ``labels``, in the order given."""
        self._counts[labels] += number

    def describe(self) -> Iterable[Metric]:
        """Its name, before anything is counted."""
        return [CounterMetricFamily(self._name, self._words, labels=self._labels)]

    def collect(self) -> Iterable[Metric]:
        """What was counted so far."""
        family = CounterMetricFamily(self._name, self._words, labels=self._labels)
        for labels, number in list(self._counts.items()):
            family.add_metric(labels, number)
        return [family]


class Times(Collector):
    """A histogram of seconds under one label; ``bounds`` are the upper ends of its buckets, ascending."""

    def __init__(self, name: str, words: str, label: str, bounds: Sequence[float]) -> None:
        self._name, self._words, self._label, self._bounds = name, words, label, tuple(bounds)
        self._seconds: defaultdict[str, float] = defaultdict(float)
        self._counts: defaultdict[str, list[int]] = defaultdict(lambda: [0] * (len(self._bounds) + 1))

    def add(self, label: str, seconds: float) -> None:
        """Something took as long."""
        self._counts[label][bisect_left(self._bounds, seconds)] += 1
        self._seconds[label] += seconds

    def describe(self) -> Iterable[Metric]:
        """Its name, before anything is measured."""
        return [HistogramMetricFamily(self._name, self._words, labels=[self._label])]

    def collect(self) -> Iterable[Metric]:
        """What was measured so far; each bucket holds those before it."""
        family = HistogramMetricFamily(self._name, self._words, labels=[self._label])
        for label, counts in list(self._counts.items()):
            ends = chain(map(floatToGoString, self._bounds), repeat("+Inf"))
            buckets = [(end, float(number)) for end, number in zip(ends, accumulate(counts), strict=False)]
            family.add_metric([label], buckets, self._seconds[label])
        return [family]
