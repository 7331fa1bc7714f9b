"""Builds a connector's ways out: an account's limits, all accounts together, and what is asked beside a late call."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from proxy.complaints import Complaints
from proxy.connector import Ask, Clock, Connector, Leaf
from proxy.layers.breaker import Breaker
from proxy.layers.budget import Budget
from proxy.layers.extra import Extra
from proxy.layers.hedge import Beside, Hedge
from proxy.layers.lane import Lane
from proxy.layers.limit import Limit
from proxy.layers.measure import Measure
from proxy.layers.spread import Spread
from proxy.settings.connectors import ConnectorSettings
from service.metrics import Metrics


@dataclass(frozen=True, slots=True, kw_only=True)
class Ways:
    """What all ways out of one connector share."""

    name: str
    settings: ConnectorSettings
    clock: Clock
    metrics: Metrics


def accounts(asks: Sequence[Ask], ways: Ways) -> Lane:
    """All accounts as one, each with a breaker and a budget of its own below the budget of them all."""
    settings, name = ways.settings, ways.name
    breakers = [Breaker(clock=ways.clock) for _ in asks]
    together = Budget(settings.total_rates)
    budgets = [Budget(settings.rates, over=together) for _ in asks]
    complaints = Complaints(name, clock=ways.clock)
    hours = settings.working_hours.working_hours() if settings.working_hours else None
    leaves = [Leaf(name, ask, ways.clock, complaints=complaints, hours=hours) for ask in asks]
    _count(breakers, budgets, ways)
    limits = [
        Limit(
            Measure(leaf, name=name, metrics=ways.metrics),
            concurrency=settings.concurrency,
            deadline=settings.deadline,
            clock=ways.clock,
            breaker=breaker,
            budget=budget,
        )
        for leaf, breaker, budget in zip(leaves, breakers, budgets, strict=True)
    ]
    return limits[0] if len(limits) == 1 else Spread(limits)


def hedged(inner: Connector, beside: Beside, ways: Ways) -> Connector:
    """``inner``, and what is asked ``beside`` it where it is late, unless the settings want none of that."""
    settings, name = ways.settings, ways.name
    if not settings.extra_calls:
        return inner
    extra = Extra(settings.extra_calls)
    _read(ways, "busyline_extra_calls_total", "Calls made beside one that took long", lambda: float(extra.made))
    _read(ways, "busyline_extra_calls_helped_total", "Those that told something sooner", lambda: float(extra.helped))
    return Hedge(inner, beside=beside, extra=extra, deadline=settings.deadline, overdue=settings.overdue, name=name)


def _count(breakers: Sequence[Breaker], budgets: Sequence[Budget], ways: Ways) -> None:
    _read(
        ways,
        "busyline_breaker_open",
        "Accounts held for down and not asked for a while",
        lambda: float(sum(breaker.is_open for breaker in breakers)),
    )
    _read(
        ways,
        "busyline_budget_spent",
        "Accounts whose budget of calls is spent for now",
        lambda: float(sum(bool(budget.wait()) for budget in budgets)),
    )


def _read(ways: Ways, metric: str, words: str, reading: Callable[[], float]) -> None:
    ways.metrics.read(metric, words, reading, labels={"connector": ways.name})
