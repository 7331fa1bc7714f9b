"""Wires what [cache] says: what keeps answers and parts of them, how long a caller waits, and what is counted."""

from datetime import timedelta

from proxy.fragments import Fragments
from proxy.layers.cache import AnswerStore, Cache
from proxy.layers.refresh import Refresh
from proxy.settings import ProxySettings
from proxy.settings.server import CacheSettings
from service.metrics import Metrics


def store_of(settings: CacheSettings) -> AnswerStore:
    """Where answers are kept, as ``settings`` want it."""
    return AnswerStore(
        mailboxes=settings.mailboxes,
        memory=settings.memory,
        ttl=settings.ttl,
        negative_ttl=settings.negative_ttl,
        refresh_asks=settings.refresh_asks,
        stale=settings.stale_if_error,
    )


def fragments_of(settings: CacheSettings) -> Fragments:
    """Where the parts of which answers are made are kept; a third is left for whole answers (exchange_front)."""
    return Fragments(settings.fragments * 2 // 3)


def patience_of(settings: ProxySettings) -> timedelta:
    """How long one waits before others are answered from what has expired: half of what the most hurried caller has."""
    deadlines = [caller.deadline for caller in settings.callers if caller.deadline is not None]
    return min([settings.server.deadline, *deadlines]) / 2


def count_store(store: AnswerStore, metrics: Metrics) -> None:
    """Tell the metrics what ``store`` holds, and how often an answer was there."""
    read = metrics.read
    read("busyline_cache_hits_total", "Mailboxes answered from the cache", lambda: float(store.hits))
    read("busyline_cache_misses_total", "Mailboxes not found in the cache", lambda: float(store.misses))
    read("busyline_cache_entries", "Answers kept", lambda: float(store.size))
    read("busyline_cache_bytes", "About how much memory the kept answers take", lambda: float(store.memory))


def count(name: str, cache: Cache, refresh: Refresh, metrics: Metrics) -> None:
    """Tell the metrics what the cache of the connector ``name`` does besides keeping."""
    labels = {"connector": name}
    metrics.read(
        "busyline_cache_refreshes_total",
        "Mailboxes asked for anew before their answer expired",
        lambda: float(refresh.asked),
        labels=labels,
    )
    metrics.read(
        "busyline_cache_stale_total",
        "Mailboxes answered from what had expired, because the calendar system could not be asked",
        lambda: float(cache.stale),
        labels=labels,
    )
