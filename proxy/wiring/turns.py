"""Puts the turnstile in front of a server and a line before each calendar system, and lets the metrics read both."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from protocols.model.freebusy import Question
from proxy.connector import Connector
from proxy.fronts.entrance import Entrance
from proxy.layers.batch import BatchLimits
from proxy.layers.line import Line, calls_of
from proxy.server import Server
from proxy.settings import ProxySettings
from proxy.turnstile import Turnstile
from service.metrics import Metrics

HEALTH_PATHS = frozenset({"/healthz", "/readyz"})
"""Whoever balances asks them; a node that is slow because it has much to do is not one that is down."""


def turnstile(server: Server, settings: ProxySettings, entrance: Entrance, metrics: Metrics) -> Turnstile:
    """The way in to ``server`` for callers, with their weights."""
    metrics.read(
        "busyline_answered_at_once_total",
        "Answers given without waiting for anybody, as soon as the question was read",
        lambda: float(server.answered_at_once),
    )
    found = Turnstile(
        server,
        queue=settings.server.queue,
        whose=entrance.whose,
        weights={caller.name: caller.weight for caller in settings.callers},
        exempt=HEALTH_PATHS,
    )
    turned, read = found.turned, metrics.read
    read("busyline_queue_waiting", "Requests that wait for their turn now", lambda: float(found.waiting))
    read("busyline_queue_total", "Requests that had to wait for their turn", lambda: float(turned.waited))
    read("busyline_queue_seconds_total", "Time that they waited until it came", lambda: turned.seconds)
    read("busyline_queue_refused_total", "Requests whose turn did not come in time", lambda: float(turned.refused))
    return found


@dataclass(frozen=True, slots=True)
class Lines:
    """How long anybody waits in the line before a connector, and the weights of those who do, by their names."""

    queue: timedelta
    weights: Mapping[str, float] = field(default_factory=dict)

    def before(
        self,
        inner: Connector,
        name: str,
        *,
        turns: int,
        limits: Callable[[Question], BatchLimits],
        metrics: Metrics,
    ) -> Connector:
        """``inner``, the connector called ``name``, which makes ``turns`` calls at once, each of at most ``limits``."""
        line = Line(
            inner,
            name=name,
            turns=turns,
            calls=lambda mailboxes, question: calls_of(limits(question), mailboxes, question),
            queue=self.queue,
            weights=self.weights,
        )
        labels = {"connector": name}
        waiting = "Questions that wait for their turn to be asked of a calendar system"
        refused = "Questions that were not asked because their turn did not come in time"
        metrics.read("busyline_line_waiting", waiting, lambda: float(line.waiting), labels=labels)
        metrics.read("busyline_line_refused_total", refused, lambda: float(line.refused), labels=labels)
        return line


ALONE: Final = Lines(timedelta(seconds=30))
"""For whoever asks in process, beside whom nobody waits."""


def lines(settings: ProxySettings) -> Lines:
    """The lines as the settings want them."""
    return Lines(settings.server.queue, {caller.name: caller.weight for caller in settings.callers})
