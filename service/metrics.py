"""What the house counts, for Prometheus: labels are resolved once, since looking them up costs more than counting."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.registry import Collector

from service.tallies import Tally, Times

_SECONDS: Final = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 8.0, 10.0, 30.0)
_UNKNOWN: Final = "none"  # no caller proved itself: a name that somebody only claims would be a label without end

Reading = Callable[[], float]


class Metrics:
    """One registry. ``request`` and ``mailboxes`` are called once per request, ``observe`` once per call to a peer."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self._gauges = _Readings()
        self.registry.register(self._gauges)
        self._requests = Tally("busyline_requests", "Requests answered", ("front", "caller", "outcome"))
        self._latency = Times("busyline_request_seconds", "Time to answer", "front", _SECONDS)
        self._mailboxes = Tally("busyline_mailboxes", "Mailboxes answered for callers", ("caller", "outcome"))
        for tally in (self._requests, self._latency, self._mailboxes):
            self.registry.register(tally)
        calls = Counter("busyline_upstream_calls", "Calls to peers", ("connector",), registry=self.registry)
        upstream = Histogram(
            "busyline_upstream_seconds", "Time of a call", ("connector",), buckets=_SECONDS, registry=self.registry
        )
        answers = Counter(
            "busyline_upstream_answers", "Mailboxes answered by peers", ("connector", "outcome"), registry=self.registry
        )
        refusals = Counter(
            "busyline_refused", "Requests of whom nobody let in, by reason", ("reason",), registry=self.registry
        )
        self._calls = cache(calls.labels)
        self._upstream = cache(upstream.labels)
        self._answers = cache(answers.labels)
        self._refusals = cache(refusals.labels)

    def request(self, front: str, caller: str, outcome: str, seconds: float) -> None:
        """One request was answered; ``caller`` is "" where none proved itself."""
        self._requests.add((front, caller or _UNKNOWN, outcome))
        self._latency.add(front, seconds)

    def mailboxes(self, caller: str, outcomes: Mapping[str, int]) -> None:
        """What became of each mailbox asked: ``known``, or a Reason (``timeout`` is a missed deadline)."""
        for outcome, number in outcomes.items():
            self._mailboxes.add((caller, outcome), number)

    def refused(self, reason: str) -> None:
        """Nobody came in; ``reason`` is one of a few words of ours, never anything that was sent."""
        self._refusals(reason).inc()

    def observe(self, connector: str, seconds: float, outcomes: Mapping[str, int]) -> None:
        """One call to a peer: how long it took and what became of each mailbox."""
        self._calls(connector).inc()
        self._upstream(connector).observe(seconds)
        for outcome, number in outcomes.items():
            self._answers(connector, outcome).inc(number)

    def read(self, name: str, words: str, reading: Reading, *, labels: Mapping[str, str] | None = None) -> None:
        """Ask ``reading`` at every scrape. A name that ends in ``_total`` is a counter, any other a gauge."""
        self._gauges.add(name, words, reading, labels or {})

    def exposition(self) -> tuple[bytes, str]:
        """Everything in Prometheus' text format, and its Content-Type."""
        return generate_latest(self.registry), CONTENT_TYPE_LATEST


class _Readings(Collector):
    """Numbers that somebody else keeps anyway."""

    def __init__(self) -> None:
        self._readings: dict[str, tuple[str, list[tuple[Mapping[str, str], Reading]]]] = {}

    def add(self, name: str, words: str, reading: Reading, labels: Mapping[str, str]) -> None:
        self._readings.setdefault(name, (words, []))[1].append((labels, reading))

    def collect(self) -> Iterable[Metric]:
        return list(self._collected())

    def _collected(self) -> Iterator[Metric]:
        for name, (words, readings) in self._readings.items():
            names = list(readings[0][0])
            kind = CounterMetricFamily if name.endswith("_total") else GaugeMetricFamily
            family = kind(name, words, labels=names)
            for labels, reading in readings:
                family.add_metric([labels[one] for one in names], reading())
            yield family
